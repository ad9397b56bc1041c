/// A wrong way to build a balancer that seems to work.
public enum BalancerShortcut: String, Sendable, Hashable, CaseIterable {
  /// The count of requests under way is not taken down when a request fails or times out.
  case leaksOnFailure = "counter-leaks-on-failure"
  /// A retry may go to the host that just failed it.
  case retriesTriedHost = "retries-the-tried-host"
  /// A draining host still gets new requests.
  case picksDraining = "picks-draining-hosts"
  /// A failed answer counts as a fast one.
  case rewardsFastFailure = "fast-failure-counts-as-fast"
  /// A host that is taken out is never asked again.
  case neverReturns = "ejected-host-never-returns"
}
