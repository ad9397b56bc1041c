import Kernel

/// How a Sentinel watches a primary and replaces it.
///
/// Source: redis/redis sentinel.conf and src/sentinel.c; redis/redis-doc docs/management/sentinel.md
/// @03217c25.
public struct SentinelOptions: Sendable, Hashable {
  /// How many Sentinels must call the primary down before one tries a failover (`quorum`).
  public var quorum: Int
  /// How long without a valid answer before an instance counts as down
  /// (`down-after-milliseconds`, 30 s).
  public var downAfter: TimeSpan
  /// How long a failover may take at each of its stages; twice that lies between two attempts
  /// (`failover-timeout`, 3 min).
  public var failoverTimeout: TimeSpan
  /// How many replicas are pointed at the new primary at a time (`parallel-syncs`, 1).
  public var parallelSyncs: Int
  /// A deliberate bug.
  public var shortcut: FailoverShortcut?

  /// The defaults of the sample configuration.
  public init(
    quorum: Int = 2, downAfter: TimeSpan = .seconds(30), failoverTimeout: TimeSpan = .minutes(3),
    parallelSyncs: Int = 1, shortcut: FailoverShortcut? = nil
  ) {
    self.quorum = quorum
    self.downAfter = downAfter
    self.failoverTimeout = failoverTimeout
    self.parallelSyncs = parallelSyncs
    self.shortcut = shortcut
  }

  /// How often an instance is pinged, at most every `downAfter`.
  public var pingPeriod: TimeSpan { min(downAfter, .seconds(1)) }

  /// How often INFO is read when nothing is wrong (SENTINEL_INFO_PERIOD).
  public static let infoPeriod = TimeSpan.seconds(10)
  /// How often it is read of replicas while their primary is down.
  public static let urgentInfoPeriod = TimeSpan.seconds(1)
  /// How often other Sentinels are asked (SENTINEL_ASK_PERIOD).
  public static let askPeriod = TimeSpan.seconds(1)
  /// How often a Sentinel tells what it knows (SENTINEL_PUBLISH_PERIOD).
  public static let publishPeriod = TimeSpan.seconds(2)
  /// How long a candidate waits for votes, at most `failoverTimeout` (SENTINEL_ELECTION_TIMEOUT).
  public static let electionTimeout = TimeSpan.seconds(10)
  /// How far apart voters put their next attempts (SENTINEL_MAX_DESYNC).
  public static let maxDesync = TimeSpan.seconds(1)
  /// After how long a replica that was told and did nothing is passed over.
  public static let reconfTimeout = TimeSpan.seconds(10)
  /// A gap between two of its own looks at the clock after which it trusts none of its timers.
  public static let tiltTrigger = TimeSpan.seconds(2)
  /// How long it then only watches.
  public static let tiltPeriod = TimeSpan.seconds(30)
}

/// What a Sentinel keeps on disk: a vote must not be forgotten.
public struct SentinelState: Sendable, Hashable {
  /// The highest epoch seen of any election.
  public var currentEpoch = 0
  /// The epoch of the failover that made the present primary.
  public var configEpoch = 0
  /// The primary, as far as this Sentinel knows.
  public var primary: NodeID
  /// Whom it voted for last.
  public var leader: NodeID?
  /// In which epoch.
  public var leaderEpoch = 0

  /// A Sentinel that was told of `primary` and has seen no election.
  public init(primary: NodeID) { self.primary = primary }
}
