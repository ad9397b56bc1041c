public import Kernel

/// The events that are still to come in a simulation, taken out in the order of their instants.
///
/// **Order.** Events come out by instant; events of the same instant come out in the order in which
/// they were scheduled. This total order is a contract: every recorded trace depends on it.
///
/// **Cost.** Scheduling, taking and cancelling are O(1). Nothing is allocated for an event while
/// no more events are pending than ever before. Keep payloads small: an event takes 32 bytes when
/// its payload takes at most 12 (an enum over a word, say), and speed falls with size.
///
/// **Shape.** A hierarchical timing wheel with 11 levels of 64 slots. Level 0 has a slot for each
/// nanosecond of a window of 64, level 1 for each window of a window of windows, and so on, like the
/// digits of a number to base 64. An event lies at the level of the highest digit in which its
/// instant differs from `base`, in the slot which that digit names. One bit a slot says where to look
/// next. When a slot of a higher level comes up, its events move down, in order. Events of one
/// instant always share a slot, and each slot is a queue, which is why no event needs a number.
///
/// Source: Varghese and Lauck, "Hashed and hierarchical timing wheels" (1987).
@frozen public struct EventQueue<Payload>: ~Copyable {
  /// The instant of the event taken last, or the limit up to which nothing was left.
  @inlinable public var now: Instant { reached }

  /// The number of events that are still to come.
  @inlinable public var count: Int { pending }

  @usableFromInline var reached: Instant
  @usableFromInline var pending: Int

  /// Every level's digits of the wheel are relative to this instant, which is never after `now`.
  @usableFromInline var base: UInt64
  /// Bit `l` says that level `l` holds an event.
  @usableFromInline var levels: UInt64
  /// For each level, bit `s` says that slot `s` holds an event.
  @usableFromInline let occupied: UnsafeMutablePointer<UInt64>
  @usableFromInline let slots: UnsafeMutablePointer<EventList>
  @usableFromInline var nodes: UnsafeMutablePointer<EventNode<Payload>>
  @usableFromInline var capacity: UInt32
  /// The first unused node, linked through `next`.
  @usableFromInline var firstFree: UInt32

  /// An empty queue at the start of the universe, with room for `capacity` events before it grows.
  public init(capacity: Int = 256) {
    precondition(capacity > 0 && capacity < EventList.none, "capacity out of range: \(capacity)")
    reached = .zero
    pending = 0
    base = 0
    levels = 0
    occupied = .allocate(capacity: Self.levelCount)
    occupied.initialize(repeating: 0, count: Self.levelCount)
    slots = .allocate(capacity: Self.levelCount * 64)
    slots.initialize(repeating: EventList(), count: Self.levelCount * 64)
    nodes = .allocate(capacity: capacity)
    self.capacity = UInt32(capacity)
    firstFree = 0
    Self.prepare(nodes, from: 0, to: self.capacity)
  }

  deinit {
    nodes.deinitialize(count: Int(capacity))
    nodes.deallocate()
    slots.deallocate()
    occupied.deallocate()
  }

  /// Whether nothing is to come any more.
  @inlinable public var isEmpty: Bool { count == 0 }

  /// Adds an event that happens at `instant`, which must not lie before `now`.
  ///
  /// Returns what `cancel(_:)` needs.
  @inlinable @discardableResult
  public mutating func schedule(_ payload: Payload, at instant: Instant) -> EventHandle {
    precondition(
      instant >= now && instant < .distantFuture, "an event must lie between now and the end")
    if firstFree == EventList.none { grow() }
    let index = firstFree
    let time = UInt64(bitPattern: instant.nanoseconds)
    let node = nodes + Int(index)
    firstFree = node.pointee.next
    node.pointee.time = time
    node.pointee.payload = payload
    if levels == 0 { base = UInt64(bitPattern: now.nanoseconds) }
    append(index, at: time)
    pending &+= 1
    return EventHandle(index: index, generation: node.pointee.generation)
  }

  /// Adds an event that happens `delay` after `now`; the delay must not be negative.
  @inlinable @discardableResult
  public mutating func schedule(_ payload: Payload, after delay: TimeSpan) -> EventHandle {
    schedule(payload, at: now + delay)
  }

  /// Takes the next event if it happens at `limit` or before, and moves `now` to its instant.
  ///
  /// Returns nil when there is no such event; `now` is then `limit`, if one was given.
  @inlinable
  public mutating func next(until limit: Instant = .distantFuture) -> Payload? {
    let index = takeFirst(until: UInt64(bitPattern: limit.nanoseconds))
    guard index != EventList.none else {
      if limit > now && limit < .distantFuture { reached = limit }
      return nil
    }
    let node = nodes + Int(index)
    reached = Instant(nanoseconds: Int64(bitPattern: node.pointee.time))
    return release(index)
  }

  /// Takes back an event that has not happened yet, and returns its payload.
  ///
  /// Returns nil when the event has happened already or was cancelled before.
  @inlinable @discardableResult
  public mutating func cancel(_ handle: EventHandle) -> Payload? {
    guard isPending(handle) else { return nil }
    unlink(handle.index)
    return release(handle.index)
  }

  /// Whether the event of `handle` is still to come.
  @inlinable public func isPending(_ handle: EventHandle) -> Bool {
    handle.index < capacity
      && nodes[Int(handle.index)].generation == handle.generation
  }

  /// The instant of the next event; it looks through the events of one slot.
  public var nextInstant: Instant? {
    guard levels != 0 else { return nil }
    let level = levels.trailingZeroBitCount
    let slot = level &* 64 &+ occupied[level].trailingZeroBitCount
    var index = slots[slot].first
    var earliest = nodes[Int(index)].time
    while index != slots[slot].last {
      index = nodes[Int(index)].next
      earliest = min(earliest, nodes[Int(index)].time)
    }
    return Instant(nanoseconds: Int64(bitPattern: earliest))
  }
}

/// Names one scheduled event, so that it can be cancelled; it stays harmless after the event.
@frozen public struct EventHandle: Sendable, Hashable {
  @usableFromInline let index: UInt32
  @usableFromInline let generation: UInt32

  @inlinable init(index: UInt32, generation: UInt32) {
    self.index = index
    self.generation = generation
  }
}
