import Kernel

/// The settings of brokers and topics under Kafka's names.
///
/// Defaults: apache/kafka, `ServerLogConfigs`, `ReplicationConfigs`, `LogConfig`, `KRaftConfigs`.
public struct KafkaOptions: Sendable, Hashable {
  /// `min.insync.replicas`: below so many in-sync replicas `acks=all` is refused.
  public var minInsyncReplicas: Int
  /// `unclean.leader.election.enable`: whether a replica that was out of sync may lead.
  public var uncleanLeaderElection: Bool
  /// `replica.lag.time.max.ms`: how long a follower may be behind before it leaves the ISR.
  public var replicaLagTimeMax: TimeSpan
  /// `replica.fetch.wait.max.ms`: how long a leader holds a fetch that finds nothing.
  public var fetchWaitMax: TimeSpan
  /// `broker.heartbeat.interval.ms`.
  public var heartbeatInterval: TimeSpan
  /// `broker.session.timeout.ms`: how long the controller hears nothing before it fences a broker.
  public var sessionTimeout: TimeSpan
  /// Whether every batch is flushed to disk before it counts (`log.flush.interval.messages=1`); Kafka
  /// leaves flushing to the operating system.
  public var flushesEachBatch: Bool
  /// How often what was written reaches the disk by itself; stands for the operating system.
  public var flushInterval: TimeSpan
  /// What becomes of old records.
  public var cleaning: KafkaCleaningOptions
  /// `log.retention.check.interval.ms`: how often it looks for them.
  public var cleaningInterval: TimeSpan
  /// Wrong ways to build it, for drills and for tests of the tests; none by default.
  public var shortcuts: Set<KafkaShortcut>

  /// The options; the defaults are Kafka's.
  public init(
    minInsyncReplicas: Int = 1, uncleanLeaderElection: Bool = false,
    replicaLagTimeMax: TimeSpan = .seconds(30), fetchWaitMax: TimeSpan = .milliseconds(500),
    heartbeatInterval: TimeSpan = .seconds(2), sessionTimeout: TimeSpan = .seconds(9),
    flushesEachBatch: Bool = false, flushInterval: TimeSpan = .seconds(5),
    cleaning: KafkaCleaningOptions = KafkaCleaningOptions(),
    cleaningInterval: TimeSpan = .minutes(5),
    shortcuts: Set<KafkaShortcut> = []
  ) {
    self.minInsyncReplicas = minInsyncReplicas
    self.uncleanLeaderElection = uncleanLeaderElection
    self.replicaLagTimeMax = replicaLagTimeMax
    self.fetchWaitMax = fetchWaitMax
    self.heartbeatInterval = heartbeatInterval
    self.sessionTimeout = sessionTimeout
    self.flushesEachBatch = flushesEachBatch
    self.flushInterval = flushInterval
    self.cleaning = cleaning
    self.cleaningInterval = cleaningInterval
    self.shortcuts = shortcuts
  }
}

/// A wrong way to build a log broker that seems to work.
public enum KafkaShortcut: String, Sendable, Hashable, CaseIterable {
  /// The high watermark follows the leader's log end, whatever the followers have.
  case watermarkAheadOfISR = "watermark-ahead-of-isr"
  /// `acks=all` is answered when the leader has appended.
  case acknowledgesEarly = "acknowledges-early"
  /// Sequence numbers are not looked at: what a producer repeats is appended again.
  case sequenceUnchecked = "sequence-unchecked"
  /// A follower keeps what the new leader does not have.
  case followerKeepsTail = "follower-keeps-tail"
  /// The ISR never shrinks: a dead follower holds the high watermark for ever.
  case neverShrinks = "isr-never-shrinks"
  /// The coordinator takes commits of members of an older generation.
  case takesOldGenerations = "takes-old-generations"
}

/// Why a broker or the coordinator refuses, by Kafka's names.
public enum KafkaError: String, Sendable, Hashable {
  case notLeaderOrFollower = "NOT_LEADER_OR_FOLLOWER"
  case notEnoughReplicas = "NOT_ENOUGH_REPLICAS"
  case notEnoughReplicasAfterAppend = "NOT_ENOUGH_REPLICAS_AFTER_APPEND"
  case outOfOrderSequence = "OUT_OF_ORDER_SEQUENCE_NUMBER"
  case producerFenced = "INVALID_PRODUCER_EPOCH"
  case offsetOutOfRange = "OFFSET_OUT_OF_RANGE"
  case rebalanceInProgress = "REBALANCE_IN_PROGRESS"
  case illegalGeneration = "ILLEGAL_GENERATION"
  case unknownMember = "UNKNOWN_MEMBER_ID"
  case concurrentTransactions = "CONCURRENT_TRANSACTIONS"

  /// Whether a client may try the same again.
  public var isRetriable: Bool {
    switch self {
    case .notLeaderOrFollower, .notEnoughReplicas, .notEnoughReplicasAfterAppend,
      .concurrentTransactions:
      true
    case .outOfOrderSequence, .producerFenced, .offsetOutOfRange, .rebalanceInProgress,
      .illegalGeneration, .unknownMember:
      false
    }
  }
}
