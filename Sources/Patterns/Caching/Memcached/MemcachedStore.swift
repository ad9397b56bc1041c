import Kernel
import OrderedCollections

/// memcached as its text protocol shows it: values with a compare-and-swap number and an expiry.
///
/// Its clock ticks once a second, so an item lives up to a second less than its exptime. An exptime
/// above 30 days is an absolute time, a negative one is over at once, 0 is never over.
/// Nothing is evicted here: `KeyCache` does that for benches and drills.
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
  }

  /// The longest relative exptime, in seconds: 30 days.
  public static let longestRelative = 60 * 60 * 24 * 30
  /// The longest key, in bytes.
  public static let longestKey = 250

  /// The offset of the clock's ticks from the start, below a second.
  public let tickOffset: TimeSpan
  /// The Unix time at the start, in seconds.
  public let epoch: Int

  var items: OrderedDictionary<String, Item> = [:]
  private var lastUnique: UInt64 = 0
  /// The second from which on everything stored before is gone.
  private var flushAt: Int?

  /// An empty store whose clock ticks `tickOffset` after each whole second.
  public init(tickOffset: TimeSpan = .zero, epoch: Int = 1_700_000_000) {
    self.tickOffset = tickOffset
    self.epoch = epoch
  }

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
      items.removeAll()
      self.flushAt = nil
    }
    guard let item = items[key] else { return nil }
    if let expiry = item.expiry, expiry <= second {
      items[key] = nil
      return nil
    }
    return item
  }

  /// Puts an item in with a new number.
  mutating func store(_ key: String, flags: UInt32, data: [UInt8], expiry: Int?) {
    lastUnique += 1
    items[key] = Item(flags: flags, data: data, expiry: expiry, unique: lastUnique)
  }

  mutating func touch(_ key: String, expiry: Int?) { items[key]?.expiry = expiry }

  mutating func delete(_ key: String) { items[key] = nil }

  /// Lets everything go now, or that many seconds from now.
  mutating func flush(after delay: Int, at now: Instant) {
    if delay <= 0 {
      items.removeAll()
      flushAt = nil
    } else {
      flushAt = clock(at: now) + delay
    }
  }
}
