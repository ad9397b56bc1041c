/// A cache that knows keys only: which are in, and which one goes when another comes.
///
///     access(key) ─▶ hit, and the policy takes note
///         └────────▶ miss: nothing changes; the host loads and calls insert(key) ─▶ evicted key
///
/// Policies are compared on one trace by handing it to several of these. All keep their keys in slots
/// linked by number and found by a table of its own, so nothing is allocated once the cache is full,
/// and a copy is a snapshot.
///
/// **Never more keys than `capacity`. A miss changes nothing. A hit never evicts.** `checkInvariants()`
/// adds what each policy promises.
public struct KeyCache: Sendable, Equatable {
  /// Which key goes.
  public let policy: EvictionPolicy
  /// The most keys it holds; at least 1.
  public let capacity: Int

  var index: KeyIndex
  var lists: SlotLists
  /// What remains of a policy's mind beside the lists.
  var sieveHand: Int32 = 0
  var arcTarget = 0.0
  var buckets = FrequencyBuckets()
  var sketch: FrequencySketch?

  /// An empty cache; `seed` is drawn from by W-TinyLFU alone, to admit a few warm keys by chance.
  public init(policy: EvictionPolicy, capacity: Int, seed: UInt64 = 0) {
    precondition(capacity > 0 && capacity <= 1 << 29, "capacity must be from 1 to 2^29")
    self.policy = policy
    self.capacity = capacity
    index = KeyIndex(sizeHint: capacity)
    lists = SlotLists(sizeHint: capacity)
    if policy == .windowTinyLFU { sketch = FrequencySketch(capacity: capacity, seed: seed) }
  }

  /// How many keys are in.
  @inline(__always) public var count: Int {
    switch policy {
    case .fifo, .lru, .clock, .lfu, .sieve: lists.count(ListName.main)
    case .arc: lists.count(ListName.once) + lists.count(ListName.often)
    case .s3FIFO: lists.count(ListName.small) + lists.count(ListName.main)
    case .windowTinyLFU:
      lists.count(ListName.window) + lists.count(ListName.probation)
        + lists.count(ListName.protected)
    }
  }

  /// Whether `key` is in; the policy takes no note of the question.
  public func contains(_ key: UInt64) -> Bool {
    let slot = index.slot(of: key)
    return slot != 0 && isResident(slot)
  }

  /// Looks `key` up, true for a hit; a miss does not insert.
  public mutating func access(_ key: UInt64) -> Bool {
    let slot = index.slot(of: key)
    guard slot != 0, isResident(slot) else { return false }
    touch(slot)
    return true
  }

  /// Puts `key` in and returns the key that had to go, nil when there was room.
  ///
  /// With W-TinyLFU `key` itself may be the one that goes. A key that is in already counts as used.
  public mutating func insert(_ key: UInt64) -> UInt64? {
    let slot = index.slot(of: key)
    if slot != 0, isResident(slot) {
      touch(slot)
      return nil
    }
    switch policy {
    case .fifo, .lru:
      let evicted = count >= capacity ? drop(lists.tail(ListName.main)) : nil
      add(key, to: ListName.main)
      return evicted
    case .clock:
      let evicted = count >= capacity ? dropByClock() : nil
      add(key, to: ListName.main)
      return evicted
    case .sieve:
      let evicted = count >= capacity ? dropBySieve() : nil
      add(key, to: ListName.main)
      return evicted
    case .lfu: return insertByFrequency(key)
    case .arc: return insertAdaptively(key, remembered: slot)
    case .windowTinyLFU: return insertThroughWindow(key)
    case .s3FIFO: return insertByQueues(key, remembered: slot)
    }
  }

  /// Takes `key` out, false when it was not in; what the policy remembers of others stays.
  public mutating func remove(_ key: UInt64) -> Bool {
    let slot = index.slot(of: key)
    guard slot != 0, isResident(slot) else { return false }
    if policy == .sieve, sieveHand == slot { sieveHand = lists.slots[Int(slot)].previous }
    if policy == .lfu { leaveBucket(slot) }
    _ = drop(slot)
    return true
  }

  /// Empties the cache, memories included.
  public mutating func removeAll() {
    index.removeAll()
    lists = SlotLists(sizeHint: capacity)
    sieveHand = 0
    arcTarget = 0
    buckets = FrequencyBuckets()
    sketch?.clear()
  }
}

/// What the rings of a cache are used for, by policy.
enum ListName {
  static let main: Int32 = 0
  // ARC: T1, T2, B1, B2.
  static let once: Int32 = 1
  static let often: Int32 = 2
  static let onceGhosts: Int32 = 3
  static let oftenGhosts: Int32 = 4
  // S3-FIFO; its main queue is `main`.
  static let small: Int32 = 1
  static let ghosts: Int32 = 3
  // W-TinyLFU.
  static let window: Int32 = 0
  static let probation: Int32 = 1
  static let protected: Int32 = 2
}

extension KeyCache {
  /// Ghosts, keys that are remembered but not in, live in rings 3 and 4 of every policy.
  @inline(__always) func isResident(_ slot: Int32) -> Bool {
    lists.slots[Int(slot)].list < ListName.onceGhosts
  }

  /// Takes note of a hit.
  @inline(__always) mutating func touch(_ slot: Int32) {
    switch policy {
    case .fifo: break
    case .lru: lists.move(slot, to: ListName.main)
    case .clock, .sieve: lists.slots[Int(slot)].mark = 1
    case .lfu: countUse(slot)
    case .arc: lists.move(slot, to: ListName.often)
    case .windowTinyLFU: touchInSegments(slot)
    case .s3FIFO:
      let mark = lists.slots[Int(slot)].mark
      lists.slots[Int(slot)].mark = min(mark + 1, 3)
    }
  }

  @discardableResult
  mutating func add(_ key: UInt64, to list: Int32) -> Int32 {
    let slot = lists.push(key, on: list)
    index.add(key, slot: slot)
    return slot
  }

  /// Forgets the key in `slot` altogether and returns it.
  mutating func drop(_ slot: Int32) -> UInt64 {
    let key = lists.slots[Int(slot)].key
    index.remove(key)
    lists.release(slot)
    return key
  }
}
