import Kernel

/// A wrong way to build a loading cache that seems to work.
public enum CacheShortcut: String, Sendable, Hashable, CaseIterable {
  /// A delete does not take the lease of a load under way.
  case keepsLeases = "delete-leaves-the-lease"
  /// The end of the TTL is never looked at.
  case servesExpired = "ttl-never-looked-at"
  /// Only the first of a load's waiters is answered.
  case answersFirstWaiter = "answers-the-first-waiter"
  /// Jitter is drawn but not used.
  case ignoresJitter = "jitter-not-used"
}

extension LoadingCache {
  /// Everything that can be set on a loading cache.
  public struct Options: Sendable, Hashable {
    /// Which key goes when the cache is full.
    public var policy = EvictionPolicy.lru
    /// The most keys; at least 1.
    public var capacity = 1_000
    /// How long a value is fresh.
    public var ttl = TimeSpan.seconds(60)
    /// The share of the TTL by which chance lengthens or shortens it, 0 to 1.
    public var jitter = 0.0
    /// Whether misses of a key share one load: single flight.
    public var isCoalescing = false
    /// Whether a delete stops loads under way from filling the cache.
    public var isLeasing = false
    /// How long after its TTL a value is served while one load refreshes it; RFC 5861.
    public var staleFor = TimeSpan.zero
    /// How long after its TTL a value is served when loading fails; RFC 5861.
    public var staleOnErrorFor = TimeSpan.zero
    /// How long "not found" is kept; zero for not at all.
    public var negativeTTL = TimeSpan.zero
    /// XFetch's beta, larger is earlier: 1 in the paper, 0 for no early refresh.
    public var earlyFactor = 0.0
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: CacheShortcut?

    /// A plain cache-aside of a minute.
    public init() {}
  }

  /// Finds the first invariant that does not hold, or nil; it walks every key.
  public func checkInvariants() -> InvariantViolation? {
    if let violation = keys.checkInvariants() { return violation }
    guard keys.count == entries.count else {
      return InvariantViolation(
        "entries", witness: "\(entries.count) values for \(keys.count) keys")
    }
    return nil
  }
}

/// When XFetch refreshes a value before its end.
///
/// Source: Vattani, Chierichetti and Lowenstein, "Optimal probabilistic cache stampede prevention",
/// VLDB 2015.
public enum EarlyRefresh {
  /// How long before its end a value that took `loadTime` to load is refreshed, for a draw above 0 and
  /// up to 1.
  public static func lead(loadTime: TimeSpan, factor: Double, draw: Double) -> TimeSpan {
    loadTime * (factor * -PortableMath.log(draw))
  }
}
