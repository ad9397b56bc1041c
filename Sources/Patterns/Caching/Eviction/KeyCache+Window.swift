import Kernel

// W-TinyLFU: a window of 1 %, then a segmented LRU; who comes out of the window must be used more
// often than whom it would push out.
extension KeyCache {
  /// Keys in the window, 1 % and at least 1; Caffeine moves this border by hill climbing.
  var windowShare: Int { max(1, capacity / 100) }
  /// Keys in the protected segment: 80 % of what is not window.
  var protectedShare: Int { (capacity - windowShare) * 4 / 5 }

  mutating func insertThroughWindow(_ key: UInt64) -> UInt64? {
    sketch?.count(key)
    add(key, to: ListName.window)
    guard lists.count(ListName.window) > windowShare else { return nil }
    let candidate = lists.tail(ListName.window)
    lists.move(candidate, to: ListName.probation)
    guard count > capacity else { return nil }
    var victim = lists.tail(ListName.probation)
    if victim == candidate, lists.count(ListName.protected) > 0 {
      victim = lists.tail(ListName.protected)
    }
    return drop(isAdmitted(candidate, over: victim) ? victim : candidate)
  }

  private mutating func isAdmitted(_ candidate: Int32, over victim: Int32) -> Bool {
    guard let sketch else { return true }
    let uses = sketch.uses(of: lists.slots[Int(candidate)].key)
    if uses > sketch.uses(of: lists.slots[Int(victim)].key) { return true }
    // Keys made to collide with a victim would keep everybody out, were it not for chance.
    return uses >= 6 && (self.sketch?.random.next() ?? 1) & 127 == 0
  }

  mutating func touchInSegments(_ slot: Int32) {
    sketch?.count(lists.slots[Int(slot)].key)
    guard lists.slots[Int(slot)].list != ListName.window else {
      lists.move(slot, to: ListName.window)
      return
    }
    lists.move(slot, to: ListName.protected)
    if lists.count(ListName.protected) > protectedShare {
      lists.move(lists.tail(ListName.protected), to: ListName.probation)
    }
  }

  /// W-TinyLFU's estimate of how often `key` was used, 0 to 15; nil with another policy.
  public func estimatedUses(of key: UInt64) -> Int? {
    sketch.map { Int($0.uses(of: key)) }
  }
}
