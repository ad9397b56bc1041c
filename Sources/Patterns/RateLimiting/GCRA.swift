import Kernel

/// The generic cell rate algorithm: a leaky bucket as a meter, whose whole state is one timestamp.
///
/// The *theoretical arrival time* says when the next request would come if all came evenly. A request
/// may be early by the burst tolerance. **It decides as a token bucket of capacity `burst + 1`.**
public struct GCRA: Sendable, Hashable {
  /// How fast requests may come for ever.
  public let rate: RateLimit
  /// Requests that may come early, on top of one; 0 or more.
  public let burst: Int
  /// The theoretical arrival time in whole nanoseconds, and the ticks beyond them.
  private(set) var arrival = Instant.zero
  private(set) var beyond: Int64 = 0

  /// A limiter nobody has used.
  public init(_ rate: RateLimit, burst: Int) {
    precondition(burst >= 0, "a burst is 0 or more")
    self.rate = rate
    self.burst = burst
  }

  private var limit: Int64 { rate.cost(burst + 1) }

  /// The ticks by which the theoretical arrival time is ahead of `now`.
  private func ahead(of now: Instant) -> Int64 {
    guard arrival >= now else { return 0 }
    return rate.ticks(in: arrival - now, atMost: .max / 4) + beyond
  }

  /// Requests of cost 1 that would be admitted at `now`.
  public func remaining(at now: Instant) -> Int {
    Int(max(0, limit - ahead(of: now)) / rate.unit)
  }

  /// The time until the limiter is as if unused.
  public func resetAfter(at now: Instant) -> TimeSpan { rate.span(ahead(of: now)) }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let next = ahead(of: now) + rate.cost(cost)
    if next <= limit || cost == 0 {
      return .allow(
        remaining: Int(max(0, limit - next) / rate.unit), resetAfter: rate.span(next))
    }
    guard cost <= burst + 1 else { return .deny(retryAfter: nil) }
    return .deny(retryAfter: rate.span(next - limit))
  }

  mutating func commit(cost: Int, at now: Instant) {
    guard cost > 0 else { return }
    let next = ahead(of: now) + rate.cost(cost)
    arrival = now + .nanoseconds(next / rate.ticks)
    beyond = next % rate.ticks
  }
}
