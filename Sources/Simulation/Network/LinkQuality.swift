import Kernel

/// What a link is like while nothing is wrong with it.
public struct LinkQuality: Sendable, Hashable {
  /// How long a message takes.
  public var latency: Distribution
  /// The probability that a message is lost.
  public var loss: Double
  /// The probability that a message arrives twice.
  public var duplication: Double
  /// Whether messages arrive in the order they were sent, as on one TCP connection.
  ///
  /// A late message then holds up those behind it. Without it each message is a datagram.
  public var keepsOrder: Bool

  /// A link with `latency`.
  public init(
    latency: Distribution, loss: Double = 0, duplication: Double = 0, keepsOrder: Bool = false
  ) {
    self.latency = latency
    self.loss = loss
    self.duplication = duplication
    self.keepsOrder = keepsOrder
  }
}

/// When a message arrives: once, twice or never.
public enum Arrivals: Sendable, Hashable {
  /// It is lost by chance.
  case lost
  /// It is lost because the link is cut by a partition.
  case cut
  /// It arrives.
  case once(Instant)
  /// It arrives twice.
  case twice(Instant, Instant)

  /// How many copies arrive.
  public var count: Int {
    switch self {
    case .lost, .cut: 0
    case .once: 1
    case .twice: 2
    }
  }
}

/// What has become of the messages given to a network.
public struct MessageCounts: Sendable, Hashable {
  /// Messages given to it.
  public internal(set) var sent = 0
  /// Messages lost by chance.
  public internal(set) var lost = 0
  /// Messages lost because their link was cut.
  public internal(set) var cut = 0
  /// Messages of which a second copy was made.
  public internal(set) var duplicated = 0

  /// No messages yet.
  public init() {}

  /// Copies that arrive or have arrived.
  public var copies: Int { sent - lost - cut + duplicated }
}
