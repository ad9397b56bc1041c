import Kernel

/// A leaky bucket as a queue, a *shaper*: what comes in waits, and leaves at an even rate.
///
/// It is the queue that shapes: the meter of the same name decides as a token bucket does.
public struct LeakyBucketQueue: Sendable, Hashable {
  /// How fast requests leave.
  public let rate: RateLimit
  /// Requests that may wait; 0 or more.
  public let places: Int
  private(set) var free = Instant.zero
  private(set) var beyond: Int64 = 0

  /// An empty queue.
  public init(_ rate: RateLimit, places: Int) {
    precondition(places >= 0, "a queue has 0 or more places")
    self.rate = rate
    self.places = places
  }

  private func ahead(of now: Instant) -> Int64 {
    guard free >= now else { return 0 }
    return rate.ticks(in: free - now, atMost: .max / 4) + beyond
  }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let ahead = ahead(of: now)
    let limit = rate.cost(places)
    if ahead > limit { return .deny(retryAfter: rate.span(ahead - limit)) }
    if ahead > 0 { return .delay(rate.span(ahead)) }
    return .allow(remaining: places, resetAfter: rate.span(rate.cost(cost)))
  }

  mutating func commit(cost: Int, at now: Instant) {
    let next = ahead(of: now) + rate.cost(cost)
    free = now + .nanoseconds(next / rate.ticks)
    beyond = next % rate.ticks
  }
}
