import Kernel
import Patterns

/// The invariants of a run; the first violation of each is kept.
struct BalanceChecks: InvariantChecks {
  var log = InvariantLog(LoadBalancingScenario().invariants)

  /// A balancer chose a host for a request that was already sent to `tried`.
  mutating func picked(
    _ host: Int, by front: FrontBalancer, tried: HostsTried, at now: Instant
  ) {
    if tried.contains(host) {
      violated("other host", at: now, "a request is sent to host \(host + 1) again")
    }
    switch front.condition(host) {
    case .healthy: break
    case .draining:
      violated("allowed", at: now, "host \(host + 1) drains and gets a new request")
    case .unhealthy:
      if !front.balancer.isPanicking {
        violated("allowed", at: now, "host \(host + 1) is out and gets a request")
      }
    }
  }

  /// A try ended: the balancer's count must be the tries that have not.
  mutating func counts(_ front: FrontBalancer, at now: Instant) {
    for host in front.open.indices where front.balancer.inflight(of: host) != front.open[host] {
      violated(
        "counts", at: now,
        "host \(host + 1) has \(front.open[host]) under way, the balancer counts "
          + "\(front.balancer.inflight(of: host))")
    }
    if let violation = front.balancer.checkInvariants() {
      violated("balancer", at: now, violation.description)
    }
  }

  /// A check or an ejection was heard of: the balancer must think so of the host.
  mutating func health(_ front: FrontBalancer, _ host: Int, at now: Instant) {
    let wanted = front.condition(host)
    let found = front.balancer.hosts[host].condition
    guard wanted != found else { return }
    violated(
      "health", at: now,
      "host \(host + 1) is \(wanted.rawValue), the balancer has it as "
        + found.rawValue)
  }

  mutating func host(_ host: DependencyInstance, at now: Instant) {
    if host.working.count > host.slots || host.line.count > host.queueLimit {
      violated(
        "slots", at: now,
        "\(host.working.count) in \(host.slots) slots, \(host.line.count) in "
          + "a line of \(host.queueLimit)")
    }
  }
}
