import Kernel

/// How the members of a cluster are hosted.
public struct ClusterOptions: Sendable {
  /// Which clock of the node a machine is given the time from.
  public enum TimeSource: Sendable, Hashable {
    /// The one that never steps; skews and jumps do not reach the machine.
    case monotonic
    /// The wall clock.
    case wall
  }

  /// How long a sync of the disk takes.
  public var syncLatency: Distribution
  /// Which clock machines go by.
  public var timeSource: TimeSource
  /// How long the processor takes over one input; a slowed node takes longer.
  public var stepTime: TimeSpan
  /// Whether invariants are checked after every step.
  public var checksInvariants: Bool
  /// How soon a process that died by itself (its disk was full) is started again; nil is never.
  public var restartsAfter: TimeSpan?
  /// Members that do not run from the start: `restart` makes them join.
  public var absent: [NodeID]

  /// Disks that take no time, monotonic clocks, free processors, invariants checked.
  public init(
    syncLatency: Distribution = .constant(.zero), timeSource: TimeSource = .monotonic,
    stepTime: TimeSpan = .zero, checksInvariants: Bool = true, restartsAfter: TimeSpan? = nil,
    absent: [NodeID] = []
  ) {
    self.syncLatency = syncLatency
    self.timeSource = timeSource
    self.stepTime = stepTime
    self.checksInvariants = checksInvariants
    self.restartsAfter = restartsAfter
    self.absent = absent
  }
}

/// Why a cluster stopped to let its driver act.
public enum ClusterStop<Message: Sendable, Answer: Sendable>: Sendable {
  /// A member told its clients something; `cause` is the event that led to it.
  case answered(Answer, by: NodeID, cause: Trace.ID?)
  /// A message reached a node that is no member.
  case received(Message, from: NodeID, by: NodeID, cause: Trace.ID?)
  /// An alarm of the driver went off.
  case alarm(Int)
  /// An invariant does not hold after a step of this node.
  case violated(InvariantViolation, by: NodeID)
  /// Everything up to the limit has happened.
  case reachedLimit
  /// As many events have happened as the run was allowed.
  case spentBudget
}

/// What has become of the messages and inputs of a cluster.
public struct ClusterCounts: Sendable, Hashable {
  /// Events that happened.
  public var events = 0
  /// Steps that machines took.
  public var steps = 0
  /// Copies of messages that a process took in.
  public var delivered = 0
  /// Copies of messages that reached a dead process, or one that died before it took them in.
  public var discarded = 0
  /// Copies of messages under way.
  public var inFlight = 0
  /// Copies of messages that wait at a paused or busy process.
  public var waiting = 0

  /// Nothing has happened yet.
  public init() {}

  /// Every copy of a message, wherever it is: as many as the network has made.
  public var copies: Int { delivered + discarded + inFlight + waiting }
}
