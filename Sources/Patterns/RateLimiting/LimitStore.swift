import Kernel

/// The store that nodes share a limit through: it decides, leases permits and adds up counts.
///
/// It goes by its own clock, so nodes whose clocks differ agree. Windows begin at multiples of the
/// period. **Permits decided and leased in a window are never more than the limit.**
public struct LimitStore: Sendable, Hashable {
  /// The limit of all nodes together.
  public let limit: RateLimit
  /// Permits given out, leased or reported in the window.
  public private(set) var used = 0
  /// Questions, leases and reports answered.
  public private(set) var operations = 0
  private var windowEnd = Instant.zero

  /// A store nobody has asked.
  public init(_ limit: RateLimit) { self.limit = limit }

  private mutating func begin(at now: Instant) {
    operations += 1
    guard now >= windowEnd else { return }
    let width = limit.period.nanoseconds
    windowEnd = .zero + .nanoseconds((now.nanoseconds / width + 1) * width)
    used = 0
  }

  /// Decides about one request.
  public mutating func acquire(cost: Int = 1, at now: Instant) -> RateDecision {
    begin(at: now)
    let left = limit.permits - used
    guard cost <= left else {
      return .deny(retryAfter: cost <= limit.permits ? windowEnd - now : nil)
    }
    used += cost
    return .allow(remaining: left - cost, resetAfter: windowEnd - now)
  }

  /// Gives out up to `permits`, for use until the window ends.
  public mutating func lease(_ permits: Int, at now: Instant) -> (permits: Int, until: Instant) {
    begin(at: now)
    let given = min(permits, max(0, limit.permits - used))
    used += given
    return (given, windowEnd)
  }

  /// Adds what a node has used and says what all have; it cannot refuse what has happened.
  public mutating func report(_ count: Int, at now: Instant) -> (total: Int, until: Instant) {
    begin(at: now)
    used += count
    return (used, windowEnd)
  }
}
