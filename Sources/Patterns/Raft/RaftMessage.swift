import Kernel

/// What nodes say to each other.
public struct RaftMessage<Command: Sendable & Hashable, Image: Sendable & Hashable>: Sendable,
  Hashable
{
  /// The node that speaks.
  public let source: NodeID
  /// The node spoken to.
  public let target: NodeID
  /// The speaker's term; in a pre-vote and its grant the term that an election would have.
  public let term: RaftTerm
  /// What is said.
  public let body: Body

  /// The message `body` from `source` to `target`.
  public init(source: NodeID, target: NodeID, term: RaftTerm, body: Body) {
    self.source = source
    self.target = target
    self.term = term
    self.body = body
  }

  /// The kinds of message.
  ///
  /// Heartbeats are apart from appends, as in etcd, because they also serve
  /// reads and must not wait behind a full window.
  public enum Body: Sendable, Hashable {
    /// A candidate asks for a vote, or whether it would get one.
    case vote(RaftVoteRequest)
    /// The answer to either question.
    case voteReply(granted: Bool, isPreVote: Bool)
    /// A leader sends entries.
    case append(RaftAppend<Command>)
    /// What became of them, or of a snapshot.
    case appendReply(RaftAppendReply)
    /// A leader is alive; `commit` is no further than what it knows the follower to hold.
    case heartbeat(commit: RaftIndex, round: Int)
    /// The follower still follows the leader of that round.
    case heartbeatReply(round: Int)
    /// A leader sends a snapshot, because it has dropped the entries the follower needs.
    case install(RaftSnapshot<Image>)
    /// The leader asks the node to take over at once.
    case timeoutNow
    /// A follower passes on a proposal.
    case forward(Command)
    /// A follower asks for an index at which it may read.
    case readIndex(RaftReadID)
    /// The index at which the read is linearizable.
    case readIndexReply(RaftReadID, index: RaftIndex)
  }
}

/// The name of one read, chosen by whoever asks; unique on its node.
public typealias RaftReadID = Int

/// A candidate's question.
public struct RaftVoteRequest: Sendable, Hashable {
  /// Whether it only asks if it would get the vote.
  public let isPreVote: Bool
  /// The last index of the candidate's log.
  public let lastIndex: RaftIndex
  /// The term of its last entry.
  public let lastTerm: RaftTerm
  /// Whether the leader itself asked the candidate to stand, so that nobody need protect it.
  public let isTransfer: Bool
}

/// Entries on their way to a follower.
public struct RaftAppend<Command: Sendable & Hashable>: Sendable, Hashable {
  /// The index just before the entries.
  public let previousIndex: RaftIndex
  /// The term of the leader's entry there: the follower must have the same.
  public let previousTerm: RaftTerm
  /// The entries, possibly none.
  public let entries: [RaftEntry<Command>]
  /// The leader's commit index.
  public let commit: RaftIndex
}

/// A follower's answer to an append or a snapshot.
public enum RaftAppendReply: Sendable, Hashable {
  /// Its log agrees with the leader's up to `match`.
  case accepted(match: RaftIndex)
  /// It has no entry of the right term at `previousIndex`; the logs can agree no later than at
  /// `hintIndex`, where it has an entry of `hintTerm`.
  case rejected(previousIndex: RaftIndex, hintIndex: RaftIndex, hintTerm: RaftTerm)
}
