import Kernel
import Simulation

extension Network {
  /// Links within a zone are fast; between zones their median is `between`, or nothing at all.
  ///
  /// One connection keeps its order.
  static func zoned(
    _ roster: Roster, zone: (NodeID) -> Int, between: TimeSpan, seed: UInt64
  ) -> Network {
    func quality(_ median: TimeSpan) -> LinkQuality {
      guard median > .zero else { return LinkQuality(latency: .constant(.zero), keepsOrder: true) }
      return LinkQuality(latency: .lognormal(p50: median, p99: median * 2), keepsOrder: true)
    }
    let near = quality(.microseconds(300))
    var network = Network(quality(between), seed: seed)
    for from in roster.nodes {
      for to in roster.nodes where from != to && zone(from) == zone(to) {
        network.setQuality(from: from, to: to, near)
      }
    }
    return network
  }
}
