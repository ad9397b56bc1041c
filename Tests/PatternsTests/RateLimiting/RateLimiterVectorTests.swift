import Kernel
import Patterns
import Testing

@Suite struct RateLimiterVectorTests {
  private func seconds(_ value: Double) -> Instant { .zero + TimeSpan(seconds: value) }

  /// throttled's rate_test.go: 1 a second, burst 4.
  @Test func throttledsTable() {
    var limiter = RateLimiter(.gcra(GCRA(RateLimit(1, per: .seconds(1)), burst: 4)))
    let rows: [(at: Double, cost: Int, left: Int, reset: Double, retry: Double?)] = [
      (0, 6, 5, 0, -1), (0, 1, 4, 1, nil), (0, 1, 3, 2, nil), (0, 1, 2, 3, nil), (0, 1, 1, 4, nil),
      (0, 1, 0, 5, nil), (0, 1, 0, 5, 1), (3, 1, 2, 3, nil), (3.1, 1, 1, 3.9, nil),
      (4, 1, 1, 4, nil), (8, 1, 4, 1, nil), (9.5, 1, 4, 1, nil), (9.5, 0, 4, 1, nil),
      (9.5, 2, 2, 3, nil), (9.5, 5, 2, 3, 3), (15, 6, 5, 0, -1),
    ]
    for row in rows {
      let now = seconds(row.at)
      let decision = limiter.acquire(cost: row.cost, at: now)
      if let retry = row.retry {
        let after = retry < 0 ? nil : TimeSpan(seconds: retry)
        #expect(decision == .deny(retryAfter: after), "\(row)")
      } else {
        #expect(decision.isAdmitted, "\(row)")
      }
      let state = limiter.peek(cost: 0, at: now)
      #expect(
        state == .allow(remaining: row.left, resetAfter: TimeSpan(seconds: row.reset)), "\(row)")
    }
  }

  /// The README of redis-cell: CL.THROTTLE user123 15 30 60.
  @Test func redisCellsExample() {
    let options = RateLimiterPreset.redisCell.standardOptions
    var limiter = RateLimiter(options)
    let decision = limiter.acquire(at: .zero)
    #expect(decision == .allow(remaining: 15, resetAfter: .seconds(2)))
    #expect(options.burst + 1 == 16)
  }

  private func nginx(_ milliRate: Int, burst: Int, delay: Int?, at times: [Int]) -> [Int] {
    var limiter = RateLimiter(
      .leakyMeter(LeakyBucketMeter(milliRate: milliRate, burst: burst, delayAbove: delay)))
    return times.map { time in
      let decision = limiter.acquire(at: .zero + .milliseconds(Int64(time)))
      return decision.isAdmitted ? Int(decision.wait.milliseconds) : 503
    }
  }

  @Test func nginxFromItsFormula() {
    let eight = Array(repeating: 0, count: 8)
    #expect(
      nginx(1_000, burst: 5, delay: 0, at: eight) == [0, 1000, 2000, 3000, 4000, 5000, 503, 503])
    #expect(nginx(1_000, burst: 5, delay: nil, at: eight) == [0, 0, 0, 0, 0, 0, 503, 503])
    let many = nginx(10_000, burst: 20, delay: 8, at: Array(repeating: 0, count: 25))
    #expect(many.prefix(9).allSatisfy { $0 == 0 })
    #expect(Array(many[9..<21]) == (1...12).map { $0 * 100 })
    #expect(Array(many.suffix(4)) == [503, 503, 503, 503])
    #expect(
      nginx(2_000, burst: 0, delay: 0, at: [0, 100, 400, 500, 1000, 1400, 1499, 1500])
        == [0, 503, 503, 0, 0, 503, 503, 0])
  }

  @Test(arguments: [
    (RateLimiter.Kind.fixedWindow, 200), (.slidingLog, 100), (.slidingCounter, 101),
  ])
  func theEdgeOfAWindow(kind: RateLimiter.Kind, admitted: Int) {
    var options = RateLimiter.Options()
    options.kind = kind
    options.rate = RateLimit(100, per: .minutes(1))
    var limiter = RateLimiter(options)
    var count = 0
    for time in [59.9, 60.1] {
      for _ in 0..<100 where limiter.acquire(at: seconds(time)).isAdmitted { count += 1 }
    }
    #expect(count == admitted)
  }

  /// Cloudflare's example: 42 before, 18 now, 15 s into the minute, a limit of 50.
  @Test func cloudflaresSlidingCounter() {
    let counter = SlidingWindowCounter(
      RateLimit(50, per: .minutes(1)), began: seconds(60), current: 18, previous: 42)
    var limiter = RateLimiter(.slidingCounter(counter))
    #expect(counter.estimate(at: seconds(75)) == 49)
    #expect(limiter.acquire(at: seconds(75)).isAdmitted)
    #expect(!limiter.acquire(at: seconds(75)).isAdmitted)
  }

  @Test func aBucketNamesTheTime() {
    var bucket = TokenBucket(RateLimit(10, per: .seconds(1)), capacity: 20)
    bucket.drain(at: .zero)
    var limiter = RateLimiter(.tokenBucket(bucket))
    #expect(bucket.tokens(at: seconds(0.5)) == 5)
    let decision = limiter.acquire(cost: 8, at: seconds(0.5))
    #expect(decision == .deny(retryAfter: .milliseconds(300)))
    #expect(decision.retryAfterHeader == 1, "rounded up to whole seconds")
  }

  @Test func aClockThatGoesBackAddsNothing() {
    var limiter = RateLimiter(
      .tokenBucket(TokenBucket(RateLimit(1, per: .seconds(1)), capacity: 1)))
    #expect(limiter.acquire(at: seconds(10)).isAdmitted)
    #expect(!limiter.acquire(at: seconds(2)).isAdmitted)
    #expect(!limiter.acquire(at: seconds(10.5)).isAdmitted)
    #expect(limiter.acquire(at: seconds(11)).isAdmitted)
  }

  @Test func anInFlightLimitWaitsForReleases() {
    var limiter = RateLimiter(.concurrency(ConcurrencyLimit(2)))
    #expect(limiter.acquire(at: .zero).isAdmitted && limiter.acquire(at: .zero).isAdmitted)
    #expect(limiter.acquire(at: seconds(99)) == .deny(retryAfter: nil))
    limiter.release()
    #expect(limiter.acquire(at: seconds(99)).isAdmitted)
  }
}
