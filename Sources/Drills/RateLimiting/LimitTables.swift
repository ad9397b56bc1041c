import Kernel
import Patterns

/// The limiters that one machine holds: one for each key, and with key=both one for each address.
struct LimitTables: Sendable {
  private var keys: RateLimiterTable<Int32>
  private var addresses: RateLimiterTable<Int32>?
  private let factor: Int

  init(_ settings: LimitSettings) {
    keys = RateLimiterTable(RateLimiter(settings.limiter), capacity: settings.keysHeld)
    factor = settings.addressFactor
    if settings.keying == .both {
      addresses = RateLimiterTable(
        RateLimiter(settings.addressLimiter), capacity: settings.keysHeld)
    }
  }

  /// Keys that had to go for others.
  var evictions: Int { keys.evictions + (addresses?.evictions ?? 0) }

  /// Decides about a request, and has the decision checked.
  ///
  /// Of two limits both are asked first, and the request is accounted for only when both admit it,
  /// so that a request that one refuses does not drain the other.
  mutating func decide(
    _ key: Int32, address: Int32, cost: Int, clock: Instant, now: Instant, holder: Int,
    checks: inout LimitChecks
  ) -> RateDecision {
    let before = evictions
    let seen = LimitChecks.Look(holder: holder, cost: cost, clock: clock, now: now)
    guard let byAddress = addresses?.peek(address, cost: cost, at: clock) else {
      let decision = keys.acquire(key, cost: cost, at: clock)
      if evictions != before { checks.forgets() }
      checks.look(keys.limiter(of: key), at: now)
      checks.decided(decision, key: key, seen)
      return decision
    }
    let byKey = keys.peek(key, cost: cost, at: clock)
    guard byKey.isAdmitted, byAddress.isAdmitted else {
      return .deny(retryAfter: Self.later(byKey, byAddress))
    }
    checks.decided(keys.acquire(key, cost: cost, at: clock), key: key, seen)
    if let decision = addresses?.acquire(address, cost: cost, at: clock) {
      checks.decided(decision, key: ~address, scale: factor, seen)
    }
    if evictions != before { checks.forgets() }
    checks.look(keys.limiter(of: key), at: now)
    checks.look(addresses?.limiter(of: address), at: now)
    let wait = max(byKey.wait, byAddress.wait)
    return wait > .zero ? .delay(wait) : byKey
  }

  /// When both would admit the request, nil when no time can be named.
  private static func later(_ first: RateDecision, _ second: RateDecision) -> TimeSpan? {
    var later = TimeSpan.zero
    for decision in [first, second] {
      guard case .deny(let after) = decision else { continue }
      guard let after else { return nil }
      later = max(later, after)
    }
    return later
  }
}
