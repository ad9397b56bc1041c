public import Kernel

/// The plain way to keep events in order: a binary heap over (instant, number of scheduling).
///
/// It is the oracle of `EventQueue`: slower, but simple enough to be seen right at a glance. Tests and
/// benchmarks run the same schedule through both and compare the whole order.
public struct HeapEventQueue<Payload> {
  /// Names one scheduled event: its number, counted from 0.
  public typealias Handle = Int

  @usableFromInline struct Entry {
    @usableFromInline let instant: Instant
    @usableFromInline let number: Int
    @usableFromInline let payload: Payload

    @inlinable init(instant: Instant, number: Int, payload: Payload) {
      self.instant = instant
      self.number = number
      self.payload = payload
    }

    @inlinable func precedes(_ other: Entry) -> Bool {
      instant < other.instant || (instant == other.instant && number < other.number)
    }
  }

  /// The instant of the event taken last, or the limit up to which nothing was left.
  @inlinable public var now: Instant { reached }

  @usableFromInline var reached = Instant.zero
  @usableFromInline var entries: [Entry] = []
  @usableFromInline var scheduled = 0

  /// An empty queue at the start of the universe.
  @inlinable public init() {}

  /// The number of events that are still to come.
  @inlinable public var count: Int { entries.count }

  /// Adds an event that happens at `instant`, which must not lie before `now`.
  @discardableResult
  @inlinable public mutating func schedule(_ payload: Payload, at instant: Instant) -> Handle {
    precondition(instant >= now, "an event must not lie in the past")
    entries.append(Entry(instant: instant, number: scheduled, payload: payload))
    rise(from: entries.count - 1)
    scheduled += 1
    return scheduled - 1
  }

  /// Takes the next event if it happens at `limit` or before, and moves `now` to its instant.
  ///
  /// Returns nil when there is no such event; `now` is then `limit`, if one was given.
  @inlinable public mutating func next(until limit: Instant = .distantFuture) -> Payload? {
    guard let first = entries.first, first.instant <= limit else {
      if limit > now && limit < .distantFuture { reached = limit }
      return nil
    }
    reached = first.instant
    remove(at: 0)
    return first.payload
  }

  /// Takes back an event that has not happened yet, and returns its payload.
  @discardableResult
  @inlinable public mutating func cancel(_ handle: Handle) -> Payload? {
    guard let place = entries.firstIndex(where: { $0.number == handle }) else { return nil }
    let payload = entries[place].payload
    remove(at: place)
    return payload
  }

  /// The instant of the next event.
  @inlinable public var nextInstant: Instant? { entries.first?.instant }

  @inlinable mutating func remove(at place: Int) {
    let last = entries.removeLast()
    guard place < entries.count else { return }
    entries[place] = last
    sink(from: place)
    rise(from: place)
  }

  @inlinable mutating func rise(from start: Int) {
    var place = start
    while place > 0, entries[place].precedes(entries[(place - 1) / 2]) {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  @inlinable mutating func sink(from start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
        if entries[child].precedes(entries[least]) { least = child }
      }
      if least == place { return }
      entries.swapAt(place, least)
      place = least
    }
  }
}
