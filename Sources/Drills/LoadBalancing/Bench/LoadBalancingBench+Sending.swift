import Kernel
import Patterns

/// What requests do on the bench.
extension LoadBalancingBench {
  /// Begins a command that sends.
  mutating func beginSending() {
    counters.lastSent = 0
    counters.lastFailed = 0
    counters.lastTries = 0
    counters.longestRun = 0
    order = []
    for host in hosts.indices { hosts[host].last = 0 }
  }

  /// Sends one request, which goes on to other hosts as the rule says.
  mutating func send(_ key: String, method: String = "GET", isHeld: Bool = false) {
    counters.sent += 1
    counters.lastSent += 1
    var tried = HostsTried()
    while let host = choose(key, tried) {
      tried.insert(host)
      note(host)
      balancer.started(host, at: now)
      guard let ending = ending(host) else {
        if !isHeld { end(host, nil) }
        return
      }
      end(host, ending)
      // A single server is tried once for a request.
      let isRepeated = setup.rule.repeats(after: ending, method: method, attempt: tried.count)
      if !isRepeated || hosts.count == 1 { break }
    }
    counters.failed += 1
    counters.lastFailed += 1
  }

  private func ending(_ host: Int) -> NextUpstream.Ending? {
    switch hosts[host].behaviour {
    case .good: nil
    case .broken: .status(500)
    case .dead: .refused
    }
  }

  private mutating func note(_ host: Int) {
    counters.lastTries += 1
    hosts[host].last += 1
    hosts[host].total += 1
    order.append(host)
    var run = 0
    for other in order.reversed() {
      guard other == host else { break }
      run += 1
    }
    counters.longestRun = max(counters.longestRun, run)
  }

  private mutating func choose(_ key: String, _ tried: HostsTried) -> Int? {
    if let affinity = setup.affinity, let known = remembered[key], known.until >= now,
      balancer.stick(to: known.host, tried: tried, at: now)
    {
      remembered[key] = (known.host, now + affinity)
      return known.host
    }
    var chosen: Int?
    if let hash = hash(tried), let host = hash.server(of: key),
      balancer.stick(to: host, tried: tried, at: now)
    {
      chosen = host
    } else {
      chosen = balancer.pick(
        key: XXHash64.hash(key), tried: tried, at: now, using: &random)
    }
    if let affinity = setup.affinity, let chosen { remembered[key] = (chosen, now + affinity) }
    return chosen
  }

  /// The tool's own hash over the hosts that may be picked; nil when the algorithm decides.
  func hash(_ tried: HostsTried) -> ToolHash? {
    setup.hash.map { kind in
      ToolHash(
        kind, weights: balancer.weights,
        isIn: hosts.indices.map { balancer.accepts($0, tried: tried, at: now) })
    }
  }

  /// A request at a host ended.
  mutating func end(_ host: Int, _ ending: NextUpstream.Ending?) {
    let isFailure = ending.map(setup.rule.isFailure) ?? false
    balancer.finished(
      host, succeeded: !isFailure,
      latency: ending == nil ? hosts[host].latency : .milliseconds(1), at: now)
    guard detector != nil else { return }
    let result: OutlierDetector.Result =
      switch ending {
      case nil: .success
      case .status(500): .serverError
      case .refused, .closed, .timedOut, .status: .gatewayError
      }
    if detector?.record(result, from: NodeID(host), at: now) != nil { refresh(host) }
  }

  /// Tells the balancer what is known of a host.
  mutating func refresh(_ host: Int) {
    if hosts[host].isDraining { return balancer.drain(host, at: now) }
    let isActive = detector?.isActive(NodeID(host)) ?? true
    balancer.setEligible(host, hosts[host].health.isUp && isActive, at: now)
  }

  /// Probes every host once.
  mutating func probe() {
    for host in hosts.indices {
      hosts[host].health.checked(hosts[host].behaviour != .dead)
      refresh(host)
    }
  }

  /// Lets time pass, with the probes and sweeps that fall into it.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while true {
      let sweep = detector?.nextSweepAt ?? .distantFuture
      let next = min(nextCheck, sweep)
      guard next <= end else { break }
      now = next
      if next == nextCheck, let every = setup.checkEvery {
        probe()
        nextCheck = now + every
      } else {
        for event in detector?.sweep(until: now) ?? [] { refresh(event.host.index) }
      }
    }
    now = end
  }
}
