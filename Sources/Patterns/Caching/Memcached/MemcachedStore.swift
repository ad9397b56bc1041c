import Kernel

/// memcached as its text protocol shows it: values with a compare-and-swap number and an expiry, in
/// memory that is cut into slab classes.
///
/// Its clock ticks once a second, so an item lives up to a second less than its exptime. An exptime
/// above 30 days is an absolute time, a negative one is over at once, 0 is never over.
///
/// Source: github.com/memcached/memcached doc/protocol.txt, and recordings of version 1.6.18.
public struct MemcachedStore: Sendable, Equatable {
  /// An item as it is kept.
  public struct Item: Sendable, Hashable {
    /// The client's own number.
    public var flags: UInt32
    /// The bytes.
    public var data: [UInt8]
    /// The second of the server's clock from which on it is gone; nil for never.
    public var expiry: Int?
    /// Changed by every store.
    public var unique: UInt64
    /// Its number in the memory.
    public var number: Int
  }

  /// What was asked for so far, by the names of `stats`.
  public struct Counts: Sendable, Hashable {
    /// Keys that were read and found.
    public var getHits = 0
    /// Keys that were read and not found.
    public var getMisses = 0
    /// Stores that succeeded.
    public var totalItems = 0
    /// Stores refused, because the item was too large or no chunk could be had.
    public var refused = 0
  }

  /// The longest relative exptime, in seconds: 30 days.
  public static let longestRelative = 60 * 60 * 24 * 30
  /// The longest key, in bytes.
  public static let longestKey = 250

  /// The offset of the clock's ticks from the start, below a second.
  public let tickOffset: TimeSpan
  /// The Unix time at the start, in seconds.
  public let epoch: Int
  /// Where the items lie.
  public private(set) var memory: MemcachedSlabs
  /// What was asked for so far.
  public internal(set) var counts = Counts()

  /// Looked up by key and never walked: its order is nobody's.
  private var items: [String: Item] = [:]
  /// The keys by the items' numbers.
  private var keys: [String] = []
  private var lastUnique: UInt64 = 0
  /// The second from which on everything stored before is gone.
  private var flushAt: Int?

  /// An empty store whose clock ticks `tickOffset` after each whole second.
  public init(
    tickOffset: TimeSpan = .zero, epoch: Int = 1_700_000_000,
    memory: MemcachedSlabs.Options = MemcachedSlabs.Options()
  ) {
    self.tickOffset = tickOffset
    self.epoch = epoch
    self.memory = MemcachedSlabs(memory)
  }

  /// How many items are kept, those that are over and that nobody met included.
  public var count: Int { items.count }

  /// The server's clock: whole seconds, moved on by a timer.
  public func clock(at now: Instant) -> Int {
    let offset = now.nanoseconds - tickOffset.nanoseconds
    return Int((offset >= 0 ? offset : offset - 999_999_999) / 1_000_000_000)
  }

  /// What an exptime means, as a second of the server's clock; nil for never.
  public func expiry(_ exptime: Int, at now: Instant) -> Int? {
    switch exptime {
    case 0: nil
    case ..<0: clock(at: now)
    case ...Self.longestRelative: clock(at: now) + exptime
    default: exptime - epoch
    }
  }

  /// The item of `key`, nil when there is none or it is over.
  public mutating func item(_ key: String, at now: Instant) -> Item? {
    let second = clock(at: now)
    if let flushAt, flushAt <= second {
      removeAll()
      self.flushAt = nil
    }
    guard let item = items[key] else { return nil }
    if let expiry = item.expiry, expiry <= second {
      delete(key)
      return nil
    }
    return item
  }

  /// The item of `key` without looking at the clock; for looking.
  public func peek(_ key: String) -> Item? { items[key] }

  /// Takes note that a client has read `key`.
  mutating func read(_ key: String, at now: Instant) {
    guard let item = items[key] else { return }
    memory.read(item.number, at: clock(at: now))
    forgetGone()
  }

  /// Puts an item in with a new number; nil, or the line that refuses it.
  mutating func store(
    _ key: String, flags: UInt32, data: [UInt8], expiry: Int?, at now: Instant
  ) -> String? {
    let second = clock(at: now)
    let size = MemcachedSlabs.size(key: key, data: data.count, flags: flags)
    let admission = memory.admit(size: size, expiry: expiry, at: second)
    forgetGone()
    switch admission {
    case .tooLarge:
      counts.refused += 1
      return "SERVER_ERROR object too large for cache"
    case .outOfMemory:
      counts.refused += 1
      return "SERVER_ERROR out of memory storing object"
    case .kept(let number):
      delete(key)
      lastUnique += 1
      counts.totalItems += 1
      items[key] = Item(
        flags: flags, data: data, expiry: expiry, unique: lastUnique, number: number)
      while keys.count <= number { keys.append("") }
      keys[number] = key
      if let clsid = memory.clsid(ofItem: number) { memory.maintain(clsid, at: second) }
      forgetGone()
      return nil
    }
  }

  /// Writes over an item's bytes where they lie, as counting does; the length stays.
  mutating func overwrite(_ key: String, data: [UInt8]) {
    lastUnique += 1
    items[key]?.data = data
    items[key]?.unique = lastUnique
  }

  mutating func touch(_ key: String, expiry: Int?) {
    guard let item = items[key] else { return }
    items[key]?.expiry = expiry
    memory.setExpiry(item.number, expiry)
  }

  mutating func delete(_ key: String) {
    guard let item = items.removeValue(forKey: key) else { return }
    memory.release(item.number)
  }

  private mutating func forgetGone() {
    for number in memory.takeGone() where items[keys[number]]?.number == number {
      items[keys[number]] = nil
    }
  }

  private mutating func removeAll() {
    for key in keys { delete(key) }
    keys.removeAll()
    items.removeAll()
  }

  /// Lets everything go now, or that many seconds from now.
  mutating func flush(after delay: Int, at now: Instant) {
    if delay <= 0 {
      removeAll()
      flushAt = nil
    } else {
      flushAt = clock(at: now) + delay
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    let kept = memory.report.reduce(0) { $0 + $1.counts.reduce(0, +) }
    guard kept == items.count else {
      return InvariantViolation("items", witness: "\(items.count) keys, \(kept) in memory")
    }
    return memory.checkInvariants()
  }
}
