import Kernel

extension KeyCache {
  /// Finds the first promise of the policy that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    guard count <= capacity else {
      return InvariantViolation("capacity", witness: "\(count) keys in room for \(capacity)")
    }
    let sizes = (0..<SlotLists.listCount).map { lists.keys($0) }
    for (list, keys) in sizes.enumerated() {
      guard keys.count == lists.counts[list] else {
        return InvariantViolation(
          "rings", witness: "ring \(list) holds \(keys.count), counted \(lists.counts[list])")
      }
      for key in keys where lists.slots[Int(index.slot(of: key))].list != list {
        return InvariantViolation("index", witness: "\(key) is not found where it is")
      }
    }
    guard sizes.reduce(0, { $0 + $1.count }) == index.count else {
      return InvariantViolation("index", witness: "\(index.count) keys are found")
    }
    switch policy {
    case .fifo, .lru, .clock, .sieve: return nil
    case .lfu: return checkBuckets()
    case .arc: return checkAdaptive()
    case .s3FIFO:
      let ghosts = lists.count(ListName.ghosts)
      return ghosts <= max(1, capacity * 9 / 10)
        ? nil : InvariantViolation("ghosts", witness: "\(ghosts) are remembered")
    case .windowTinyLFU:
      let window = lists.count(ListName.window)
      let protected = lists.count(ListName.protected)
      return window <= windowShare && protected <= protectedShare
        ? nil
        : InvariantViolation("segments", witness: "window \(window), protected \(protected)")
    }
  }

  private func checkAdaptive() -> InvariantViolation? {
    let once = lists.count(ListName.once)
    let onceAll = once + lists.count(ListName.onceGhosts)
    let all = onceAll + lists.count(ListName.often) + lists.count(ListName.oftenGhosts)
    guard onceAll <= capacity, all <= 2 * capacity else {
      return InvariantViolation("ARC lists", witness: "|T1|+|B1| = \(onceAll), all \(all)")
    }
    guard arcTarget >= 0, arcTarget <= Double(capacity) else {
      return InvariantViolation("ARC target", witness: "p = \(arcTarget)")
    }
    return nil
  }

  private func checkBuckets() -> InvariantViolation? {
    var last = Int.max
    for key in lists.keys(ListName.main) {
      let uses = uses(of: key) ?? 0
      guard uses <= last, uses > 0 else {
        return InvariantViolation("LFU order", witness: "\(key) with \(uses) after \(last)")
      }
      last = uses
    }
    return nil
  }

  /// The keys in the cache by the policy's own lists, the newest of each first; for looking only.
  public var contents: [(name: String, keys: [UInt64])] {
    switch policy {
    case .fifo, .lru, .clock, .lfu, .sieve: [("queue", lists.keys(ListName.main))]
    case .arc:
      [
        ("T1", lists.keys(ListName.once)), ("T2", lists.keys(ListName.often)),
        ("B1", lists.keys(ListName.onceGhosts)), ("B2", lists.keys(ListName.oftenGhosts)),
      ]
    case .s3FIFO:
      [
        ("small", lists.keys(ListName.small)), ("main", lists.keys(ListName.main)),
        ("ghosts", lists.keys(ListName.ghosts)),
      ]
    case .windowTinyLFU:
      [
        ("window", lists.keys(ListName.window)), ("probation", lists.keys(ListName.probation)),
        ("protected", lists.keys(ListName.protected)),
      ]
    }
  }
}
