import Kernel

/// What Sentinels and the Redis servers they watch say to each other.
public enum SentinelMessage: Sendable, Hashable {
  /// Are you there?
  case ping
  /// It is.
  case pong
  /// A Sentinel reads INFO.
  case info
  /// What INFO says of replication.
  case infoReply(RedisInfo)
  /// Do you too find this primary down? With a candidate: and do you vote for it in this epoch?
  case isMasterDown(primary: NodeID, epoch: Int, candidate: NodeID?)
  /// The answer, with the last vote when one was asked for.
  case masterDown(isDown: Bool, leader: NodeID?, leaderEpoch: Int)
  /// What a Sentinel takes for the truth, told to the others.
  case hello(primary: NodeID, configEpoch: Int, currentEpoch: Int)
  /// REPLICAOF: follow that server, or nobody; the epoch is that of the failover.
  case replicaOf(NodeID?, epoch: Int)
}

/// The replication section of INFO.
public struct RedisInfo: Sendable, Hashable {
  /// Whom it replicates; nil for a primary.
  public let primary: NodeID?
  /// How much of the log it has (`slave_repl_offset`), in writes.
  public let offset: Int
  /// `replica-priority`: lower is preferred, 0 is never promoted.
  public let priority: Int
  /// Since how long the link to its primary is down; zero when it is up.
  public let linkDownFor: TimeSpan

  /// What a server says of itself.
  public init(primary: NodeID?, offset: Int, priority: Int, linkDownFor: TimeSpan) {
    self.primary = primary
    self.offset = offset
    self.priority = priority
    self.linkDownFor = linkDownFor
  }
}

/// A line of a Sentinel's event log.
public struct SentinelEvent: Sendable, Hashable {
  /// The names that Redis gives them.
  public enum Name: String, Sendable, Hashable {
    case subjectivelyDown = "+sdown"
    case subjectivelyUp = "-sdown"
    case objectivelyDown = "+odown"
    case objectivelyUp = "-odown"
    case newEpoch = "+new-epoch"
    case tryFailover = "+try-failover"
    case vote = "+vote-for-leader"
    case elected = "+elected-leader"
    case notElected = "-failover-abort-not-elected"
    case selectState = "+failover-state-select-slave"
    case noGoodReplica = "-failover-abort-no-good-slave"
    case selected = "+selected-slave"
    case sendState = "+failover-state-send-slaveof-noone"
    case waitState = "+failover-state-wait-promotion"
    case promotionTimeout = "-failover-abort-slave-timeout"
    case promoted = "+promoted-slave"
    case reconfState = "+failover-state-reconf-slaves"
    case reconfSent = "+slave-reconf-sent"
    case reconfInProgress = "+slave-reconf-inprog"
    case reconfDone = "+slave-reconf-done"
    case reconfTimeout = "-slave-reconf-sent-timeout"
    case endForTimeout = "+failover-end-for-timeout"
    case end = "+failover-end"
    case configUpdate = "+config-update-from"
    case switchMaster = "+switch-master"
    case convertToReplica = "+convert-to-slave"
    case fixReplica = "+fix-slave-config"
    case tilt = "+tilt"
    case tiltEnds = "-tilt"
  }

  /// What happened.
  public let name: Name
  /// The instance it is about.
  public let node: NodeID?
  /// A second one: the new primary of a switch.
  public let other: NodeID?
  /// The epoch of a vote, or how many agree that a primary is down.
  public let number: Int?

  /// An event.
  public init(_ name: Name, _ node: NodeID? = nil, other: NodeID? = nil, number: Int? = nil) {
    self.name = name
    self.node = node
    self.other = other
    self.number = number
  }
}
