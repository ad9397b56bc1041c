import Kernel
import Patterns
import Testing

/// Each policy against a model that keeps plain arrays and searches them, with removals between.
@Suite struct EvictionModelTests {
  private static let policies: [EvictionPolicy] = [.fifo, .lru, .clock, .lfu, .sieve, .s3FIFO]

  @Test(arguments: policies, 0..<6)
  func agreesWithANaiveModel(policy: EvictionPolicy, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "eviction/\(policy.rawValue)")
    let capacity = 1 + random.below(24)
    var cache = KeyCache(policy: policy, capacity: capacity)
    var model = NaiveCache(policy: policy, capacity: capacity)
    for step in 0..<4_000 {
      let key = UInt64(random.below(1 + capacity * 3) * random.below(3))
      if random.chance(0.02) {
        let isGone = cache.remove(key)
        let isExpected = model.remove(key)
        #expect(isGone == isExpected, "step \(step)")
      } else {
        let isHit = cache.access(key)
        let isExpected = model.access(key)
        #expect(isHit == isExpected, "step \(step)")
        if !isHit {
          let evicted = cache.insert(key)
          let expected = model.insert(key)
          #expect(evicted == expected, "step \(step)")
        }
      }
      #expect(cache.count == model.keys.count)
      if let violation = cache.checkInvariants() {
        Issue.record("step \(step): \(violation)")
        return
      }
    }
  }

  @Test(arguments: EvictionPolicy.allCases, 0..<4)
  func invariantsHoldWithRemovals(policy: EvictionPolicy, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "invariants/\(policy.rawValue)")
    let capacity = 1 + random.below(300)
    var cache = KeyCache(policy: policy, capacity: capacity, seed: seed)
    for step in 0..<6_000 {
      let key = UInt64(random.below(1 + random.below(capacity * 4)))
      let before = cache.count
      switch random.below(20) {
      case 0:
        let isGone = cache.remove(key)
        #expect(isGone == (cache.count < before))
      case 1:
        let copy = cache
        if !cache.contains(key) {
          let isHit = cache.access(key)
          #expect(!isHit)
          #expect(cache == copy, "a miss changes nothing")
        }
      default:
        guard !cache.access(key) else { continue }
        let evicted = cache.insert(key)
        #expect((evicted == nil) == (cache.count == before + 1))
        #expect(cache.contains(key) || evicted == key)
        if let evicted { #expect(!cache.contains(evicted)) }
      }
      if step % 50 == 0, let violation = cache.checkInvariants() {
        Issue.record("step \(step): \(violation)")
        return
      }
    }
    cache.removeAll()
    #expect(cache.count == 0)
    #expect(cache.checkInvariants() == nil)
  }

  /// What a smaller LRU holds a larger one holds too; no policy that can be built beats the optimum.
  @Test(arguments: 0..<6)
  func stacksAndBounds(seed: UInt64) {
    let trace = ZipfTrace.keys(3_000, of: 400, exponent: 1, seed: seed)
    var caches = [8, 9, 20, 50].map { KeyCache(policy: .lru, capacity: $0) }
    for key in trace {
      for place in caches.indices where !caches[place].access(key) {
        _ = caches[place].insert(key)
      }
      for (small, large) in zip(caches, caches.dropFirst()) {
        #expect(small.contents[0].keys.allSatisfy { large.contains($0) })
      }
    }
    for policy in EvictionPolicy.allCases {
      var cache = KeyCache(policy: policy, capacity: 30, seed: seed)
      let misses = cache.replay(trace).count { !$0 }
      let optimum = OptimalEviction.missCount(in: trace, capacity: 30)
      // W-TinyLFU may turn a newcomer away, which the optimum must not.
      if policy != .windowTinyLFU { #expect(misses >= optimum, "\(policy)") }
    }
  }

  /// The optimum against a search of the whole rest of the trace.
  @Test(arguments: 0..<6)
  func optimumAgreesWithItsDefinition(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "optimum")
    let trace = (0..<400).map { _ in UInt64(random.below(20)) }
    let capacity = 1 + random.below(12)
    var keys: [UInt64] = []
    let expected = trace.enumerated().map { at, key in
      if keys.contains(key) { return true }
      if keys.count == capacity {
        let uses = keys.map { key in trace[(at + 1)...].firstIndex(of: key) ?? .max }
        if let place = uses.indices.max(by: { uses[$0] < uses[$1] }) { keys.remove(at: place) }
      }
      keys.append(key)
      return false
    }
    let hits = OptimalEviction.hits(in: trace, capacity: capacity)
    #expect(hits.count { $0 } == expected.count { $0 })
  }
}

/// The policies written as they are told, over arrays whose first element is the oldest.
private struct NaiveCache {
  struct Entry {
    var key: UInt64
    var mark = 0
  }

  let policy: EvictionPolicy
  let capacity: Int
  var queue: [Entry] = []
  var small: [Entry] = []
  var ghosts: [UInt64] = []
  var hand: UInt64?

  init(policy: EvictionPolicy, capacity: Int) {
    self.policy = policy
    self.capacity = capacity
  }

  var keys: [UInt64] { (queue + small).map(\.key) }

  mutating func access(_ key: UInt64) -> Bool {
    if let at = small.firstIndex(where: { $0.key == key }) {
      small[at].mark = min(3, small[at].mark + 1)
      return true
    }
    guard let at = queue.firstIndex(where: { $0.key == key }) else { return false }
    switch policy {
    case .lru: queue.append(queue.remove(at: at))
    case .lfu:
      queue[at].mark += 1
      queue.append(queue.remove(at: at))
    case .s3FIFO: queue[at].mark = min(3, queue[at].mark + 1)
    default: queue[at].mark = 1
    }
    return true
  }

  mutating func remove(_ key: UInt64) -> Bool {
    if let at = small.firstIndex(where: { $0.key == key }) {
      small.remove(at: at)
      return true
    }
    guard let at = queue.firstIndex(where: { $0.key == key }) else { return false }
    if hand == key { hand = at + 1 < queue.count ? queue[at + 1].key : nil }
    queue.remove(at: at)
    return true
  }

  mutating func insert(_ key: UInt64) -> UInt64? {
    if policy == .s3FIFO { return insertByQueues(key) }
    let evicted = queue.count == capacity ? evict() : nil
    queue.append(Entry(key: key))
    return evicted
  }

  private mutating func evict() -> UInt64 {
    switch policy {
    case .clock:
      while queue[0].mark == 1 {
        queue[0].mark = 0
        queue.append(queue.removeFirst())
      }
      return queue.removeFirst().key
    case .lfu:
      let least = queue.map(\.mark).min()
      let at = queue.firstIndex { $0.mark == least } ?? 0
      return queue.remove(at: at).key
    case .sieve:
      var at = queue.firstIndex { $0.key == hand } ?? 0
      while queue[at].mark == 1 {
        queue[at].mark = 0
        at = (at + 1) % queue.count
      }
      hand = at + 1 < queue.count ? queue[at + 1].key : nil
      return queue.remove(at: at).key
    default: return queue.removeFirst().key
    }
  }

  private mutating func insertByQueues(_ key: UInt64) -> UInt64? {
    let isRemembered = ghosts.contains(key)
    ghosts.removeAll { $0 == key }
    var evicted: UInt64?
    if small.count + queue.count == capacity {
      if queue.count <= capacity - max(1, capacity / 10) {
        while evicted == nil, !small.isEmpty {
          let entry = small.removeFirst()
          if entry.mark >= 2 {
            queue.append(Entry(key: entry.key))
          } else {
            evicted = entry.key
            ghosts.append(entry.key)
            if ghosts.count > max(1, capacity * 9 / 10) { ghosts.removeFirst() }
          }
        }
      }
      while evicted == nil {
        let entry = queue.removeFirst()
        if entry.mark > 0 {
          queue.append(Entry(key: entry.key, mark: entry.mark - 1))
        } else {
          evicted = entry.key
        }
      }
    }
    if isRemembered {
      queue.append(Entry(key: key))
    } else {
      small.append(Entry(key: key))
    }
    return evicted
  }
}
