import Kernel

/// The client side of an ActiveMQ consumer: what it has prefetched, and what it does on roll-back.
///
/// Deliveries wait in the client in order. A roll-back puts the message back in front and stops
/// the consumer until the wait of its policy is over, so that later messages wait behind it.
public struct ActiveMQConsumer: Sendable, Hashable {
  /// A message in the client.
  public struct Dispatched: Sendable, Hashable {
    /// The tag to settle it by.
    public let tag: Int
    /// What it is.
    public let body: String
    /// How often it was rolled back.
    public internal(set) var redeliveries = 0

    /// The message `body`, to be settled by `tag`.
    public init(tag: Int, body: String) {
      self.tag = tag
      self.body = body
    }
  }

  /// When roll-backs are redelivered.
  public let policy: ActiveMQRedeliveryPolicy
  /// What is in the client, the next to be handled first.
  public private(set) var prefetched: [Dispatched] = []
  /// Until when nothing is handled.
  public private(set) var pausedUntil: Instant?
  private var lastDelay = TimeSpan.zero
  private var random: RandomStream

  /// A consumer without messages.
  public init(_ policy: ActiveMQRedeliveryPolicy, random: RandomStream) {
    self.policy = policy
    self.random = random
  }

  /// Takes a message that the broker has dispatched.
  public mutating func take(_ message: Dispatched) { prefetched.append(message) }

  /// The message that may be handled at `now`, or nil: there is none, or a redelivery is waited for.
  public func next(at now: Instant) -> Dispatched? {
    if let pausedUntil, now < pausedUntil { return nil }
    return prefetched.first
  }

  /// The first message was handled: returns the tag to acknowledge.
  public mutating func commit() -> Int? {
    guard !prefetched.isEmpty else { return nil }
    pausedUntil = nil
    lastDelay = .zero
    return prefetched.removeFirst().tag
  }

  /// Handling the first message failed: nil when it will be tried again, else the tag of the
  /// message that is now poison.
  public mutating func rollBack(at now: Instant) -> Int? {
    guard let first = prefetched.first else { return nil }
    prefetched[0].redeliveries += 1
    let decision = policy.decide(
      rollback: first.redeliveries + 1, previous: lastDelay, random: &random)
    switch decision {
    case .redeliver(let wait):
      lastDelay = wait
      pausedUntil = now + wait
      return nil
    case .poison:
      lastDelay = .zero
      pausedUntil = nil
      return prefetched.removeFirst().tag
    }
  }
}
