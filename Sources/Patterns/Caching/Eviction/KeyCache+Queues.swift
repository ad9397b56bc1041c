// S3-FIFO: newcomers pass a small queue; used twice there they move to the main one, else they leave
// and are remembered for a while. Both queues only ever move their tail.
extension KeyCache {
  /// The keys that S3-FIFO's small queue should hold: a tenth, at least 1.
  var smallShare: Int { max(1, capacity / 10) }

  mutating func insertByQueues(_ key: UInt64, remembered slot: Int32) -> UInt64? {
    if slot != 0 { _ = drop(slot) }
    var evicted: UInt64?
    if count >= capacity {
      if lists.count(ListName.main) <= capacity - smallShare { evicted = dropFromSmall() }
      if evicted == nil { evicted = dropFromMain() }
    }
    add(key, to: slot != 0 ? ListName.main : ListName.small)
    return evicted
  }

  /// Nil when everything in the small queue was worth keeping, or it was empty.
  private mutating func dropFromSmall() -> UInt64? {
    while lists.count(ListName.small) > 0 {
      let slot = lists.tail(ListName.small)
      if lists.slots[Int(slot)].mark > 1 {
        lists.slots[Int(slot)].mark = 0
        lists.move(slot, to: ListName.main)
      } else {
        let most = max(1, capacity * 9 / 10)
        if lists.count(ListName.ghosts) >= most { _ = drop(lists.tail(ListName.ghosts)) }
        lists.move(slot, to: ListName.ghosts)
        return lists.slots[Int(slot)].key
      }
    }
    return nil
  }

  private mutating func dropFromMain() -> UInt64 {
    var slot = lists.tail(ListName.main)
    while lists.slots[Int(slot)].mark > 0 {
      lists.slots[Int(slot)].mark -= 1
      lists.move(slot, to: ListName.main)
      slot = lists.tail(ListName.main)
    }
    return drop(slot)
  }
}
