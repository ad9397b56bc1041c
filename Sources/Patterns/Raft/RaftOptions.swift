import Kernel

/// How a Raft node is set up.
public struct RaftOptions: Sendable, Hashable {
  /// How often a leader says that it is alive.
  public var heartbeatInterval: TimeSpan
  /// The shortest silence after which a follower stands for election; each wait is drawn anew
  /// between this and twice this.
  public var electionTimeout: TimeSpan
  /// Whether a node asks if it would win before it raises the term (thesis, section 9.6).
  public var preVote: Bool
  /// Whether a leader that does not hear from a majority for an election timeout steps down, and
  /// voters who hear from a leader ignore candidates (thesis, sections 6.2 and 4.2.3).
  public var checkQuorum: Bool
  /// How many entries go into one append at most.
  public var maxEntriesPerAppend: Int
  /// How many appends may be on the way to one follower.
  public var maxInflightAppends: Int
  /// How many entries may wait for their commit before a leader refuses proposals.
  public var maxUncommittedEntries: Int
  /// How many entries before a snapshot stay in the log for followers that are a little behind.
  public var trailingEntries: Int
  /// How a leader makes sure of its office before it answers a read.
  public var reads: RaftReadMode
  /// By how much clocks may disagree about an election timeout; a lease ends so much earlier.
  public var clockDrift: TimeSpan
  /// Whether followers pass proposals on to the leader.
  public var forwardsProposals: Bool
  /// Wrong ways to build Raft, for drills and for tests of the tests; none by default.
  public var shortcuts: Set<RaftShortcut>

  /// The options; the defaults are those of etcd where etcd has the option.
  public init(
    heartbeatInterval: TimeSpan = .milliseconds(100),
    electionTimeout: TimeSpan = .milliseconds(1_000),
    preVote: Bool = true,
    checkQuorum: Bool = true,
    maxEntriesPerAppend: Int = 256,
    maxInflightAppends: Int = 512,
    maxUncommittedEntries: Int = 100_000,
    trailingEntries: Int = 5_000,
    reads: RaftReadMode = .quorum,
    clockDrift: TimeSpan = .milliseconds(50),
    forwardsProposals: Bool = true,
    shortcuts: Set<RaftShortcut> = []
  ) {
    precondition(heartbeatInterval > .zero, "a heartbeat takes time")
    precondition(electionTimeout > heartbeatInterval, "an election must outwait a heartbeat")
    precondition(maxEntriesPerAppend > 0 && maxInflightAppends > 0, "appends must be possible")
    self.heartbeatInterval = heartbeatInterval
    self.electionTimeout = electionTimeout
    self.preVote = preVote
    self.checkQuorum = checkQuorum
    self.maxEntriesPerAppend = maxEntriesPerAppend
    self.maxInflightAppends = maxInflightAppends
    self.maxUncommittedEntries = maxUncommittedEntries
    self.trailingEntries = trailingEntries
    self.reads = reads
    self.clockDrift = clockDrift
    self.forwardsProposals = forwardsProposals
    self.shortcuts = shortcuts
  }
}

/// How a leader makes sure that no other leader has taken over before it answers a read.
public enum RaftReadMode: String, Sendable, Hashable, CaseIterable {
  /// By a round of heartbeats that a majority answers (ReadIndex; thesis, section 6.4).
  case quorum
  /// By the promise in the last such round that a majority keeps for an election timeout
  /// (thesis, section 6.4.1): no message, but it leans on clocks.
  case lease
}

/// A wrong way to build Raft that seems to work.
public enum RaftShortcut: String, Sendable, Hashable, CaseIterable {
  /// Commits an entry of an earlier term because a majority holds it (figure 8 of the paper).
  case commitsAnyTerm = "commits-any-term"
  /// Votes for whoever asks, also twice in one term.
  case votesTwice = "votes-twice"
  /// Does not write its vote to disk, so that a restart makes it free again.
  case forgetsVotes = "forgets-votes"
  /// Votes for candidates whose log is behind.
  case votesForAnyLog = "votes-for-any-log"
  /// Appends without looking at the entry before.
  case appendsUnchecked = "appends-unchecked"
  /// Answers reads as leader without making sure that it still is the leader.
  case readsUnchecked = "reads-unchecked"
  /// Acknowledges entries that it never writes to disk.
  case keepsLogInMemory = "log-in-memory"
}
