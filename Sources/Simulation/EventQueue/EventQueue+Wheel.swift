/// The events of one slot of the wheel, first in, first out.
@frozen @usableFromInline struct EventList {
  /// The index that names no event.
  @inlinable static var none: UInt32 { .max }

  /// The oldest event, meaningless while the slot's bit is clear.
  @usableFromInline var first: UInt32
  /// The newest event, meaningless while the slot's bit is clear.
  @usableFromInline var last: UInt32

  @inlinable init(first: UInt32 = EventList.none, last: UInt32 = EventList.none) {
    self.first = first
    self.last = last
  }
}

/// One event in the slab, or a free place in it.
///
/// The payload stands before the generation because a payload of 9 to 12 bytes then leaves room
/// for it within 32 bytes.
@frozen @usableFromInline struct EventNode<Payload> {
  @usableFromInline var time: UInt64
  /// The next event of the slot, meaningless in its last one; or the next free place.
  @usableFromInline var next: UInt32
  /// The event before in the slot, meaningless in its first one.
  @usableFromInline var previous: UInt32
  @usableFromInline var payload: Payload?
  /// Counts how often this place was given back, so that old handles do not match.
  @usableFromInline var generation: UInt32

  @inlinable init(next: UInt32) {
    time = 0
    self.next = next
    previous = EventList.none
    payload = nil
    generation = 0
  }
}

extension EventQueue {
  /// 11 digits to base 64 cover 63 bits.
  @inlinable static var levelCount: Int { 11 }

  /// The level at which an event belongs whose instant differs from `base` in the bits given.
  @inlinable static func level(_ difference: UInt64) -> Int {
    // The number of the highest bit divided by 6, exact for 0 to 63.
    let bit = 63 &- (difference | 1).leadingZeroBitCount
    return (bit &* 43) &>> 8
  }

  @inlinable static func slot(_ time: UInt64, level: Int) -> Int {
    level &* 64 &+ Int(truncatingIfNeeded: (time &>> UInt64(level &* 6)) & 63)
  }

  /// Puts the event at the end of the slot where it belongs.
  @inlinable @inline(__always) mutating func append(_ index: UInt32, at time: UInt64) {
    let level = Self.level(time ^ base)
    let slot = Self.slot(time, level: level)
    let bit: UInt64 = 1 &<< UInt64(slot & 63)
    let bits = occupied[level]
    if bits & bit == 0 {
      occupied[level] = bits | bit
      levels |= 1 &<< UInt64(level)
      slots[slot] = EventList(first: index, last: index)
    } else {
      let last = slots[slot].last
      nodes[Int(last)].next = index
      nodes[Int(index)].previous = last
      slots[slot].last = index
    }
  }

  /// Takes the first event out of the wheel if its time is at most `limit`.
  @inlinable mutating func takeFirst(until limit: UInt64) -> UInt32 {
    while levels != 0 {
      let level = levels.trailingZeroBitCount
      let place = occupied[level].trailingZeroBitCount
      let slot = level &* 64 &+ place
      let list = slots[slot]
      if level == 0 || list.first == list.last {
        let time = nodes[Int(list.first)].time
        guard time <= limit else { return EventList.none }
        // With one event in the slot, everything else lies in later slots of this level or above.
        base = time
        if list.first == list.last {
          clear(place, of: level)
        } else {
          slots[slot].first = nodes[Int(list.first)].next
        }
        return list.first
      }
      let shift = UInt64(level &* 6)
      let start = base & ~((64 &<< shift) &- 1) | UInt64(place) &<< shift
      guard start <= limit else { return EventList.none }
      base = start
      clear(place, of: level)
      cascade(list)
    }
    return EventList.none
  }

  /// Moves the events of a slot that `base` has just entered down to where they now belong.
  @inlinable mutating func cascade(_ list: EventList) {
    var index = list.first
    while true {
      let next = nodes[Int(index)].next
      append(index, at: nodes[Int(index)].time)
      if index == list.last { break }
      index = next
    }
  }

  @inlinable mutating func clear(_ place: Int, of level: Int) {
    let bits = occupied[level] & ~(1 &<< UInt64(place))
    occupied[level] = bits
    if bits == 0 { levels &= ~(1 &<< UInt64(level)) }
  }

  /// Takes an event out of the middle of its slot.
  @inlinable mutating func unlink(_ index: UInt32) {
    let node = nodes[Int(index)]
    let level = Self.level(node.time ^ base)
    let slot = Self.slot(node.time, level: level)
    let list = slots[slot]
    if list.first == list.last {
      clear(slot & 63, of: level)
    } else if list.first == index {
      slots[slot].first = node.next
    } else if list.last == index {
      slots[slot].last = node.previous
    } else {
      nodes[Int(node.previous)].next = node.next
      nodes[Int(node.next)].previous = node.previous
    }
  }

  /// Gives the place of an event back and returns its payload.
  @inlinable mutating func release(_ index: UInt32) -> Payload? {
    let node = nodes + Int(index)
    let payload = node.pointee.payload.take()
    node.pointee.generation &+= 1
    node.pointee.next = firstFree
    firstFree = index
    pending &-= 1
    return payload
  }

  /// Doubles the slab.
  @usableFromInline mutating func grow() {
    precondition(capacity < EventList.none / 2, "too many pending events")
    let larger = capacity * 2
    let storage = UnsafeMutablePointer<EventNode<Payload>>.allocate(capacity: Int(larger))
    storage.moveInitialize(from: nodes, count: Int(capacity))
    nodes.deallocate()
    nodes = storage
    Self.prepare(nodes, from: capacity, to: larger)
    firstFree = capacity
    capacity = larger
  }

  static func prepare(
    _ nodes: UnsafeMutablePointer<EventNode<Payload>>, from start: UInt32, to end: UInt32
  ) {
    for index in start..<end {
      let next = index + 1 == end ? EventList.none : index + 1
      (nodes + Int(index)).initialize(to: EventNode(next: next))
    }
  }
}
