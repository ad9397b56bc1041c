import Kernel

extension Balancer {
  /// Takes `host` in or out, as a health check says; one that comes in begins its slow start.
  public mutating func setEligible(_ host: Int, _ yes: Bool, at now: Instant) {
    if yes, options.shortcut == .neverReturns { return }
    change(host, to: yes ? .healthy : .unhealthy, at: now)
  }

  /// Lets `host` end what it has and gives it nothing new, until it is set eligible.
  public mutating func drain(_ host: Int, at now: Instant) {
    change(host, to: .draining, at: now)
  }

  /// Adds a healthy host at the end, which begins its slow start.
  public mutating func append(weight: Int, at now: Instant = .zero) {
    hosts.append(Host(weight: weight, latency: options.ewmaStart, at: now))
    healthyCount += 1
    tree.append(weight: 16 * weight, isLate: true)
    hosts[hosts.count - 1].deadline = clock
    beginRamp(hosts.count - 1, at: now)
    rebuild()
  }

  private mutating func change(_ host: Int, to condition: Condition, at now: Instant) {
    let before = hosts[host].condition
    guard before != condition else { return }
    hosts[host].condition = condition
    let wasIn = before == .healthy
    let isIn = condition == .healthy
    guard wasIn != isIn else { return }
    healthyCount += isIn ? 1 : -1
    if isIn {
      beginRamp(host, at: now)
      tree.insert(host, weight: rampedSixteenths(host, at: now))
      hosts[host].deadline = clock
      credit -= hosts[host].currentWeight
      hosts[host].currentWeight = 0
      hosts[host].latencyAt = now
      hosts[host].latency = Double(options.ewmaStart.nanoseconds)
    } else {
      tree.remove(host)
      endRamp(host)
    }
    if algorithm == .maglev { rebuildTable() }
  }

  mutating func rebuild() {
    isUniform = hosts.allSatisfy { $0.weight == hosts[0].weight }
    if algorithm == .staticRoundRobin { map = StaticServerMap(weights: weights) }
    guard algorithm.usesKey else { return }
    switch algorithm {
    case .ringHash, .boundedLoad: ring = ConsistentHashRing(members(), sizing: options.ring)
    case .rendezvous: bids = RendezvousPlacement(members())
    default: rebuildTable()
    }
  }

  private mutating func rebuildTable() {
    let healthy = members().filter { hosts[$0.node.index].condition == .healthy }
    let all = members().filter { hosts[$0.node.index].condition != .draining }
    let owners = isPanicking || healthy.isEmpty ? all : healthy
    table = owners.isEmpty ? nil : MaglevTable(owners, size: options.tableSize)
  }

  private func members() -> [ShardMember] {
    hosts.indices.map { host in
      ShardMember(NodeID(host), name: "host-\(host + 1)", weight: hosts[host].weight)
    }
  }
}

extension Balancer {
  /// What a pick looks for.
  struct Search {
    let tried: HostsTried
    /// The hosts that come into question, a bit each; those from the 65th on always do.
    var among = UInt64.max
    let second: Int64
    let isPanicking: Bool
  }

  /// Whether `host` may be picked.
  func isUsable(_ host: Int, _ search: Search) -> Bool {
    switch hosts[host].condition {
    case .healthy: break
    case .unhealthy: if !search.isPanicking { return false }
    case .draining: if options.shortcut != .picksDraining { return false }
    }
    if search.among != .max, host < 64, search.among >> UInt64(host) & 1 == 0 { return false }
    if !search.tried.isEmpty, search.tried.contains(host) { return false }
    if options.maxInflight > 0, hosts[host].inflight >= options.maxInflight { return false }
    return options.maxFails == 0 || !isTakenOut(host, second: search.second)
  }

  /// Whether nothing can make a host unusable right now, so that any can be drawn at once.
  func isOpen(_ search: Search) -> Bool {
    search.tried.isEmpty && search.among == .max && options.maxFails == 0
      && options.maxInflight == 0
      && healthyCount == hosts.count
  }
}
