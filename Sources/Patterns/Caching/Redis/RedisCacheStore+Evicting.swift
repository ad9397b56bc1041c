import Kernel

extension RedisCacheStore {
  /// Evicts until memory is below the limit; false when that cannot be done.
  mutating func makeRoom(at now: Instant, evicted: inout [UInt64]) -> Bool {
    guard options.maxmemory > 0 else { return true }
    while usedMemory + options.baseline > options.maxmemory {
      guard options.policy != .noeviction, let key = nextVictim(at: now) else { return false }
      remove(key)
      countEviction()
      evicted.append(key)
    }
    return true
  }

  private mutating func nextVictim(at now: Instant) -> UInt64? {
    let isVolatile = options.policy.isVolatileOnly
    let total = isVolatile ? volatile.count : entries.count
    guard total > 0 else { return nil }
    switch options.policy {
    case .allkeysRandom: return entries[random.below(total)].key
    case .volatileRandom: return volatile[random.below(total)]
    case .noeviction: return nil
    case .allkeysLRU, .allkeysLFU, .volatileLRU, .volatileLFU, .volatileTTL:
      while true {
        fillPool(isVolatile: isVolatile, at: now)
        while let best = pool.popLast() {
          let slot = Int(index.slot(of: best.key))
          // A key that went, or lost its TTL, since it came into the pool is passed over.
          if slot != 0, !isVolatile || entries[slot - 1].volatilePlace >= 0 { return best.key }
        }
      }
    }
  }

  /// Draws samples into the pool, which is sorted, the best to evict last.
  private mutating func fillPool(isVolatile: Bool, at now: Instant) {
    let total = isVolatile ? volatile.count : entries.count
    if options.samples >= total {
      for place in 0..<total { offer(place, isVolatile: isVolatile, at: now) }
    } else {
      for _ in 0..<options.samples {
        offer(random.below(total), isVolatile: isVolatile, at: now)
      }
    }
  }

  private mutating func offer(_ place: Int, isVolatile: Bool, at now: Instant) {
    let entry =
      isVolatile ? entries[Int(index.slot(of: volatile[place])) - 1] : entries[place]
    guard !pool.contains(where: { $0.key == entry.key }) else { return }
    let score = score(of: entry, at: now)
    var at = 0
    while at < pool.count, pool[at].score < score { at += 1 }
    if pool.count >= Self.poolSize {
      guard at > 0 else { return }
      pool.removeFirst()
      at -= 1
    }
    pool.insert(Candidate(key: entry.key, score: score), at: at)
  }

  /// The larger, the sooner it goes.
  private func score(of entry: Entry, at now: Instant) -> Int64 {
    switch options.policy {
    case .allkeysLFU, .volatileLFU:
      255 - Int64(entry.frequency.decayed(at: now, decayTime: options.decayTime))
    case .volatileTTL: Int64.max - (entry.expiry?.nanoseconds ?? 0)
    case .noeviction, .allkeysLRU, .volatileLRU, .allkeysRandom, .volatileRandom:
      // Redis's clock of uses has a resolution of a second.
      (now - entry.usedAt).nanoseconds / 1_000_000_000
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    let bytes = entries.reduce(0) { $0 + $1.bytes }
    guard bytes == usedMemory else {
      return InvariantViolation("memory", witness: "\(bytes) bytes, counted \(usedMemory)")
    }
    for (place, entry) in entries.enumerated() {
      guard Int(index.slot(of: entry.key)) == place + 1 else {
        return InvariantViolation("index", witness: "\(entry.key) is not found")
      }
      let isVolatile = entry.volatilePlace >= 0
      guard isVolatile == (entry.expiry != nil),
        !isVolatile || volatile[entry.volatilePlace] == entry.key
      else { return InvariantViolation("keys with a TTL", witness: "\(entry.key)") }
    }
    return nil
  }
}
