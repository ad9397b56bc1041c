import Kernel

extension Balancer {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    var sum = 0
    var healthy = 0
    var ramping = 0
    for (index, host) in hosts.enumerated() {
      sum += host.inflight
      if host.condition == .healthy { healthy += 1 }
      if host.rampFrom != nil { ramping += 1 }
      if host.inflight < 0 {
        return InvariantViolation("counts", witness: "host \(index) has \(host.inflight) under way")
      }
      if host.effectiveWeight < 0 || host.effectiveWeight > host.weight {
        return InvariantViolation(
          "effective weight", witness: "host \(index): \(host.effectiveWeight) of \(host.weight)")
      }
    }
    if sum != inflight || healthy != healthyCount || ramping != rampingCount {
      return InvariantViolation(
        "sums",
        witness: "\(sum) under way, \(healthy) healthy, \(ramping) ramping; "
          + "kept \(inflight), \(healthyCount), \(rampingCount)")
    }
    let credits = hosts.reduce(0) { $0 + $1.currentWeight }
    guard credits == credit else {
      return InvariantViolation(
        "credit", witness: "the credits add up to \(credits) and not to \(credit)")
    }
    return nil
  }
}
