import Kernel

/// nginx's `limit_req`: an excess in thousandths of a request, that leaks by the millisecond.
///
/// A refused request leaves the state as it was. The first request of a key has no excess. Division
/// rounds towards zero as in nginx's source, so its decisions can be replayed exactly.
public struct LeakyBucketMeter: Sendable, Hashable {
  /// Thousandths of a request that leak in a second; 10r/s is 10,000.
  public let milliRate: Int
  /// Requests of excess that are not refused; 0 or more.
  public let burst: Int
  /// Requests of excess that are not delayed either; nil for all of them (`nodelay`).
  public let delayAbove: Int?
  /// The excess after the last accounted request, in thousandths of a request.
  public private(set) var excess = 0
  private var lastMilliseconds: Int64?

  /// A meter nobody has used; without `delayAbove` nothing is delayed.
  public init(milliRate: Int, burst: Int, delayAbove: Int? = 0) {
    precondition(milliRate > 0 && burst >= 0, "limit_req needs a rate above 0")
    self.milliRate = milliRate
    self.burst = burst
    self.delayAbove = delayAbove
  }

  private func excess(cost: Int, at now: Instant) -> Int {
    guard let last = lastMilliseconds else { return max(0, (cost - 1) * 1_000) }
    var passed = Int(now.nanoseconds / 1_000_000 - last)
    // As in nginx: a clock that jumped far back counts for one millisecond, a little for none.
    if passed < 0 { passed = passed < -60_000 ? 1 : 0 }
    let (leak, overflow) = milliRate.multipliedReportingOverflow(by: passed)
    return max(0, overflow ? 0 : excess - leak / 1_000 + cost * 1_000)
  }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let excess = excess(cost: cost, at: now)
    if excess > burst * 1_000 {
      guard cost <= burst + 1 else { return .deny(retryAfter: nil) }
      let over = excess - burst * 1_000
      return .deny(retryAfter: .milliseconds(Int64((over * 1_000 + milliRate - 1) / milliRate)))
    }
    if let delayAbove, excess > delayAbove * 1_000 {
      return .delay(.milliseconds(Int64((excess - delayAbove * 1_000) * 1_000 / milliRate)))
    }
    return .allow(
      remaining: burst - (excess + 999) / 1_000,
      resetAfter: .milliseconds(Int64((excess * 1_000 + milliRate - 1) / milliRate)))
  }

  mutating func commit(cost: Int, at now: Instant) {
    excess = excess(cost: cost, at: now)
    let time = now.nanoseconds / 1_000_000
    // Less than a millisecond, or a clock that went a little back, does not move the time.
    if let last = lastMilliseconds, time <= last, time - last >= -60_000 { return }
    lastMilliseconds = time
  }
}
