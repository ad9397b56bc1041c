// LFU. The ring runs from the commonest key at the head to the rarest at the tail; within a bucket
// from the newest to the oldest. A slot's mark is its bucket.
extension KeyCache {
  mutating func insertByFrequency(_ key: UInt64) -> UInt64? {
    var evicted: UInt64?
    if count >= capacity {
      let slot = lists.tail(ListName.main)
      leaveBucket(slot)
      evicted = drop(slot)
    }
    let slot = add(key, to: ListName.main)
    let rarest = buckets.buckets[0].commoner
    let isThere = rarest != 0 && buckets.buckets[Int(rarest)].uses == 1
    let place =
      isThere
      ? lists.slots[Int(buckets.buckets[Int(rarest)].newest)].previous
      : lists.tail(ListName.main)
    if place != slot { lists.move(slot, after: place) }
    if isThere {
      buckets.buckets[Int(rarest)].newest = slot
      lists.slots[Int(slot)].mark = rarest
    } else {
      lists.slots[Int(slot)].mark = buckets.make(uses: 1, above: 0, newest: slot)
    }
    return evicted
  }

  /// Moves a key that was used into the bucket above.
  mutating func countUse(_ slot: Int32) {
    let number = lists.slots[Int(slot)].mark
    let bucket = buckets.buckets[Int(number)]
    let isThere =
      bucket.commoner != 0
      && buckets.buckets[Int(bucket.commoner)].uses == bucket.uses + 1
    let neighbour = isThere ? buckets.buckets[Int(bucket.commoner)].newest : bucket.newest
    let target: Int32
    if isThere {
      target = bucket.commoner
      buckets.buckets[Int(target)].newest = slot
    } else {
      target = buckets.make(uses: bucket.uses + 1, above: number, newest: slot)
    }
    leaveBucket(slot)
    if neighbour != slot {
      let place = lists.slots[Int(neighbour)].previous
      if place != slot { lists.move(slot, after: place) }
    }
    lists.slots[Int(slot)].mark = target
  }

  /// Makes the bucket of `slot` forget it, while the slot still stands in its place.
  mutating func leaveBucket(_ slot: Int32) {
    let number = lists.slots[Int(slot)].mark
    guard buckets.buckets[Int(number)].newest == slot else { return }
    let next = lists.slots[Int(slot)].next
    if next != ListName.main, lists.slots[Int(next)].mark == number {
      buckets.buckets[Int(number)].newest = next
    } else {
      buckets.release(number)
    }
  }

  /// How often LFU counts `key`, nil when it is not in or the policy is another.
  public func uses(of key: UInt64) -> Int? {
    let slot = index.slot(of: key)
    guard policy == .lfu, slot != 0 else { return nil }
    return buckets.buckets[Int(lists.slots[Int(slot)].mark)].uses
  }
}
