import Kernel

/// Round robins and least connections: what counts and credits decide, without chance.
extension Balancer {
  /// The usable host after the last one.
  mutating func inTurn(_ search: Search) -> Int? {
    for step in 1...max(1, hosts.count) where !hosts.isEmpty {
      let host = (last + step) % hosts.count
      if isUsable(host, search) {
        last = host
        return host
      }
    }
    return nil
  }

  /// Smooth weighted round robin: all gain their weight, the richest pays for all.
  mutating func smooth(_ search: Search, at now: Instant) -> Int? {
    var best = -1
    var total = 0
    for host in hosts.indices where isUsable(host, search) {
      total += gain(host, at: now)
      if best < 0 || hosts[host].currentWeight > hosts[best].currentWeight { best = host }
    }
    guard best >= 0 else { return nil }
    hosts[best].currentWeight -= total
    return best
  }

  private mutating func gain(_ host: Int, at now: Instant) -> Int {
    let weight = options.slowStart > .zero ? ramped(host, at: now) : hosts[host].effectiveWeight
    hosts[host].currentWeight += weight
    if hosts[host].effectiveWeight < hosts[host].weight { hosts[host].effectiveWeight += 1 }
    return weight
  }

  /// The elastic tree's next server; those that may not be picked lose their turn.
  mutating func elastic(_ search: Search, at now: Instant) -> Int? {
    if search.isPanicking { return inTurn(search) }
    defer { tree.settle() }
    while let host = tree.next() {
      if isUsable(host, search) { return host }
    }
    return nil
  }

  /// The next usable entry of the table.
  mutating func alongMap(_ search: Search) -> Int? {
    let count = map.entries.count
    for step in 1...max(1, count) where count > 0 {
      let place = (last + step) % count
      if isUsable(map.entries[place], search) {
        last = place
        return map.entries[place]
      }
    }
    return nil
  }

  /// The least requests under way for its weight; among several, smooth round robin.
  mutating func leastConnected(_ search: Search, at now: Instant) -> Int? {
    var best = -1
    var isTie = false
    for host in hosts.indices where isUsable(host, search) {
      let order = best < 0 ? -1 : comparison(host, best, at: now)
      if order < 0 {
        best = host
        isTie = false
      } else if order == 0 {
        isTie = true
      }
    }
    guard best >= 0 else { return nil }
    guard isTie else { return best }
    let least = best
    var total = 0
    for host in least..<hosts.count where isUsable(host, search) {
      guard comparison(host, least, at: now) == 0 else { continue }
      total += gain(host, at: now)
      if hosts[host].currentWeight > hosts[best].currentWeight { best = host }
    }
    hosts[best].currentWeight -= total
    return best
  }

  /// Below 0 when `left` has less under way for its weight than `right`, 0 when they are even.
  func comparison(_ left: Int, _ right: Int, at now: Instant) -> Int {
    load(left) * ramped(right, at: now) - load(right) * ramped(left, at: now)
  }

  /// The lowest load key; among several, the one that has stood there longest.
  ///
  /// The key counts the request to come, except at an idle host, which is 0 whatever its weight.
  /// Source: HAProxy `src/lb_fwlc.c`.
  mutating func leastConnectedLongest(_ search: Search, at now: Instant) -> Int? {
    var best = -1
    var lowest = 0
    for host in hosts.indices where isUsable(host, search) {
      let under = load(host)
      let key = under == 0 ? 0 : (under + 1) * 4_096 / max(1, rampedSixteenths(host, at: now))
      if best < 0 || key < lowest || (key == lowest && hosts[host].stamp < hosts[best].stamp) {
        best = host
        lowest = key
      }
    }
    return best < 0 ? nil : best
  }
}
