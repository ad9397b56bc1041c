import Kernel

/// What a stream keeps and how long.
///
/// Names and defaults: nats-server, server/stream.go.
public struct JetStreamStreamConfiguration: Sendable, Hashable {
  /// When messages go.
  public enum Retention: String, Sendable, Hashable, CaseIterable {
    /// When a limit is exceeded.
    case limits
    /// When the consumer of its subject has acknowledged; each subject has one consumer.
    case workqueue
    /// When every consumer that is interested has acknowledged.
    case interest
  }

  /// Which message a full stream gives up.
  public enum Discard: String, Sendable, Hashable, CaseIterable {
    /// The oldest.
    case old
    /// The one that arrives: it is refused.
    case new
  }

  /// Its name.
  public var name: String
  /// What it listens to.
  public var subjects: [NATSSubject]
  /// When messages go.
  public var retention = Retention.limits
  /// Which message a full stream gives up.
  public var discard = Discard.old
  /// The most messages; nil is no limit.
  public var maxMsgs: Int?
  /// The most bytes; nil is no limit.
  public var maxBytes: Int?
  /// The most messages of one subject; nil is no limit.
  public var maxMsgsPerSubject: Int?
  /// The longest message, in bytes; nil is no limit.
  public var maxMsgSize: Int?
  /// How old messages may get; nil is no limit.
  public var maxAge: TimeSpan?
  /// How long a `Nats-Msg-Id` is remembered, from the message that was stored under it.
  public var duplicateWindow = TimeSpan.minutes(2)
  /// Wrong ways to build it.
  public var shortcuts: Set<JetStreamShortcut> = []

  /// A stream with the defaults.
  public init(_ name: String, subjects: [NATSSubject]) {
    self.name = name
    self.subjects = subjects
  }
}

/// How a consumer reads its stream.
///
/// Names and defaults: nats-server, server/consumer.go.
public struct JetStreamConsumerConfiguration: Sendable, Hashable {
  /// Where it begins.
  public enum DeliverPolicy: Sendable, Hashable {
    /// With the first message that the stream has.
    case all
    /// With the last one that it is interested in.
    case last
    /// With the next one.
    case new
    /// With the last one of each subject.
    case lastPerSubject
    /// With this stream sequence, or the next one that is there.
    case byStartSequence(Int)
    /// With the first one stored then or later.
    case byStartTime(Instant)
  }

  /// What counts as acknowledged.
  public enum AckPolicy: String, Sendable, Hashable, CaseIterable {
    /// Each message by itself.
    case explicit
    /// A message is acknowledged as soon as it is handed out.
    case none
    /// A message and all before it.
    case all
  }

  /// Its name.
  public var name: String
  /// Whether it outlives its clients.
  public var isDurable = true
  /// Whether messages are pushed to whoever is attached, or pulled.
  public var isPush = false
  /// The subjects it is interested in; nil is all.
  public var filterSubject: NATSSubject?
  /// Where it begins.
  public var deliverPolicy = DeliverPolicy.all
  /// What counts as acknowledged.
  public var ackPolicy = AckPolicy.explicit
  /// How long it waits for an acknowledgement.
  public var ackWait = TimeSpan.seconds(30)
  /// The waits of the first deliveries, instead of `ackWait`; the last one repeats.
  public var backOff: [TimeSpan] = []
  /// The most deliveries of a message; nil is no limit.
  public var maxDeliver: Int?
  /// The most messages handed out and not acknowledged; nil is no limit.
  public var maxAckPending: Int? = 1_000
  /// How long an ephemeral consumer outlives its last client.
  public var inactiveThreshold = TimeSpan.seconds(5)
  /// Wrong ways to build it.
  public var shortcuts: Set<JetStreamShortcut> = []

  /// A durable pull consumer with the defaults.
  public init(_ name: String) { self.name = name }

  /// How long the delivery number `count` (from 1) waits for its acknowledgement.
  public func wait(ofDelivery count: Int) -> TimeSpan {
    backOff.isEmpty ? ackWait : backOff[min(max(count, 1), backOff.count) - 1]
  }
}

/// A wrong way to build JetStream that seems to work.
public enum JetStreamShortcut: String, Sendable, Hashable, CaseIterable {
  /// Stores a message whose id it has seen within the window.
  case ignoresDuplicateWindow = "ignores-duplicate-window"
  /// An acknowledgement moves the ack floor to its message, over others that are out.
  case floorSkipsUnacked = "floor-skips-unacked"
  /// Never hands a message out again by itself.
  case ackWaitNeverEnds = "ack-wait-never-ends"
  /// Hands out whatever is asked for.
  case ignoresMaxAckPending = "ignores-max-ack-pending"
  /// Hands out a message as often as it takes.
  case ignoresMaxDeliver = "ignores-max-deliver"
}
