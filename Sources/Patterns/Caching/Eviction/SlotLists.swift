/// Slots that hold keys, each in one of a few doubly linked rings; links are numbers of slots.
///
/// Slot `list` is the sentinel of ring `list`: what follows it is the head (the newest), what precedes
/// it the tail (the next to go). Slots that were freed are used again, so a full cache allocates
/// nothing.
struct SlotLists: Sendable, Equatable {
  struct Slot: Sendable, Equatable {
    var key: UInt64
    var previous: Int32
    var next: Int32
    /// The policy's own: a visited bit, a count, a bucket.
    var mark: Int32
    var list: Int32
  }

  /// So many rings; no policy needs more.
  static let listCount: Int32 = 5

  var slots: [Slot]
  private(set) var counts: [Int]
  /// The first free slot, 0 for none; free slots are chained by `next`.
  private var free: Int32 = 0

  init(sizeHint: Int) {
    slots = []
    slots.reserveCapacity(min(sizeHint, 1 << 12) + Int(Self.listCount))
    counts = Array(repeating: 0, count: Int(Self.listCount))
    for list in 0..<Self.listCount {
      slots.append(Slot(key: 0, previous: list, next: list, mark: 0, list: list))
    }
  }

  /// The newest slot of `list`, or the sentinel when it is empty.
  @inline(__always) func head(_ list: Int32) -> Int32 { slots[Int(list)].next }

  /// The oldest slot of `list`, or the sentinel when it is empty.
  @inline(__always) func tail(_ list: Int32) -> Int32 { slots[Int(list)].previous }

  @inline(__always) func count(_ list: Int32) -> Int { counts[Int(list)] }

  /// A new slot for `key` at the head of `list`.
  mutating func push(_ key: UInt64, on list: Int32) -> Int32 {
    let slot: Int32
    if free != 0 {
      slot = free
      free = slots[Int(slot)].next
      slots[Int(slot)] = Slot(key: key, previous: 0, next: 0, mark: 0, list: list)
    } else {
      slot = Int32(slots.count)
      slots.append(Slot(key: key, previous: 0, next: 0, mark: 0, list: list))
    }
    link(slot, after: list, on: list)
    return slot
  }

  /// Moves `slot` to the head of `list`.
  @inline(__always) mutating func move(_ slot: Int32, to list: Int32) {
    unlink(slot)
    link(slot, after: list, on: list)
  }

  /// Moves `slot` right behind `place` in the ring of `place`, away from its head.
  mutating func move(_ slot: Int32, after place: Int32) {
    unlink(slot)
    link(slot, after: place, on: slots[Int(place)].list)
  }

  /// Takes `slot` out of its ring and frees it.
  mutating func release(_ slot: Int32) {
    unlink(slot)
    slots[Int(slot)].next = free
    free = slot
  }

  @inline(__always) private mutating func unlink(_ slot: Int32) {
    let gone = slots[Int(slot)]
    slots[Int(gone.previous)].next = gone.next
    slots[Int(gone.next)].previous = gone.previous
    counts[Int(gone.list)] -= 1
  }

  @inline(__always) private mutating func link(_ slot: Int32, after place: Int32, on list: Int32) {
    let next = slots[Int(place)].next
    slots[Int(slot)].previous = place
    slots[Int(slot)].next = next
    slots[Int(slot)].list = list
    slots[Int(place)].next = slot
    slots[Int(next)].previous = slot
    counts[Int(list)] += 1
  }

  /// The keys of `list`, the newest first; it allocates and is meant for looking.
  func keys(_ list: Int32) -> [UInt64] {
    var keys: [UInt64] = []
    keys.reserveCapacity(count(list))
    var at = head(list)
    while at != list {
      keys.append(slots[Int(at)].key)
      at = slots[Int(at)].next
    }
    return keys
  }
}
