import Kernel

/// A message as a publisher hands it over, and as it travels on.
public struct RabbitMessage: Sendable, Hashable {
  /// What the message says; brokers do not look at it.
  public var body: String
  /// The size of the body, in bytes: what `x-max-length-bytes` counts.
  public var bodyBytes: Int
  /// The exchange it was published to; the default exchange is the empty name.
  public var exchange: String
  /// The routing key it was published with.
  public var routingKey: String
  /// The headers.
  public var headers: [RabbitField]
  /// The priority, 0 when there is none.
  public var priority: Int?
  /// How long it may wait in a queue; nil is as long as the queue allows.
  public var expiration: TimeSpan?
  /// Whether it is to survive a restart of the broker in a durable queue.
  public var isPersistent: Bool
  /// Every time it was dead-lettered, the latest first, counted for each queue and reason.
  public internal(set) var deaths: [RabbitDeath] = []
  /// Its first death.
  public internal(set) var firstDeath: RabbitDeath.Origin?

  /// A message to `exchange` with `routingKey`; its size is that of `body` unless given.
  public init(
    _ body: String, to exchange: String = "", routingKey: String, bodyBytes: Int? = nil,
    headers: [RabbitField] = [], priority: Int? = nil, expiration: TimeSpan? = nil,
    isPersistent: Bool = true
  ) {
    self.body = body
    self.bodyBytes = bodyBytes ?? body.utf8.count
    self.exchange = exchange
    self.routingKey = routingKey
    self.headers = headers
    self.priority = priority
    self.expiration = expiration
    self.isPersistent = isPersistent
  }
}

/// One element of a message's `x-death` header: why, where and how often it was dead-lettered.
public struct RabbitDeath: Sendable, Hashable {
  /// Why a message is dead-lettered.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// A consumer refused it without requeue.
    case rejected
    /// Its time was over.
    case expired
    /// Its queue was longer than allowed.
    case maxlen
    /// It was returned more often than a quorum queue allows.
    case deliveryLimit = "delivery_limit"
  }

  /// Where a death happened, as the `x-first-death` headers tell it.
  public struct Origin: Sendable, Hashable {
    /// The queue.
    public let queue: String
    /// The reason.
    public let reason: Reason
    /// The exchange that the message had been published to.
    public let exchange: String
  }

  /// The queue.
  public let queue: String
  /// The reason.
  public let reason: Reason
  /// How often it happened in that queue for that reason.
  public internal(set) var count: Int
  /// When it happened for the first time.
  public let time: Instant
  /// The exchange that the message had been published to before.
  public let exchange: String
  /// The routing key that it had before.
  public let routingKey: String
  /// The expiration that it had before, which is taken off so that it does not expire again.
  public let originalExpiration: TimeSpan?
}

extension RabbitMessage {
  /// The message as it leaves `queue` for a dead-letter exchange.
  ///
  /// Deaths are kept compressed: one element for each queue and reason, the latest first
  /// (rabbitmq-website, docs/dlx.md, "Dead-Lettered Effects on Messages").
  func died(
    in queue: String, of reason: RabbitDeath.Reason, at now: Instant, to exchange: String,
    routingKey key: String?
  ) -> RabbitMessage {
    var dead = self
    let place = deaths.firstIndex { $0.queue == queue && $0.reason == reason }
    if let place {
      var death = dead.deaths.remove(at: place)
      death.count += 1
      dead.deaths.insert(death, at: 0)
    } else {
      let death = RabbitDeath(
        queue: queue, reason: reason, count: 1, time: now, exchange: self.exchange,
        routingKey: routingKey, originalExpiration: expiration)
      dead.deaths.insert(death, at: 0)
    }
    let origin = RabbitDeath.Origin(queue: queue, reason: reason, exchange: self.exchange)
    dead.firstDeath = firstDeath ?? origin
    dead.expiration = nil
    dead.exchange = exchange
    dead.routingKey = key ?? routingKey
    return dead
  }

  /// Whether giving the message to `queue` would close a cycle that turns by itself: it died there
  /// before, and no consumer has rejected it on the way round.
  func closesCycle(at queue: String) -> Bool {
    guard let last = deaths.firstIndex(where: { $0.queue == queue }) else { return false }
    return deaths[...last].allSatisfy { $0.reason != .rejected }
  }
}
