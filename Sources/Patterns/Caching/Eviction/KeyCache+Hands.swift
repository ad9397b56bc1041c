extension KeyCache {
  /// CLOCK: the oldest key goes unless it was used; then it goes round again with its bit cleared.
  mutating func dropByClock() -> UInt64 {
    var slot = lists.tail(ListName.main)
    while lists.slots[Int(slot)].mark != 0 {
      lists.slots[Int(slot)].mark = 0
      lists.move(slot, to: ListName.main)
      slot = lists.tail(ListName.main)
    }
    return drop(slot)
  }

  /// SIEVE: the hand walks towards the head, clears what was used and takes what was not.
  ///
  /// Past the head it starts again at the tail. Nothing moves.
  mutating func dropBySieve() -> UInt64 {
    var slot = sieveHand == ListName.main ? lists.tail(ListName.main) : sieveHand
    while lists.slots[Int(slot)].mark != 0 {
      lists.slots[Int(slot)].mark = 0
      slot = lists.slots[Int(slot)].previous
      if slot == ListName.main { slot = lists.tail(ListName.main) }
    }
    // The sentinel is slot 0, which stands for "at the tail".
    sieveHand = lists.slots[Int(slot)].previous
    return drop(slot)
  }

  /// The key under SIEVE's hand, nil while it waits at the tail.
  public var handKey: UInt64? {
    sieveHand == 0 ? nil : lists.slots[Int(sieveHand)].key
  }
}
