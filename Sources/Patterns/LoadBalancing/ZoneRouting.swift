/// Which zone a balancer sends to, so that few requests cross a border and no zone is overloaded.
///
/// Envoy's rule: every zone should get the share of all requests that it has of all healthy hosts.
/// The balancers of a zone carry a share of the requests as large as their share of all balancers.
/// Where the hosts of the zone make up as much, all requests stay; otherwise what is over goes to
/// the zones that have more hosts than balancers, in proportion to how many more.
///
/// Source: Envoy, zone aware routing; `min_cluster_size` in cluster.proto.
public struct ZoneRouting: Sendable, Equatable {
  /// How it goes about zones.
  public enum Policy: String, Sendable, Hashable, CaseIterable {
    /// Zones do not matter.
    case none
    /// The own zone, as long as a healthy host is in it.
    case local
    /// The own zone as far as its hosts' share goes.
    case aware
  }

  /// The policy.
  public let policy: Policy
  /// With fewer healthy hosts zones do not matter to `aware`; Envoy `min_cluster_size`: 6.
  public let minimumHosts: Int

  /// A rule.
  public init(_ policy: Policy, minimumHosts: Int = 6) {
    self.policy = policy
    self.minimumHosts = minimumHosts
  }

  /// The share of the requests of a balancer in zone `own` that goes to each zone.
  ///
  /// `hosts` are the healthy hosts of each zone, `balancers` its balancers. Nil where zones do not
  /// matter and all hosts come into question.
  public func shares(from own: Int, hosts: [Int], balancers: [Int]) -> [Double]? {
    let all = hosts.reduce(0, +)
    let fronts = balancers.reduce(0, +)
    var shares = hosts.map { _ in 0.0 }
    switch policy {
    case .none: return nil
    case .local:
      guard hosts[own] > 0 else { return nil }
      shares[own] = 1
    case .aware:
      guard all >= minimumHosts, fronts > 0, balancers[own] > 0 else { return nil }
      let over = hosts.indices.map { zone in
        Double(hosts[zone]) / Double(all) - Double(balancers[zone]) / Double(fronts)
      }
      let room = over.reduce(0) { $0 + max(0, $1) }
      guard over[own] < 0, room > 0 else {
        shares[own] = 1
        return shares
      }
      let kept = Double(hosts[own] * fronts) / Double(all * balancers[own])
      for zone in hosts.indices where over[zone] > 0 {
        shares[zone] = (1 - kept) * over[zone] / room
      }
      shares[own] = kept
    }
    return shares
  }
}
