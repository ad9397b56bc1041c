import Kernel

/// The settings of an etcd server, under the names of its flags.
public struct EtcdServerOptions: Sendable, Hashable {
  /// `heartbeat-interval`: how often a leader says that it is alive.
  public var heartbeatInterval = TimeSpan.milliseconds(100)
  /// `election-timeout`: the shortest silence after which a follower stands for election.
  public var electionTimeout = TimeSpan.milliseconds(1_000)
  /// `pre-vote`: whether a member asks if it would win before it stands.
  public var preVote = true
  /// `snapshot-count`: how many entries are applied between two snapshots.
  public var snapshotCount = 10_000
  /// `snapshot-catchup-entries`: how many entries before a snapshot are kept for slow followers.
  public var snapshotCatchUpEntries = 5_000
  /// `max-txn-ops`: how many operations a transaction may have.
  public var maxTxnOps = 128
  /// `experimental-enable-lease-checkpoint`: whether the leader notes every five minutes what
  /// long leases still have.
  public var enableLeaseCheckpoint = false
  /// `experimental-watch-progress-notify-interval`: how often an idle watch is told the revision.
  public var watchProgressNotifyInterval = TimeSpan.minutes(10)
  /// Wrong ways to build Raft, for drills; none by default.
  public var raftShortcuts: Set<RaftShortcut> = []
  /// A wrong way to build the server around Raft, for drills; nil for the right one.
  public var shortcut: DiscoveryShortcut?

  /// The defaults of etcd.
  public init() {}

  /// How long a request may take: 5 s and two elections (server/config/config.go, ReqTimeout).
  public var requestTimeout: TimeSpan { .seconds(5) + electionTimeout * 2 }

  /// The shortest time to live granted: 1.5 election timeouts, counted in whole heartbeats,
  /// rounded up to seconds (server/etcdserver/server.go, minTTL).
  public var minimumLeaseTTL: Int64 {
    let ticks = 3 * (electionTimeout.nanoseconds / heartbeatInterval.nanoseconds) / 2
    let second = TimeSpan.seconds(1).nanoseconds
    return (ticks * heartbeatInterval.nanoseconds + second - 1) / second
  }

  /// The options of the Raft node inside.
  public var raft: RaftOptions {
    RaftOptions(
      heartbeatInterval: heartbeatInterval, electionTimeout: electionTimeout, preVote: preVote,
      checkQuorum: true, trailingEntries: snapshotCatchUpEntries, shortcuts: raftShortcuts)
  }
}

extension EtcdServerOptions {
  /// The period of the loops that look for ended leases (lessor.go, runLoop).
  static let leaseCheckInterval = TimeSpan.milliseconds(500)
  /// After how long a revocation that has not come back is proposed again (lessor.go).
  static let expiredLeaseRetryInterval = TimeSpan.seconds(3)
  /// How many leases one look may revoke: 1000 a second (lessor.go, leaseRevokeRate).
  static let leaseRevokeLimit = 500
  /// How long after a renewal the first checkpoint of a long lease is due (lessor.go).
  static let leaseCheckpointInterval = TimeSpan.minutes(5)
  /// How often watches that are behind are brought up to date (watchable_store.go).
  static let watchSyncInterval = TimeSpan.milliseconds(100)
  /// After how long an unanswered read is put to the leader again (v3_server.go).
  static let readIndexRetryTime = TimeSpan.milliseconds(500)
}
