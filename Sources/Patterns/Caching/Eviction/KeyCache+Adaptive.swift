// ARC: T1 holds keys seen once, T2 keys seen more often, B1 and B2 remember whom they gave up.
extension KeyCache {
  /// ARC's p: how many keys T1 should hold, 0 to capacity.
  public var adaptiveTarget: Double { arcTarget }

  mutating func insertAdaptively(_ key: UInt64, remembered slot: Int32) -> UInt64? {
    let full = Double(capacity)
    let once = Double(lists.count(ListName.onceGhosts))
    let often = Double(lists.count(ListName.oftenGhosts))
    if slot != 0 {
      let wasOften = lists.slots[Int(slot)].list == ListName.oftenGhosts
      if wasOften {
        arcTarget = max(0, arcTarget - max(1, once / often))
      } else {
        arcTarget = min(full, arcTarget + max(1, often / once))
      }
      let evicted = replace(wasOften: wasOften)
      lists.move(slot, to: ListName.often)
      return evicted
    }
    let evicted = makeAdaptiveRoom()
    add(key, to: ListName.once)
    return evicted
  }

  private mutating func makeAdaptiveRoom() -> UInt64? {
    let once = lists.count(ListName.once)
    let remembered = lists.count(ListName.onceGhosts)
    if once + remembered == capacity {
      // T1 alone fills the cache: its oldest goes and nobody remembers it.
      guard once < capacity else { return drop(lists.tail(ListName.once)) }
      _ = drop(lists.tail(ListName.onceGhosts))
    } else {
      let all =
        once + remembered + lists.count(ListName.often) + lists.count(ListName.oftenGhosts)
      if all == 2 * capacity { _ = drop(lists.tail(ListName.oftenGhosts)) }
    }
    return replace(wasOften: false)
  }

  /// Makes room for one key when the cache is full; the key that goes is remembered.
  private mutating func replace(wasOften: Bool) -> UInt64? {
    guard count >= capacity else { return nil }
    let once = lists.count(ListName.once)
    let isOver = Double(once) > arcTarget || (wasOften && Double(once) == arcTarget)
    let isFromOnce = once > 0 && (isOver || lists.count(ListName.often) == 0)
    let slot = lists.tail(isFromOnce ? ListName.once : ListName.often)
    lists.move(slot, to: isFromOnce ? ListName.onceGhosts : ListName.oftenGhosts)
    return lists.slots[Int(slot)].key
  }
}
