import Kernel

/// Messages that wait for workers, oldest first: a ring that grows up to its room.
struct Backlog {
  /// One message.
  struct Message {
    let key: UInt64
    let operation: UInt8
    /// Deliveries so far.
    var deliveries: UInt8
    let flags: Visit.Flags
    let since: Instant
  }

  let room: Int
  private var ring: [Message?] = Array(repeating: nil, count: 64)
  private var start = 0
  private(set) var count = 0
  var mostWaiting = 0
  var taken = 0
  var done = 0
  var dead = 0
  /// The sum of the times from being taken to being done, in nanoseconds.
  var ages = 0.0

  init(room: Int) { self.room = room }

  /// Takes a message in, unless the queue is full.
  mutating func append(_ message: Message) -> Bool {
    guard count < room else { return false }
    if count == ring.count { grow() }
    ring[(start + count) & (ring.count - 1)] = message
    count += 1
    mostWaiting = max(mostWaiting, count)
    return true
  }

  mutating func popFirst() -> Message? {
    guard count > 0 else { return nil }
    let message = ring[start]
    ring[start] = nil
    start = (start + 1) & (ring.count - 1)
    count -= 1
    return message
  }

  private mutating func grow() {
    ring = Array(ring[start...] + ring[..<start]) + Array(repeating: nil, count: ring.count)
    start = 0
  }
}
