import Kernel
import Patterns
import Testing

/// Published and independently computed vectors of the eviction policies.
@Suite struct EvictionVectorTests {
  /// The trace with which FIFO does worse with four frames than with three.
  static let belady: [UInt64] = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5]

  @Test(arguments: [
    (EvictionPolicy.fifo, "MMMMMMMHHMMH"), (.lru, "MMMMMMMHHMMM"), (.clock, "MMMMMMMHHMMM"),
    (.sieve, "MMMMMMMHHMMM"), (.arc, "MMMMMMMHHMMM"),
  ])
  func hitsAndMissesOfBeladysTrace(policy: EvictionPolicy, expected: String) {
    var cache = KeyCache(policy: policy, capacity: 3)
    let seen = cache.replay(Self.belady).map { $0 ? "H" : "M" }.joined()
    #expect(seen == expected)
  }

  @Test func sieveAndARCEndInTheKnownStates() {
    var sieve = KeyCache(policy: .sieve, capacity: 3)
    _ = sieve.replay(Self.belady)
    #expect(sieve.contents[0].keys == [5, 4, 3])
    #expect(sieve.handKey == 3)
    var arc = KeyCache(policy: .arc, capacity: 3)
    _ = arc.replay(Self.belady)
    #expect(arc.contents.map { $0.keys.sorted() } == [[4], [2, 5], [3], [1]])
    #expect(arc.adaptiveTarget == 1)
  }

  @Test func fifoMissesMoreWithMoreRoom() {
    func misses(_ policy: EvictionPolicy, _ capacity: Int) -> Int {
      var cache = KeyCache(policy: policy, capacity: capacity)
      return cache.replay(Self.belady).count { !$0 }
    }
    #expect(misses(.fifo, 3) == 9)
    #expect(misses(.fifo, 4) == 10)
    #expect(misses(.lru, 3) == 10)
    #expect(misses(.lru, 4) == 8)
    #expect(OptimalEviction.missCount(in: Self.belady, capacity: 3) == 7)
    #expect(OptimalEviction.missCount(in: Self.belady, capacity: 4) == 6)
  }

  @Test(arguments: [
    (EvictionPolicy.fifo, 6), (.lru, 6), (.sieve, 6), (.lfu, 9), (.arc, 9),
  ])
  func shortTrace(policy: EvictionPolicy, hits: Int) {
    var cache = KeyCache(policy: policy, capacity: 4)
    let trace = "abcabcdxyzwabcabc".utf8.map { UInt64($0) }
    let seen = cache.replay(trace)
    #expect(seen.count { $0 } == hits)
  }

  @Test(arguments: [
    (EvictionPolicy.fifo, 20), (.lru, 20), (.lfu, 24), (.sieve, 24), (.arc, 24), (.s3FIFO, 24),
  ])
  func scan(policy: EvictionPolicy, hits: Int) {
    let hot: [UInt64] = [1, 2, 3, 4]
    let trace = Array(repeating: hot, count: 5).flatMap(\.self) + (100..<120) + hot + hot
    var cache = KeyCache(policy: policy, capacity: 10)
    let seen = cache.replay(trace)
    #expect(seen.count { $0 } == hits)
  }

  /// On Zipf keys the policies stand in the known order; a windowed LFU is among the best.
  @Test func orderUnderZipf() {
    let trace = ZipfTrace.keys(20_000, of: 1_000, exponent: 1, seed: 42)
    func ratio(_ policy: EvictionPolicy) -> Double {
      var cache = KeyCache(policy: policy, capacity: 100)
      return Double(cache.replay(trace).count { $0 }) / Double(trace.count)
    }
    let fifo = ratio(.fifo)
    let lru = ratio(.lru)
    let arc = ratio(.arc)
    #expect(abs(fifo - 0.514) < 0.02)
    #expect(abs(lru - 0.570) < 0.02)
    #expect(abs(arc - 0.635) < 0.02)
    for policy in [EvictionPolicy.s3FIFO, .lfu, .sieve, .windowTinyLFU] {
      #expect(ratio(policy) > lru + 0.04, "\(policy)")
    }
    #expect(fifo < lru)
    #expect(lru < arc)
    let best = Double(OptimalEviction.hits(in: trace, capacity: 100).count { $0 })
    #expect(best / Double(trace.count) > ratio(.sieve))
  }
}

extension KeyCache {
  /// Looks each key up, puts it in on a miss, and says which were hits.
  mutating func replay(_ trace: [UInt64]) -> [Bool] {
    var hits: [Bool] = []
    for key in trace {
      let isHit = access(key)
      if !isHit { _ = insert(key) }
      hits.append(isHit)
    }
    return hits
  }
}

/// Keys drawn with probability proportional to 1 / rank^exponent.
enum ZipfTrace {
  static func keys(_ count: Int, of keyCount: Int, exponent: Int, seed: UInt64) -> [UInt64] {
    var sums: [Double] = []
    var sum = 0.0
    for rank in 1...keyCount {
      var weight = 1.0
      for _ in 0..<exponent { weight /= Double(rank) }
      sum += weight
      sums.append(sum)
    }
    var random = RandomStream(seed: seed, name: "zipf")
    return (0..<count).map { _ in
      let aim = random.unit() * sum
      var low = 0
      var high = sums.count - 1
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > aim { high = middle } else { low = middle + 1 }
      }
      return UInt64(low)
    }
  }
}
