import Kernel

/// Slow start: the weight of a host that came back rises over a while.
extension Balancer {
  mutating func beginRamp(_ host: Int, at now: Instant) {
    guard options.slowStart > .zero, hosts[host].rampFrom == nil else { return }
    hosts[host].rampFrom = now
    rampingCount += 1
  }

  mutating func endRamp(_ host: Int) {
    guard hosts[host].rampFrom != nil else { return }
    hosts[host].rampFrom = nil
    rampingCount -= 1
  }

  /// Ends the ramps that are over, and tells the tree of weights that have changed.
  mutating func endRamps(at now: Instant) {
    for host in hosts.indices {
      guard let from = hosts[host].rampFrom else { continue }
      if now - from >= options.slowStart { endRamp(host) }
      if algorithm == .elasticRoundRobin {
        tree.setWeight(host, to: rampedSixteenths(host, at: now))
      }
    }
  }

  /// What `host` weighs at `now`: its weight, in hundredths where there is a slow start.
  public func ramped(_ host: Int, at now: Instant) -> Int {
    let weight = hosts[host].weight
    guard options.slowStart > .zero else { return weight }
    guard let from = hosts[host].rampFrom else { return weight * 100 }
    switch options.ramp {
    case .steps: return max(1, rampedSixteenths(host, at: now) * 100 / 16)
    case .curve(let aggression, let floor):
      let share = Double((now - from).nanoseconds) / Double(options.slowStart.nanoseconds)
      let grown = aggression == 1 ? share : PortableMath.power(max(0, share), 1 / aggression)
      return max(1, Int(Double(weight) * max(Double(floor), grown * 100)))
    }
  }

  /// What `host` weighs at `now` in sixteenths.
  ///
  /// HAProxy works in whole seconds of the window and looks again each second, or each twentieth
  /// of the window when that is longer. Source: `server_recalc_eweight` in `src/server.c`.
  public func rampedSixteenths(_ host: Int, at now: Instant) -> Int {
    let weight = hosts[host].weight
    guard let from = hosts[host].rampFrom else { return 16 * weight }
    let window = options.slowStart.nanoseconds
    let look = max(1_000_000_000, window / 20)
    let passed = (now - from).nanoseconds / look * look
    let sixteenths = (16 * (passed / 1_000_000) + window / 1_000_000) / (window / 1_000_000)
    return weight * Int(min(16, max(1, sixteenths)))
  }
}
