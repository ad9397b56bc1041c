import Kernel

/// Picks by key: the placements of sharding, walked on where a host may not be picked.
extension Balancer {
  /// The first usable host from the key on along the ring.
  func alongRing(_ key: UInt64, _ search: Search) -> Int? {
    walk(from: key) { isUsable($0, search) }
  }

  /// The first usable host from the key on that has room.
  ///
  /// With this request, all usable hosts have room for `balanceFactorPercent` of what is under way.
  func alongBoundedRing(_ key: UInt64, _ search: Search) -> Int? {
    var weight = 0
    for host in hosts.indices where isUsable(host, search) { weight += hosts[host].weight }
    guard weight > 0 else { return nil }
    let slots = ((inflight + 1) * options.balanceFactorPercent + 99) / 100
    return walk(from: key) { host in
      guard isUsable(host, search) else { return false }
      let room = max(1, (slots * hosts[host].weight + weight - 1) / weight)
      return hosts[host].inflight < room
    }
  }

  private func walk(from key: UInt64, while isTaken: (Int) -> Bool) -> Int? {
    guard !ring.tokens.isEmpty else { return nil }
    var place = ring.place(of: key)
    for _ in 0..<ring.tokens.count {
      let host = ring.owner(at: place).index
      if isTaken(host) { return host }
      place = place + 1 == ring.tokens.count ? 0 : place + 1
    }
    return nil
  }

  /// The owner of the key's entry; the key is hashed anew while its owner may not be picked.
  func inTable(_ key: UInt64, _ search: Search) -> Int? {
    guard let table else { return nil }
    var hash = key
    for attempt in 0..<UInt64(8) {
      let host = table.entries[Int(hash % UInt64(table.size))].index
      if isUsable(host, search) { return host }
      hash = XXHash64.hash(word: key, seed: attempt + 1)
    }
    for host in hosts.indices where isUsable(host, search) { return host }
    return nil
  }

  /// The usable host that bids highest for the key.
  func highestBid(_ key: UInt64, _ search: Search) -> Int? {
    let key = ShardKey(hash: key, order: 0, slot: 0)
    var best: Int?
    var highest = -1.0
    for host in hosts.indices where isUsable(host, search) {
      let bid = bids.bid(of: host, for: key)
      if bid > highest {
        highest = bid
        best = host
      }
    }
    return best
  }
}
