import Kernel

/// One server of a Raft cluster: it keeps a log that is the same on all, in spite of crashes.
///
///     follower ──silent for a timeout──▶ pre-candidate ──would win──▶ candidate ──won──▶ leader
///        ▲                                     │ refused                 │ lost             │
///        └──────────────── a leader, ──────────┴───── a newer term, ─────┴── no majority ───┘
///
/// Clients hand commands to the leader; it writes each to its log, sends it to the others, and
/// counts it as *committed* once a majority has it on disk. Every node applies committed entries
/// in the order of the log to a state machine of its own, so all state machines go through the
/// same states. What makes this safe is who may lead: a node votes once in a term, after it has
/// written the vote down, and only for a log that is no older than its own, so whoever wins holds
/// everything that was ever committed.
///
/// **How to host it.** Make it from a `RaftStorage`, give it `started`, then every message, wake
/// and request as it comes. Carry out the outputs in order, one step's before the next step's; a
/// `persist` is on disk before anything behind it is done, since the messages behind it promise
/// what it holds. The node may be given further inputs while the disk works: it counts its own
/// copy of an entry and its own vote at once, and nobody can add to them before they are durable,
/// as the requests stand behind the write. After a crash make the node anew from the same storage: it restores the latest
/// image and applies again what it knows to be committed.
///
/// **What it has.** Leader election with random timeouts, pre-vote and check-quorum; replication
/// with a window for each follower and back-up by whole terms after a conflict; commit of entries
/// of the own term only; snapshots, with a tail of the log kept for slow followers; changes of
/// one member at a time, and learners; transfer of leadership; reads that are linearizable without
/// a log entry, by a round of heartbeats or by a lease; a bound on what is uncommitted.
///
/// **What it leaves out.** Disks never fail or lie except by a crash, and a node does nothing
/// while it writes (etcd writes and sends at the same time). Time is continuous where etcd counts
/// ticks of a heartbeat interval. A snapshot travels in one message. Entries are limited by
/// number, not by bytes. No joint consensus: several members are changed one after the other.
///
/// Sources: Ongaro and Ousterhout, "In search of an understandable consensus algorithm", 2014
/// (extended version; sections and figures are cited where they apply); Ongaro, "Consensus:
/// bridging theory and practice", Stanford 2014 ("thesis": membership 4.1 to 4.3, transfer 3.10,
/// reads 6.4, pre-vote 9.6); flow control and back-up after etcd-io/raft.
public struct RaftNode<Command: Sendable & Hashable, Image: Sendable & Hashable>: Machine {
  /// The messages that nodes of this kind exchange.
  public typealias Message = RaftMessage<Command, Image>

  /// What can happen to a node.
  public enum Input: Sendable, Hashable {
    /// The process runs: the first input, also after a restart.
    case started
    /// The time of a `wakeMe` has come.
    case wake
    /// A message has arrived.
    case received(Message)
    /// A client wants a command in the log.
    case proposed(Command)
    /// An operator wants to change a member.
    case changed(RaftMembershipChange)
    /// A client wants to read.
    case read(RaftReadID)
    /// An operator wants another leader.
    case transferred(to: NodeID)
    /// The host has taken an image of its state machine as of an applied index.
    case imaged(upTo: RaftIndex, Image)
    /// An operator makes the node stand for election now.
    case campaigned
  }

  /// What a node asks for or states, in the order to carry it out.
  public enum Output: Sendable, Hashable {
    /// Write to disk, and sync if the write needs it, before anything that follows is done.
    case persist(RaftWrite<Command, Image>)
    /// Send a message; it may be lost, doubled or late.
    case send(Message)
    /// Give the input `wake` at that time; an earlier time replaces a later one.
    case wakeMe(at: Instant)
    /// The entry is committed: apply it to the state machine. They come in order, without gaps.
    case apply(RaftEntry<Command>)
    /// Replace the state machine by an image.
    case restore(RaftSnapshot<Image>)
    /// A proposal or change stands in this leader's log; committed once it is applied there.
    case accepted(index: RaftIndex, term: RaftTerm)
    /// A proposal was passed on to the leader; nobody will say if it got there.
    case forwarded(to: NodeID)
    /// A request was refused.
    case refused(RaftRefusal)
    /// The read may be answered from the state machine as it is now.
    case readReady(RaftReadID, index: RaftIndex)
    /// The read cannot be answered: there is no leader, or it changed.
    case readRefused(RaftReadID)
    /// The node has a new role, or the same in a new term.
    case entered(RaftRole, term: RaftTerm)
    /// The node follows another leader than before, or none.
    case follows(NodeID?, term: RaftTerm)
  }

  /// The node itself.
  public let id: NodeID
  /// How it is set up.
  public let options: RaftOptions
  /// The latest term it has seen.
  public internal(set) var term: RaftTerm
  /// Whom it voted for in that term.
  public internal(set) var vote: NodeID?
  /// Its log.
  public internal(set) var log: RaftLog<Command, Image>
  /// The last index it knows to be committed.
  public internal(set) var commit: RaftIndex
  /// The last index it has handed to the state machine.
  public internal(set) var applied: RaftIndex
  /// The leader it follows, itself when it leads.
  public internal(set) var leader: NodeID?
  /// What it does as leader.
  var leadership: Leadership?
  /// What it does as candidate.
  var ballot: Ballot?
  var random: RandomStream
  /// The part of the election timeout that was drawn.
  var electionSpread = TimeSpan.zero
  /// From when on silence counts towards an election.
  var silentSince = Instant.zero
  /// When the leader was last heard.
  var leaderHeardAt: Instant?
  /// Until when a restarted node does not vote (only with leases).
  var votesFrom = Instant.zero
  /// The wake that was asked for and has not come.
  var wakeAt: Instant?
  /// Reads of this node that the leader was asked about.
  var askedReads: [RaftReadID] = []
  /// Reads of this node whose index is known but not yet applied.
  var waitingReads: [WaitingRead] = []

  struct WaitingRead: Sendable, Hashable {
    let id: RaftReadID
    let index: RaftIndex
  }

  /// A node that starts or restarts from its disk; its first input is `started`.
  public init(
    _ id: NodeID, storage: RaftStorage<Command, Image>, options: RaftOptions = RaftOptions(),
    random: RandomStream
  ) {
    self.id = id
    self.options = options
    self.random = random
    term = storage.hardState.term
    vote = storage.hardState.vote
    log = RaftLog(storage)
    applied = 0
    commit = max(storage.hardState.commit, storage.snapshot?.index ?? 0)
  }

  /// What the node is.
  public var role: RaftRole {
    if leadership != nil { return .leader }
    guard let ballot else { return .follower }
    return ballot.isPreVote ? .preCandidate : .candidate
  }

  /// What must not be forgotten besides the log.
  public var hardState: RaftHardState { RaftHardState(term: term, vote: vote, commit: commit) }

  /// Takes one input and returns what follows, in the order to carry it out.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var turn = Turn(now: now)
    let before = Standing(self)
    switch input {
    case .started: start(&turn)
    case .wake: wake(&turn)
    case .received(let message): receive(message, &turn)
    case .proposed(let command): propose(command, &turn)
    case .changed(let change): propose(change, &turn)
    case .read(let read): self.read(read, &turn)
    case .transferred(let target): transfer(to: target, &turn)
    case .imaged(let index, let image): compact(upTo: index, image)
    case .campaigned: if role != .leader { campaign(&turn) }
    }
    return settle(turn, since: before)
  }

  private mutating func start(_ turn: inout Turn) {
    silentSince = turn.now
    electionSpread = drawnSpread()
    if options.reads == .lease { votesFrom = turn.now + options.electionTimeout }
    guard let snapshot = log.snapshot else { return }
    applied = snapshot.index
    turn.outputs.append(.restore(snapshot))
  }

  private mutating func compact(upTo index: RaftIndex, _ image: Image) {
    precondition(index <= applied, "an image of \(index) when only \(applied) is applied")
    log.compact(upTo: index, image: image, trailing: options.trailingEntries)
  }
}

/// What a node of a Raft cluster is.
public enum RaftRole: String, Sendable, Hashable {
  /// Follows a leader, or waits for one.
  case follower
  /// Asks if it would win an election.
  case preCandidate = "pre-candidate"
  /// Stands for election.
  case candidate
  /// Leads.
  case leader
}

/// Why a node refused a request.
public enum RaftRefusal: Sendable, Hashable {
  /// It knows no leader.
  case noLeader
  /// Only the leader takes such a request, or the node does not forward.
  case notLeader(leader: NodeID?)
  /// A change of membership is on its way, or the leader has not committed in its term yet.
  case changePending
  /// The change would do nothing, or leave no voter.
  case pointless
  /// The leader is handing over.
  case transferring
  /// Too many entries wait for their commit.
  case busy
}
