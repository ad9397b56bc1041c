import Kernel
import Patterns
import Testing

@Suite struct BulkheadTests {
  /// Java's order: core threads, then the queue, then threads up to the greatest size, then refusal.
  @Test func poolGrowsOnlyWhenTheQueueIsFull() {
    var pool = ThreadPoolBulkhead(.init(coreSize: 2, maxSize: 4, queueCapacity: 3))
    let decisions = (0..<9).map { pool.submit($0, at: .zero) }
    #expect(
      decisions == [
        .runs, .runs, .queued, .queued, .queued, .runs, .runs, .refused, .refused,
      ])
    let next = pool.finished(at: .zero)
    #expect(next == 2)
  }

  @Test func idleThreadsAboveTheCoreDie() {
    var pool = ThreadPoolBulkhead(
      .init(coreSize: 1, maxSize: 3, queueCapacity: 0, keepAlive: .milliseconds(20)))
    for call in 0..<3 { _ = pool.submit(call, at: .zero) }
    for _ in 0..<3 {
      let next = pool.finished(at: .zero)
      #expect(next == nil)
    }
    #expect(pool.threads(at: .zero + .milliseconds(19)) == 3)
    #expect(pool.threads(at: .zero + .milliseconds(20)) == 1)
  }

  @Test func hystrixHasNoQueueAndResilience4jAWholeHundred() throws {
    func refusedOf(_ count: Int, _ preset: BulkheadPreset) throws -> Int {
      let design = preset.design(Settings(preset.tool.knobs))
      guard case .pool(let options) = design else { return -1 }
      var pool = ThreadPoolBulkhead(options)
      return (0..<count).count { pool.submit($0, at: .zero) == .refused }
    }
    #expect(try refusedOf(11, .hystrix) == 1)
    // Three of the core, a hundred in the queue, one more thread.
    #expect(try refusedOf(105, .resilience4jPool) == 1)
  }

  /// The semaphore against a naive count and list.
  @Test(arguments: 0..<30)
  func semaphoreAgreesWithAList(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "semaphore")
    let most = 1 + random.below(5)
    let isWaiting = random.chance(0.7)
    var semaphore = SemaphoreBulkhead(
      maxConcurrentCalls: most, maxWaitDuration: isWaiting ? .seconds(1) : .zero, queueLimit: 4)
    var inside = 0
    var line: [Int] = []
    for call in 0..<2_000 {
      switch random.below(3) {
      case 0:
        let decision = semaphore.acquire(call, at: .zero)
        if inside < most {
          #expect(decision == .permitted)
          inside += 1
        } else if isWaiting, line.count < 4 {
          #expect(decision == .waits(until: .zero + .seconds(1)))
          line.append(call)
        } else {
          #expect(decision == .refused)
        }
      case 1 where inside > 0:
        let next = semaphore.release()
        #expect(next == line.first)
        if line.isEmpty { inside -= 1 } else { line.removeFirst() }
      case 2 where !line.isEmpty:
        let leaver = line.remove(at: random.below(line.count))
        let hasLeft = semaphore.leave(leaver)
        let leavesAgain = semaphore.leave(leaver)
        #expect(hasLeft && !leavesAgain)
      default: break
      }
      #expect(semaphore.inUse == inside && semaphore.waiting == line.count)
      #expect(semaphore.checkInvariants() == nil)
    }
  }

  /// The pool against a naive model without idle threads dying.
  @Test(arguments: 0..<30)
  func poolAgreesWithAList(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "pool")
    let core = 1 + random.below(4)
    let most = core + random.below(4)
    let room = random.below(5)
    var pool = ThreadPoolBulkhead(
      .init(coreSize: core, maxSize: most, queueCapacity: room, keepAlive: .hours(1)))
    var threads = 0
    var busy = 0
    var line: [Int] = []
    for call in 0..<3_000 {
      if random.chance(0.55) {
        let expected: ThreadPoolBulkhead.Decision
        if threads < core {
          expected = .runs
          threads += 1
          busy += 1
        } else if busy < threads {
          expected = .runs
          busy += 1
        } else if line.count < room {
          expected = .queued
          line.append(call)
        } else if threads < most {
          expected = .runs
          threads += 1
          busy += 1
        } else {
          expected = .refused
        }
        let decision = pool.submit(call, at: .zero)
        #expect(decision == expected)
      } else if busy > 0 {
        let next = pool.finished(at: .zero)
        #expect(next == line.first)
        if line.isEmpty { busy -= 1 } else { line.removeFirst() }
      }
      #expect(pool.busy == busy && pool.queued == line.count)
      #expect(pool.threads(at: .zero) == threads)
      #expect(pool.checkInvariants() == nil)
    }
  }

  /// 8 workers, hands of 2: 28 of them; and 2,048 with hands of 4 give 730 thousand million.
  @Test func handsAreCountedExactly() {
    #expect(ShuffleShards(workers: 8, size: 2, plan: .shuffle, seed: 1).hands == 28)
    #expect(
      ShuffleShards(workers: 2_048, size: 4, plan: .shuffle, seed: 1).hands == 730_862_190_080)
    let shards = ShuffleShards(workers: 8, size: 3, plan: .shuffle, seed: 1)
    let sum = (0...3).reduce(0) { $0 + shards.chance(ofSharing: $1) }
    #expect(abs(sum - 1) < 1e-12)
  }

  /// What is dealt agrees with the exact chances, and a tenant keeps its hand.
  @Test(arguments: [2, 3, 4])
  func dealingAgreesWithTheFormula(size: Int) {
    let shards = ShuffleShards(workers: 8, size: size, plan: .shuffle, seed: 7)
    let first = Set(shards.workers(of: 0))
    var shared = Array(repeating: 0, count: size + 1)
    for tenant in 1...20_000 {
      let hand = shards.workers(of: tenant)
      #expect(hand == shards.workers(of: tenant) && Set(hand).count == size)
      shared[first.intersection(hand).count] += 1
    }
    for count in 0...size {
      let expected = 20_000 * shards.chance(ofSharing: count)
      #expect(abs(Double(shared[count]) - expected) < 5 * (expected + 1).squareRoot())
    }
  }

  @Test func everyPresetNamesTheSourceOfEveryDefault() {
    for preset in BulkheadPreset.allCases where preset != .plain {
      for knob in preset.tool.knobs { #expect(knob.source != "ours", "\(knob.name)") }
    }
  }
}
