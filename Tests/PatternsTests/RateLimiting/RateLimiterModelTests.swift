import Kernel
import Patterns
import Testing

@Suite struct RateLimiterModelTests {
  /// Times and costs of a bursty trace.
  private func trace(_ seed: UInt64, maximumCost: Int = 1) -> [(at: Instant, cost: Int)] {
    var random = RandomStream(seed: seed, name: "trace")
    var now = Instant.zero
    return (0..<400).map { _ in
      if random.chance(0.4) { now += random.span(.zero, to: .milliseconds(700)) }
      return (now, 1 + random.below(maximumCost))
    }
  }

  private static let rates = [
    RateLimit(3, per: .seconds(1)), RateLimit(10, per: .seconds(1)), RateLimit(7, per: .seconds(4)),
  ]

  @Test(arguments: UInt64(1)...8)
  func gcraDecidesAsABucketOfOneMore(seed: UInt64) {
    for rate in Self.rates {
      var gcra = RateLimiter(.gcra(GCRA(rate, burst: 4)))
      var bucket = RateLimiter(.tokenBucket(TokenBucket(rate, capacity: 5)))
      for request in trace(seed, maximumCost: 6) {
        let left = gcra.acquire(cost: request.cost, at: request.at)
        let right = bucket.acquire(cost: request.cost, at: request.at)
        #expect(left == right, "\(request)")
      }
    }
  }

  @Test(arguments: UInt64(1)...8)
  func aBucketAdmitsNoMoreThanItsLine(seed: UInt64) {
    for rate in Self.rates {
      var limiter = RateLimiter(.tokenBucket(TokenBucket(rate, capacity: 5)))
      var admitted: [(at: Instant, cost: Int)] = []
      for request in trace(seed, maximumCost: 3)
      where limiter.acquire(cost: request.cost, at: request.at).isAdmitted {
        admitted.append(request)
        #expect(limiter.checkInvariants() == nil)
        var sum = 0
        for earlier in admitted.reversed() {
          sum += earlier.cost
          // sum <= 5 + rate x t, in whole numbers.
          let passed = (request.at - earlier.at).nanoseconds
          #expect(
            Int64(sum - 5) * rate.period.nanoseconds <= passed * Int64(rate.permits))
        }
      }
    }
  }

  @Test(arguments: UInt64(1)...8)
  func aLogIsExact(seed: UInt64) {
    let rate = RateLimit(6, per: .seconds(2))
    for isLoggingDenied in [false, true] {
      var limiter = RateLimiter(.slidingLog(SlidingLog(rate, isLoggingDenied: isLoggingDenied)))
      var kept: [Instant] = []
      for request in trace(seed) {
        let inWindow = kept.count { $0 > request.at - rate.period }
        let isAdmitted = limiter.acquire(at: request.at).isAdmitted
        #expect(isAdmitted == (inWindow < 6))
        if isAdmitted || isLoggingDenied { kept.append(request.at) }
      }
    }
  }

  @Test(arguments: RateLimiter.Kind.allCases)
  func whoWaitsAsToldIsAdmitted(kind: RateLimiter.Kind) {
    for seed in UInt64(1)...6 {
      var options = RateLimiter.Options()
      options.kind = kind
      options.rate = RateLimit(7, per: .seconds(3))
      options.burst = 5
      var limiter = RateLimiter(options)
      for request in trace(seed, maximumCost: 3) {
        let decision = limiter.acquire(cost: request.cost, at: request.at)
        guard case .deny(let after?) = decision else { continue }
        #expect(after > .zero)
        let again = limiter.peek(cost: request.cost, at: request.at + after)
        #expect(again.isAdmitted, "\(kind) \(request) \(decision) \(again)")
      }
    }
  }

  @Test(arguments: UInt64(1)...6)
  func keysDoNotTouchEachOther(seed: UInt64) {
    let template = RateLimiter(.gcra(GCRA(RateLimit(2, per: .seconds(1)), burst: 3)))
    var table = RateLimiterTable<Int>(template, capacity: 10)
    var alone = template
    var random = RandomStream(seed: seed, name: "keys")
    for request in trace(seed) {
      let key = random.below(3)
      let decision = table.acquire(key, at: request.at)
      if key == 1 { #expect(decision == alone.acquire(at: request.at)) }
    }
    #expect(table.evictions == 0)
  }

  @Test(arguments: UInt64(1)...4)
  func theKeyNotUsedForLongestGoes(seed: UInt64) {
    var table = RateLimiterTable<Int>(RateLimiter(RateLimiter.Options()), capacity: 4)
    var order: [Int] = []
    var random = RandomStream(seed: seed, name: "keys")
    for _ in 0..<500 {
      let key = random.below(9)
      _ = table.acquire(key, at: .zero)
      order.removeAll { $0 == key }
      order.append(key)
      if order.count > 4 { order.removeFirst() }
      for key in 0..<9 { #expect((table.limiter(of: key) != nil) == order.contains(key)) }
      #expect(table.count == order.count)
    }
  }

  @Test func aRefusalByOneDrainsNoOther() {
    let wide = RateLimiter(.tokenBucket(TokenBucket(RateLimit(1, per: .hours(1)), capacity: 10)))
    let narrow = RateLimiter(.tokenBucket(TokenBucket(RateLimit(1, per: .seconds(1)), capacity: 1)))
    var both = CompositeLimiter([wide, narrow])
    #expect(both.acquire(at: .zero).isAdmitted)
    for _ in 0..<50 { #expect(both.acquire(at: .zero) == .deny(retryAfter: .seconds(1))) }
    #expect(both.limiters[0].peek(cost: 0, at: .zero).isAdmitted)
    guard case .allow(let left, _) = both.limiters[0].peek(cost: 0, at: .zero) else { return }
    #expect(left == 9)
  }

  @Test func aCounterCanBeWrongByStepTraffic() {
    let rate = RateLimit(100, per: .seconds(60))
    var limiter = RateLimiter(.slidingCounter(SlidingWindowCounter(rate)))
    var admitted: [Instant] = []
    for step in 0..<1_200 where step * 100 >= 30_000 {
      let now = Instant.zero + .milliseconds(Int64(step) * 100)
      for _ in 0..<100 where limiter.acquire(at: now).isAdmitted { admitted.append(now) }
    }
    let most =
      admitted.map { end in
        admitted.count { $0 > end - rate.period && $0 <= end }
      }.max() ?? 0
    #expect(most > 100 && most <= 200, "the estimate is no guarantee: \(most)")
  }
}
