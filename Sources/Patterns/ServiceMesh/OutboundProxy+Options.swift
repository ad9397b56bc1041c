import Kernel

extension OutboundProxy {
  /// Where requests may go as their own zone fails.
  public enum Locality: String, Sendable, Hashable, CaseIterable {
    /// Anywhere, always.
    case anywhere
    /// The own zone first, others as its endpoints are taken out.
    case failover
  }

  /// How single endpoints are taken out.
  public enum Ejection: Sendable, Hashable {
    /// Not at all.
    case none
    /// As Envoy and Istio do it.
    case outlier(OutlierDetector.Options)
    /// As Linkerd does it.
    case accrual(FailureAccrual.Options)
  }

  /// Everything that can be set on the side of a sidecar that calls.
  public struct Options: Sendable, Hashable {
    /// How it chooses among the endpoints of a level.
    public var algorithm = BalancingAlgorithm.leastRequest
    /// How single endpoints are taken out.
    public var ejection = Ejection.none
    /// Below this percentage of healthy endpoints a level ignores health; 0 for never.
    public var panicPercent = 50
    /// Where requests may go.
    public var locality = Locality.anywhere
    /// How much more than its share a zone is taken to carry, in percent; Envoy: 140.
    public var overprovisioning = 140
    /// The most requests under way, 0 for no limit; Envoy `max_requests`: 1,024.
    public var maxRequests = 1_024
    /// How retries of all requests together are bounded.
    public var budget = RetryBudget.Rule.unlimited
    /// A wrong way to keep the budget, for drills; nil for the right one.
    public var budgetShortcut: RetryShortcut?

    /// Envoy's defaults.
    public init() {}
  }
}
