import Kernel
import Patterns

/// One balancer of a run, with what it knows of the health of the hosts.
struct FrontBalancer: Sendable {
  var balancer: Balancer
  var checks: [RiseFallHealth]
  var detector: OutlierDetector?
  /// Hosts that a deploy has told it to give nothing new.
  var isDraining: [Bool]
  /// Its tries under way, counted apart from the balancer's own count.
  var open: [Int]
  /// The number of its life.
  var life = 0
  var random: RandomStream

  init(_ number: Int, _ settings: BalanceSettings, hosts: Int, seed: UInt64, at now: Instant) {
    let weights = (0..<hosts).map { settings.weight(of: $0) }
    balancer = Balancer(
      settings.algorithm, weights: weights, options: settings.balancer, at: now)
    checks = weights.map { _ in RiseFallHealth(rise: settings.rise, fall: settings.fall) }
    detector = settings.outliers.map { options in
      OutlierDetector(
        options, hostCount: settings.allHosts, at: now,
        random: RandomStream(seed: seed, name: "lb-\(number + 1)/outliers"))
    }
    isDraining = weights.map { _ in false }
    open = weights.map { _ in 0 }
    random = RandomStream(seed: seed, name: "lb-\(number + 1)/picks")
  }

  /// How many hosts it knows.
  var count: Int { checks.count }

  /// Whether checks and ejections let it send requests to `host`.
  func isHealthy(_ host: Int) -> Bool {
    checks[host].isUp && detector?.isActive(NodeID(host)) ?? true
  }

  /// What the balancer ought to think of `host`.
  func condition(_ host: Int) -> Balancer.Condition {
    isDraining[host] ? .draining : isHealthy(host) ? .healthy : .unhealthy
  }

  /// Tells the balancer what is known of `host`.
  mutating func refresh(_ host: Int, at now: Instant) {
    switch condition(host) {
    case .draining: balancer.drain(host, at: now)
    case .healthy: balancer.setEligible(host, true, at: now)
    case .unhealthy: balancer.setEligible(host, false, at: now)
    }
  }

  /// Adds a host that joins.
  mutating func join(_ settings: BalanceSettings, at now: Instant) {
    balancer.append(weight: settings.weight(of: count), at: now)
    checks.append(RiseFallHealth(rise: settings.rise, fall: settings.fall))
    isDraining.append(false)
    open.append(0)
  }
}
