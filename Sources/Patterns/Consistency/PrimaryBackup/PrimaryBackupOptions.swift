import Kernel

/// How a primary and its backups work together.
public struct PrimaryBackupOptions: Sendable, Hashable {
  /// What a primary waits for before it answers a write.
  public enum Replication: Sendable, Hashable {
    /// Its own disk.
    case asynchronous
    /// Its own disk and so many backups; PostgreSQL's `ANY n`, MySQL's semi-synchronous replication
    /// with `AFTER_SYNC`, where nobody sees the write before.
    case semiSynchronous(Int)
    /// Its own disk and every backup.
    case synchronous
  }

  /// The nodes that hold the data; the first is primary at first.
  public var replicas: [NodeID]
  /// The node that watches the primary and appoints another; nil leaves the first one in office.
  public var monitor: NodeID?
  /// What a primary waits for before it answers a write.
  public var replication: Replication
  /// Whether backups answer reads from what they have applied.
  public var backupsRead: Bool
  /// How often a primary reports to the monitor, and ships when nothing else happens.
  public var interval: TimeSpan
  /// How long a primary may serve after the report that the monitor agreed to; nil is no fencing: a
  /// primary serves until it hears of its successor.
  public var lease: TimeSpan?
  /// Wrong ways to build it, for drills and for tests of the tests; none by default.
  public var shortcuts: Set<PrimaryBackupShortcut>

  /// Options; ours, since tools differ.
  public init(
    replicas: [NodeID], monitor: NodeID? = nil, replication: Replication = .asynchronous,
    backupsRead: Bool = true, interval: TimeSpan = .milliseconds(200), lease: TimeSpan? = nil,
    shortcuts: Set<PrimaryBackupShortcut> = []
  ) {
    precondition(!replicas.isEmpty, "there must be a node to hold the data")
    self.replicas = replicas
    self.monitor = monitor
    self.replication = replication
    self.backupsRead = backupsRead
    self.interval = interval
    self.lease = lease
    self.shortcuts = shortcuts
  }

  /// How many backups a write waits for.
  var backupsNeeded: Int {
    switch replication {
    case .asynchronous: 0
    case .semiSynchronous(let count): min(count, replicas.count - 1)
    case .synchronous: replicas.count - 1
    }
  }
}

/// A wrong way to build replication that seems to work.
public enum PrimaryBackupShortcut: String, Sendable, Hashable, CaseIterable {
  /// Answers a write before its own disk has it.
  case acknowledgesBeforeDisk = "acknowledges-before-disk"
  /// Counts a backup as reached when it was sent the write.
  case countsSentAsReached = "counts-sent-as-reached"
  /// Applies and shows a write before the backups that it waits for have it.
  case showsUnreplicated = "shows-unreplicated"
  /// Goes on serving after its lease is over.
  case ignoresLease = "ignores-lease"
  /// Serves in a new office before what it took over is known to be with its backups.
  case servesBeforeRecovered = "serves-before-recovered"
  /// Keeps its own entries where its log differs from the new primary's.
  case keepsDivergence = "keeps-divergence"
  /// Answers reads of a session without looking whether it has applied what the session has seen.
  case ignoresSession = "ignores-session"
}
