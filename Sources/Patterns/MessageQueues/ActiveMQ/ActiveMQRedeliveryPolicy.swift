import Kernel

/// When an ActiveMQ client hands a rolled-back message to its listener again, and when it gives up.
///
/// The client does it, not the broker: the message stays with the consumer, and while it waits for
/// its redelivery the consumer delivers nothing that came later. After `maximumRedeliveries` the
/// client sends a poison acknowledgement, and the broker puts the message into `ActiveMQ.DLQ`.
/// Source: apache/activemq, activemq-client, RedeliveryPolicy.java and ActiveMQMessageConsumer.java.
public struct ActiveMQRedeliveryPolicy: Sendable, Hashable {
  /// How often a message is redelivered before it is poison; nil is for ever.
  public var maximumRedeliveries: Int?
  /// The wait before the first redelivery, and without back-off before every one.
  public var initialRedeliveryDelay: TimeSpan
  /// The wait where `initialRedeliveryDelay` is zero.
  public var redeliveryDelay: TimeSpan
  /// The longest wait that back-off may reach; nil is any.
  public var maximumRedeliveryDelay: TimeSpan?
  /// Whether each wait is a multiple of the one before.
  public var useExponentialBackOff: Bool
  /// The multiple.
  public var backOffMultiplier: Double
  /// Whether chance moves each wait, so that clients do not come back together.
  public var useCollisionAvoidance: Bool
  /// By which share at most.
  public var collisionAvoidanceFactor: Double

  /// The policy; the defaults are those of the client library.
  public init(
    maximumRedeliveries: Int? = 6, initialRedeliveryDelay: TimeSpan = .seconds(1),
    redeliveryDelay: TimeSpan = .seconds(1), maximumRedeliveryDelay: TimeSpan? = nil,
    useExponentialBackOff: Bool = false, backOffMultiplier: Double = 5,
    useCollisionAvoidance: Bool = false, collisionAvoidanceFactor: Double = 0.15
  ) {
    self.maximumRedeliveries = maximumRedeliveries
    self.initialRedeliveryDelay = initialRedeliveryDelay
    self.redeliveryDelay = redeliveryDelay
    self.maximumRedeliveryDelay = maximumRedeliveryDelay
    self.useExponentialBackOff = useExponentialBackOff
    self.backOffMultiplier = backOffMultiplier
    self.useCollisionAvoidance = useCollisionAvoidance
    self.collisionAvoidanceFactor = collisionAvoidanceFactor
  }

  /// What a client does with a message that was rolled back for the `rollback`-th time, from 1.
  public enum Decision: Sendable, Hashable {
    /// It hands the message over again after a wait.
    case redeliver(after: TimeSpan)
    /// It gives the message up.
    case poison
  }

  /// Decides after the `rollback`-th roll-back of a message, of which the last wait was `previous`.
  public func decide(
    rollback: Int, previous: TimeSpan, random: inout RandomStream
  ) -> Decision {
    if let maximumRedeliveries, rollback > maximumRedeliveries { return .poison }
    if rollback <= 1 { return .redeliver(after: initialRedeliveryDelay) }
    return .redeliver(after: next(after: previous, random: &random))
  }

  /// The wait after one of `previous`.
  public func next(after previous: TimeSpan, random: inout RandomStream) -> TimeSpan {
    var wait = initialRedeliveryDelay == .zero ? redeliveryDelay : initialRedeliveryDelay
    if previous > .zero, useExponentialBackOff, backOffMultiplier > 1 {
      wait = wholeMilliseconds(previous * backOffMultiplier)
      if let limit = maximumRedeliveryDelay, wait > limit { wait = max(limit, redeliveryDelay) }
    }
    guard useCollisionAvoidance else { return wait }
    let direction = random.chance(0.5) ? 1.0 : -1.0
    return wholeMilliseconds(
      wait * (1 + direction * collisionAvoidanceFactor * random.unit()))
  }

  private func wholeMilliseconds(_ span: TimeSpan) -> TimeSpan {
    .milliseconds(span.nanoseconds / 1_000_000)
  }
}
