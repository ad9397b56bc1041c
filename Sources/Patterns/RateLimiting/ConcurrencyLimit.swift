import Kernel

/// A limit on requests in progress.
///
/// It is no rate: how much it admits depends on how long they take.
public struct ConcurrencyLimit: Sendable, Hashable {
  /// Requests in progress at most; at least 1.
  public let limit: Int
  /// Requests in progress.
  public private(set) var inFlight = 0

  /// A limit nobody uses yet.
  public init(_ limit: Int) {
    precondition(limit > 0, "a concurrency limit is at least 1")
    self.limit = limit
  }

  func decision(cost: Int) -> RateDecision {
    inFlight + cost <= limit
      ? .allow(remaining: limit - inFlight - cost, resetAfter: .zero) : .deny(retryAfter: nil)
  }

  mutating func commit(cost: Int) { inFlight += cost }

  /// A request of `cost` has ended.
  public mutating func release(_ cost: Int = 1) { inFlight = max(0, inFlight - cost) }
}
