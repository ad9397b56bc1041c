/// How a balancer chooses among its hosts.
public enum BalancingAlgorithm: String, Sendable, Hashable, CaseIterable {
  /// Each host in turn, whatever its weight.
  case roundRobin = "round-robin"
  /// Smooth weighted round robin, the order of nginx.
  case weightedRoundRobin = "weighted-round-robin"
  /// Weighted round robin by the elastic tree of HAProxy's `balance roundrobin`.
  case elasticRoundRobin = "elastic-round-robin"
  /// Weighted round robin from a table laid out once, HAProxy's `balance static-rr`.
  case staticRoundRobin = "static-round-robin"
  /// Any host, with equal chances.
  case random
  /// Any host, with chances by weight.
  case weightedRandom = "weighted-random"
  /// The least requests under way for its weight, ties by smooth round robin (nginx).
  case leastConnections = "least-connections"
  /// The least requests under way for its weight, ties by who waited longest (HAProxy).
  case leastConnectionsTree = "least-connections-tree"
  /// The less loaded of two hosts drawn at random.
  case powerOfTwo = "power-of-two"
  /// Envoy: the least loaded of some drawn at random, or round robin by weight over load.
  case leastRequest = "least-request"
  /// Linkerd: of two drawn at random, the lower peak latency times requests under way.
  case peakEWMA = "peak-ewma"
  /// The first host from the key on along a ring.
  case ringHash = "ring-hash"
  /// The host in the key's place of a Maglev table.
  case maglev
  /// The host that bids highest for the key.
  case rendezvous
  /// A ring on which nobody takes much more than the mean.
  case boundedLoad = "bounded-load"

  /// Whether the key decides, so that the same key finds the same host.
  public var usesKey: Bool {
    switch self {
    case .ringHash, .maglev, .rendezvous, .boundedLoad: true
    case .roundRobin, .weightedRoundRobin, .elasticRoundRobin, .staticRoundRobin, .random,
      .weightedRandom, .leastConnections, .leastConnectionsTree, .powerOfTwo, .leastRequest,
      .peakEWMA:
      false
    }
  }
}
