import Kernel

/// Redis's keys under `maxmemory`: what a write may do, which keys go, which have expired.
///
/// Before a command that may grow memory Redis evicts until it is below the limit. It does not know
/// the best key: it draws `maxmemory-samples` keys into a pool of 16 and takes the best of the pool.
/// An expired key is gone when it is asked for (lazily) or when the active cycle meets it.
///
/// Source: github.com/redis/redis src/evict.c and redis.conf; recordings of version 7.0.15.
public struct RedisCacheStore: Sendable, Equatable {
  /// The parameters, by Redis's own names.
  public struct Options: Sendable, Hashable {
    /// `maxmemory` in bytes; 0 for no limit, the default.
    public var maxmemory = 0
    /// `maxmemory-policy`; default noeviction.
    public var policy = RedisEvictionPolicy.noeviction
    /// `maxmemory-samples`, 1 to 64; default 5.
    public var samples = 5
    /// `lfu-log-factor`; default 10.
    public var logFactor = 10
    /// `lfu-decay-time` in minutes; default 1.
    public var decayTime = 1
    /// What a key takes beside its value, in bytes.
    public var overhead = 96
    /// What the server takes without a key, in bytes; ours.
    public var baseline = 0

    /// Redis's defaults.
    public init() {}
  }

  /// The reply to a command that may grow memory.
  public enum Reply: Sendable, Hashable {
    /// Done.
    case ok
    /// Refused, with Redis's own words.
    case error(String)
  }

  /// The error of a refused write.
  public static let outOfMemory =
    "OOM command not allowed when used memory > 'maxmemory'."
  /// The size of the pool of candidates, EVPOOL_SIZE.
  static let poolSize = 16

  struct Entry: Sendable, Equatable {
    var key: UInt64
    var bytes: Int
    var expiry: Instant?
    var usedAt: Instant
    var frequency: RedisFrequency
    /// Its place among the keys with a TTL, -1 without one.
    var volatilePlace: Int
  }

  struct Candidate: Sendable, Equatable {
    var key: UInt64
    var score: Int64
  }

  /// The parameters.
  public private(set) var options: Options
  /// Bytes in use.
  public private(set) var usedMemory = 0
  /// Keys evicted so far, in order.
  public private(set) var evictedCount = 0
  /// Keys found expired so far.
  public private(set) var expiredCount = 0
  var entries: [Entry] = []
  var volatile: [UInt64] = []
  var index: KeyIndex
  var pool: [Candidate] = []
  var random: RandomStream

  /// An empty keyspace; samples are drawn from `seed`.
  public init(_ options: Options = Options(), seed: UInt64 = 0) {
    precondition((1...64).contains(options.samples), "samples must be from 1 to 64")
    self.options = options
    index = KeyIndex(sizeHint: 64)
    random = RandomStream(seed: seed, name: "redis/samples")
  }

  /// How many keys are kept, expired ones that nobody met included.
  public var count: Int { entries.count }

  /// Whether `key` is there, expired or not.
  public func holds(_ key: UInt64) -> Bool { index.slot(of: key) != 0 }

  /// `GET`: whether the key is there and has not expired; counts as a use.
  public mutating func get(_ key: UInt64, at now: Instant) -> Bool {
    guard let place = livePlace(key, at: now) else { return false }
    use(place, at: now)
    return true
  }

  /// `SET key value [PX ttl]` with a value of `bytes`; `evicted` gets the keys that had to go.
  ///
  /// It evicts first, and is refused when that does not help.
  public mutating func set(
    _ key: UInt64, bytes: Int, ttl: TimeSpan? = nil, at now: Instant,
    evicted: inout [UInt64]
  ) -> Reply {
    guard makeRoom(at: now, evicted: &evicted) else { return .error(Self.outOfMemory) }
    var frequency = RedisFrequency(minute: Int(now.nanoseconds / 60_000_000_000))
    if let place = livePlace(key, at: now) {
      // Overwriting looks the key up first, which is a use, and the new value inherits the counter.
      use(place, at: now)
      frequency = entries[place].frequency
      remove(key)
    }
    var entry = Entry(
      key: key, bytes: bytes + options.overhead, expiry: ttl.map { now + $0 }, usedAt: now,
      frequency: frequency, volatilePlace: -1)
    if ttl != nil {
      entry.volatilePlace = volatile.count
      volatile.append(key)
    }
    entries.append(entry)
    index.add(key, slot: Int32(entries.count))
    usedMemory += entry.bytes
    return .ok
  }

  /// `DEL`: whether the key was there.
  public mutating func delete(_ key: UInt64, at now: Instant) -> Bool {
    guard livePlace(key, at: now) != nil else { return false }
    return remove(key)
  }

  /// Looks for expired keys as the active cycle does, and returns how many went.
  ///
  /// It draws 20 keys with a TTL, and again while over a tenth of them had expired, at most `turns`
  /// times.
  public mutating func expireSome(at now: Instant, turns: Int = 16) -> Int {
    var gone = 0
    for _ in 0..<turns {
      guard !volatile.isEmpty else { break }
      var met = 0
      let looks = min(20, volatile.count)
      for _ in 0..<looks {
        guard !volatile.isEmpty else { break }
        let key = volatile[random.below(volatile.count)]
        let entry = entries[Int(index.slot(of: key)) - 1]
        if let expiry = entry.expiry, expiry <= now {
          _ = remove(key)
          met += 1
        }
      }
      gone += met
      if met * 10 <= looks { break }
    }
    expiredCount += gone
    return gone
  }

  private mutating func livePlace(_ key: UInt64, at now: Instant) -> Int? {
    let slot = Int(index.slot(of: key))
    guard slot != 0 else { return nil }
    if let expiry = entries[slot - 1].expiry, expiry <= now {
      _ = remove(key)
      expiredCount += 1
      return nil
    }
    return slot - 1
  }

  private mutating func use(_ place: Int, at now: Instant) {
    entries[place].usedAt = now
    entries[place].frequency.use(
      at: now, logFactor: options.logFactor, decayTime: options.decayTime, random: &random)
  }

  @discardableResult
  mutating func remove(_ key: UInt64) -> Bool {
    let slot = Int(index.slot(of: key))
    guard slot != 0 else { return false }
    dropFromVolatile(slot - 1)
    usedMemory -= entries[slot - 1].bytes
    index.remove(key)
    let lastEntry = entries.removeLast()
    if lastEntry.key != key {
      entries[slot - 1] = lastEntry
      index.remove(lastEntry.key)
      index.add(lastEntry.key, slot: Int32(slot))
    }
    return true
  }

  mutating func countEviction() { evictedCount += 1 }

  /// `CONFIG SET`: other parameters from now on; the keys stay, and those that no longer fit go.
  public mutating func configure(
    _ changed: Options, at now: Instant, evicted: inout [UInt64]
  ) {
    precondition((1...64).contains(changed.samples), "samples must be from 1 to 64")
    // Scores of another policy mean nothing to the new one.
    if changed.policy != options.policy { pool.removeAll() }
    options = changed
    _ = makeRoom(at: now, evicted: &evicted)
  }

  /// `EXPIRE` or `PERSIST`: a new end for a key, nil for none; whether the key was there.
  public mutating func expire(_ key: UInt64, at end: Instant?, now: Instant) -> Bool {
    guard let place = livePlace(key, at: now) else { return false }
    if let end, end <= now { return remove(key) }
    if end == nil { dropFromVolatile(place) }
    if end != nil, entries[place].volatilePlace < 0 {
      entries[place].volatilePlace = volatile.count
      volatile.append(key)
    }
    entries[place].expiry = end
    return true
  }

  private mutating func dropFromVolatile(_ place: Int) {
    let hole = entries[place].volatilePlace
    guard hole >= 0 else { return }
    let last = volatile.removeLast()
    if last != entries[place].key {
      volatile[hole] = last
      entries[Int(index.slot(of: last)) - 1].volatilePlace = hole
    }
    entries[place].volatilePlace = -1
  }
}
