import Kernel

/// Picks that leave something to chance.
extension Balancer {
  /// Any usable host.
  func drawn(_ search: Search, using random: inout RandomStream) -> Int? {
    if isOpen(search), !hosts.isEmpty { return random.below(hosts.count) }
    let count = usableCount(search)
    return count == 0 ? nil : usable(random.below(count), search)
  }

  /// Any usable host, with chances by weight.
  func drawnByWeight(
    _ search: Search, at now: Instant, using random: inout RandomStream
  ) -> Int? {
    var total = 0
    for host in hosts.indices where isUsable(host, search) { total += ramped(host, at: now) }
    guard total > 0 else { return nil }
    var rest = random.below(total)
    for host in hosts.indices where isUsable(host, search) {
      rest -= ramped(host, at: now)
      if rest < 0 { return host }
    }
    return nil
  }

  /// Two different usable hosts in the order they were drawn, or one twice when it is alone.
  private func pair(_ search: Search, using random: inout RandomStream) -> (Int, Int)? {
    let isOpen = isOpen(search)
    let count = isOpen ? hosts.count : usableCount(search)
    guard count > 0 else { return nil }
    let first = random.below(count)
    guard count > 1 else {
      let only = isOpen ? first : usable(first, search)
      return (only, only)
    }
    let other = random.below(count - 1)
    let second = other < first ? other : other + 1
    return isOpen ? (first, second) : (usable(first, search), usable(second, search))
  }

  /// Of two drawn at random, the one with less under way for its weight.
  func lessLoadedOfTwo(
    _ search: Search, at now: Instant, using random: inout RandomStream
  ) -> Int? {
    guard let (first, second) = pair(search, using: &random) else { return nil }
    return comparison(second, first, at: now) < 0 ? second : first
  }

  /// Equal weights: the least loaded of `choices` drawn; else round robin by weight over load.
  ///
  /// Source: Envoy `LeastRequestLoadBalancer` and the cluster's `least_request_lb_config`.
  mutating func leastRequested(
    _ search: Search, at now: Instant, using random: inout RandomStream
  ) -> Int? {
    guard isUniform, rampingCount == 0 else { return earliest(search, at: now) }
    var best: Int?
    for _ in 0..<options.choices {
      guard let host = drawn(search, using: &random) else { return nil }
      if let other = best, load(host) >= load(other) { continue }
      best = host
    }
    return best
  }

  /// The earliest deadline; the next one of a host is later the less it weighs and the more it has.
  private mutating func earliest(_ search: Search, at now: Instant) -> Int? {
    var best = -1
    for host in hosts.indices where isUsable(host, search) {
      if best < 0 || hosts[host].deadline < hosts[best].deadline { best = host }
    }
    guard best >= 0 else { return nil }
    clock = max(clock, hosts[best].deadline)
    let under = Double(load(best) + 1)
    let bias = options.activeRequestBias
    let divisor = bias == 1 ? under : bias == 0 ? 1 : PortableMath.power(under, bias)
    hosts[best].deadline = clock + divisor / Double(ramped(best, at: now))
    return best
  }

  /// Of two drawn at random, the lower expected wait.
  func fasterOfTwo(
    _ search: Search, at now: Instant, using random: inout RandomStream
  ) -> Int? {
    guard let (first, second) = pair(search, using: &random) else { return nil }
    return cost(second, at: now) < cost(first, at: now) ? second : first
  }

  /// The latency of `host` that is expected at `now`, in nanoseconds, times what would be under way.
  public func cost(_ host: Int, at now: Instant) -> Double {
    decayed(host, at: now) * Double(load(host) + 1)
  }

  /// A peak fades towards 0 while nothing is heard.
  private func decayed(_ host: Int, at now: Instant) -> Double {
    let passed = Double(max(0, (now - hosts[host].latencyAt).nanoseconds))
    let kept = PortableMath.exp(-passed / Double(options.ewmaDecay.nanoseconds))
    return hosts[host].latency * kept
  }

  /// A latency above the expected one is taken at once, one below it by and by.
  ///
  /// Source: linkerd2-proxy `linkerd/ewma/src/lib.rs`.
  mutating func observe(_ latency: TimeSpan, at host: Int, _ now: Instant) {
    let seen = Double(latency.nanoseconds)
    let passed = Double(max(0, (now - hosts[host].latencyAt).nanoseconds))
    let kept = PortableMath.exp(-passed / Double(options.ewmaDecay.nanoseconds))
    let known = hosts[host].latency
    hosts[host].latency = seen > known ? seen : known * kept + seen * (1 - kept)
    hosts[host].latencyAt = now
  }

  private func usableCount(_ search: Search) -> Int {
    var count = 0
    for host in hosts.indices where isUsable(host, search) { count += 1 }
    return count
  }

  private func usable(_ place: Int, _ search: Search) -> Int {
    var left = place
    for host in hosts.indices where isUsable(host, search) {
      if left == 0 { return host }
      left -= 1
    }
    preconditionFailure("there are not \(place + 1) usable hosts")
  }
}
