import Kernel
import Patterns
import Testing

@Suite struct LoadingCacheTests {
  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  private func cache(_ change: (inout LoadingCache.Options) -> Void) -> LoadingCache {
    var options = LoadingCache.Options()
    options.ttl = .seconds(10)
    change(&options)
    return LoadingCache(options)
  }

  @Test func oneLoadServesAllWaiters() {
    for isCoalescing in [true, false] {
      var cache = cache { $0.isCoalescing = isCoalescing }
      let loads = (0..<20).flatMap { cache.step(.get(7, request: $0), at: at(0)) }
      #expect(loads.count == (isCoalescing ? 1 : 20))
      let answers = cache.step(.loaded(1, version: 3, took: .seconds(1)), at: at(1))
      #expect(answers.count == (isCoalescing ? 20 : 1))
      #expect(answers.first == .serve(0, version: 3, .loaded))
      let hit = cache.step(.get(7, request: 30), at: at(10))
      #expect(hit == [.serve(30, version: 3, .fresh)])
    }
  }

  /// A reader sets what it read before the write; the lease keeps it out.
  @Test func deleteTakesTheLease() {
    for isLeasing in [true, false] {
      var cache = cache { $0.isLeasing = isLeasing }
      _ = cache.step(.get(1, request: 1), at: at(0))
      _ = cache.step(.delete(1), at: at(1))
      let answers = cache.step(.loaded(1, version: 1, took: .seconds(1)), at: at(2))
      #expect(answers == [.serve(1, version: 1, .loaded)])
      #expect((cache.entry(1) == nil) == isLeasing)
    }
  }

  @Test func staleValuesAreServedWhileOneLoads() {
    var cache = cache {
      $0.staleFor = .seconds(5)
      $0.staleOnErrorFor = .seconds(30)
    }
    _ = cache.step(.put(1, version: 1), at: at(0))
    let first = cache.step(.get(1, request: 1), at: at(12))
    #expect(first == [.serve(1, version: 1, .stale), .load(1, load: 1)])
    let second = cache.step(.get(1, request: 2), at: at(12))
    #expect(second == [.serve(2, version: 1, .stale)])
    let failed = cache.step(.failed(1), at: at(13))
    #expect(failed.isEmpty)
    let waits = cache.step(.get(1, request: 3), at: at(15))
    #expect(waits == [.load(1, load: 2)])
    let old = cache.step(.failed(2), at: at(16))
    #expect(old == [.serve(3, version: 1, .stale)])
    _ = cache.step(.get(1, request: 4), at: at(40))
    let error = cache.step(.failed(3), at: at(40))
    #expect(error == [.fail(4)])
  }

  @Test func notFoundIsKeptForItsOwnTime() {
    var cache = cache { $0.negativeTTL = .seconds(3) }
    _ = cache.step(.get(1, request: 1), at: at(0))
    _ = cache.step(.loaded(1, version: nil, took: .zero), at: at(0))
    let hit = cache.step(.get(1, request: 2), at: at(2))
    #expect(hit == [.serve(2, version: nil, .fresh)])
    let miss = cache.step(.get(1, request: 3), at: at(3))
    #expect(miss == [.load(1, load: 2)])
  }

  @Test func jitterSpreadsEndsOverItsWidth() {
    var cache = cache { $0.jitter = 0.2 }
    for key in 0..<500 as Range<UInt64> { _ = cache.step(.put(key, version: 1), at: at(0)) }
    let ends = (0..<500 as Range<UInt64>).compactMap { cache.entry($0)?.freshUntil.seconds }
    #expect(ends.allSatisfy { (8...12).contains($0) })
    #expect((ends.min() ?? 0) < 8.1)
    #expect((ends.max() ?? 0) > 11.9)
  }

  @Test(arguments: [(0.9, 0.105), (0.5, 0.693), (0.1, 2.303), (0.01, 4.605)])
  func earlyRefreshLeads(draw: Double, lead: Double) {
    let span = EarlyRefresh.lead(loadTime: .seconds(1), factor: 1, draw: draw)
    #expect(abs(span.seconds - lead) < 0.000_6)
  }

  @Test(
    arguments: [(5, 1.0), (6, 1.0 / 11), (15, 1.0 / 101), (0, 1), (255, 0)] as [(UInt8, Double)])
  func redisCountsByChance(counter: UInt8, chance: Double) {
    #expect(RedisFrequency.chanceToGrow(counter, logFactor: 10) == chance)
  }

  @Test func redisCounterShrinksByTheMinute() {
    let counter = RedisFrequency(counter: 9, minute: 0)
    #expect(counter.decayed(at: at(119), decayTime: 1) == 8)
    #expect(counter.decayed(at: at(3_600), decayTime: 1) == 0)
    #expect(counter.decayed(at: at(3_600), decayTime: 0) == 9)
  }

  /// Every request is answered once, whatever happens between.
  @Test(arguments: 0..<8)
  func everyWaiterIsAnsweredOnce(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "loading")
    var options = LoadingCache.Options()
    options.capacity = 12
    options.policy = EvictionPolicy.allCases[Int(seed)]
    options.ttl = .seconds(2)
    options.isCoalescing = random.chance(0.5)
    options.isLeasing = random.chance(0.5)
    options.staleFor = .seconds(Int64(random.below(3)))
    options.negativeTTL = .seconds(Int64(random.below(2)))
    options.earlyFactor = random.chance(0.5) ? 1 : 0
    var cache = LoadingCache(options, seed: seed)
    var open: [Int] = []
    var answered: [Int] = []
    for step in 0..<3_000 {
      let now = Instant.zero + .milliseconds(Int64(step) * 50)
      let key = UInt64(random.below(30))
      let input: LoadingCache.Input
      switch random.below(10) {
      case 0: input = .delete(key)
      case 1...4 where !open.isEmpty:
        let load = open.remove(at: random.below(open.count))
        input =
          random.chance(0.2)
          ? .failed(load)
          : .loaded(load, version: random.chance(0.2) ? nil : step, took: .seconds(1))
      default: input = .get(key, request: step)
      }
      if case .get = input { answered.append(0) } else { answered.append(1) }
      for output in cache.step(input, at: now) {
        switch output {
        case .serve(let request, _, _), .fail(let request): answered[request] += 1
        case .load(_, let load): open.append(load)
        case .evicted: break
        }
      }
      if let violation = cache.checkInvariants() { Issue.record("\(step): \(violation)") }
    }
    for load in open {
      for case .fail(let request) in cache.step(.failed(load), at: .zero + .hours(1)) {
        answered[request] += 1
      }
    }
    #expect(answered.allSatisfy { $0 == 1 })
    #expect(cache.flightCount == 0)
  }
}
