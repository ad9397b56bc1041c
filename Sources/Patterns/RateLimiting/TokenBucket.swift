import Kernel

/// A bucket that holds up to `capacity` tokens and is refilled continuously; a request takes its cost.
///
/// **It admits at most `capacity + rate x t` in any interval t.** A clock that goes back adds
/// nothing. The level is kept in ticks of `RateLimit`, so nothing is ever rounded.
public struct TokenBucket: Sendable, Hashable {
  /// How fast it is refilled.
  public let rate: RateLimit
  /// The most tokens it holds; at least 1.
  public let capacity: Int
  /// A wrong way to build it, for drills.
  let shortcut: RateShortcut?
  private(set) var level: Int64
  private(set) var last: Instant

  /// A full bucket.
  public init(_ rate: RateLimit, capacity: Int, shortcut: RateShortcut? = nil) {
    precondition(capacity > 0, "a bucket holds at least one token")
    self.rate = rate
    self.capacity = capacity
    self.shortcut = shortcut
    level = rate.cost(capacity)
    last = .zero
  }

  /// Whole tokens in the bucket at `now`.
  public func tokens(at now: Instant) -> Int { Int(level(at: now) / rate.unit) }

  /// Takes every token, as a drill or a vector may want it.
  public mutating func drain(at now: Instant) {
    level = 0
    last = now
  }

  func level(at now: Instant) -> Int64 {
    var passed = now - last
    if shortcut == .mintsOnClockJump, passed < .zero { passed = last - now }
    let full = rate.cost(capacity)
    guard shortcut != .neverFull else {
      return level + rate.ticks(in: passed, atMost: full * 1_000)
    }
    return min(full, level + rate.ticks(in: passed, atMost: full))
  }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let level = level(at: now)
    let price = rate.cost(cost)
    if price <= level {
      let rest = level - price
      return .allow(
        remaining: Int(rest / rate.unit), resetAfter: rate.span(rate.cost(capacity) - rest))
    }
    guard cost <= capacity else { return .deny(retryAfter: nil) }
    return .deny(retryAfter: rate.span(price - level))
  }

  mutating func commit(cost: Int, at now: Instant) {
    level = level(at: now) - rate.cost(cost)
    last = shortcut == .mintsOnClockJump ? now : max(last, now)
  }
}
