import Kernel

/// Tokens that refill at a steady rate up to a burst; each call takes one.
///
/// **No more than `burst + rate × t` calls pass in any interval t.** The state is whole: billionths
/// of a token, so that a replay is exact.
public struct TokenBucket: Sendable, Hashable {
  /// Tokens a second.
  public let rate: Double
  /// The most tokens there are.
  public let burst: Int
  private var level: Int64
  private var seen = Instant.zero
  private var part = 0.0

  /// A full bucket.
  public init(rate: Double, burst: Int) {
    precondition(rate > 0 && burst > 0, "a bucket has a rate and a burst above 0")
    self.rate = rate
    self.burst = burst
    level = Int64(burst) * 1_000_000_000
  }

  /// Takes a token if there is one; a clock that goes back adds none.
  public mutating func take(at now: Instant) -> Bool {
    if now > seen {
      let grown = Double((now - seen).nanoseconds) * rate + part
      let whole = grown.rounded(.down)
      part = grown - whole
      level = min(Int64(burst) * 1_000_000_000, level + Int64(min(whole, 9e18)))
      seen = now
    }
    guard level >= 1_000_000_000 else { return false }
    level -= 1_000_000_000
    return true
  }
}
