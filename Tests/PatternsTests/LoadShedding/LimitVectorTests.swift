import Kernel
import Patterns
import Testing

/// Vectors computed from the rules as published in github.com/Netflix/concurrency-limits @78a74b9.
@Suite struct LimitVectorTests {
  @Test func aimdGrowsByOneAndLosesATenth() {
    var limit = AIMDLimit()
    var seen = [limit.limit]
    for isLost in [false, false, false, true, false] {
      limit.update(rtt: .milliseconds(10), inFlight: limit.limit, didDrop: isLost)
      seen.append(limit.limit)
    }
    #expect(seen == [20, 21, 22, 23, 20, 21])
  }

  /// From a limit of 20 and a shortest time of 10 ms.
  @Test(arguments: [(10, 26), (11, 21), (12, 20), (20, 19)])
  func vegasEstimatesTheLine(milliseconds: Int64, expected: Int) {
    var limit = VegasLimit(probeMultiplier: 1_000)
    limit.update(rtt: .milliseconds(10), inFlight: 20, didDrop: false)
    limit.update(rtt: .milliseconds(milliseconds), inFlight: 20, didDrop: false)
    #expect(limit.limit == expected)
  }

  @Test func vegasAtAHundredStepsByTwo() {
    var limit = VegasLimit(initialLimit: 100, probeMultiplier: 1_000)
    limit.update(rtt: .milliseconds(10), inFlight: 100, didDrop: false)
    limit.update(rtt: .milliseconds(12), inFlight: 100, didDrop: false)
    #expect(limit.limit == 98)
  }

  /// A tolerance of 1 leaves the bare gradient: 1, 0.5 and 0.75 of a hundred, plus four, smoothed.
  @Test(arguments: [(1.0, 100.8), (4.0, 90.8), (2.0, 95.8)])
  func gradient2(factor: Double, expected: Double) {
    var limit = Gradient2Limit(
      initialLimit: 100, maxConcurrency: 1_000, rttTolerance: factor == 2 ? 1.5 : 1,
      longWindow: 1_000_000_000)
    for _ in 0..<10 { limit.update(rtt: .milliseconds(10), inFlight: 1, didDrop: false) }
    limit.update(rtt: .milliseconds(10) * factor, inFlight: 100, didDrop: false)
    #expect(abs(limit.estimate - expected) < 1e-3)
  }

  @Test(arguments: [(100, 0), (50, 0), (40, 0.198), (10, 0.792), (0, 0.990)])
  func googleThrottle(accepts: Int, expected: Double) {
    var throttle = AdaptiveThrottle()
    throttle.saw(requests: 100, accepts: accepts, at: .zero)
    #expect(abs(throttle.probability - expected) < 1e-3)
  }

  /// Envoy at its defaults: (100 - 50 / 0.95) / 101, and never more than 80 %.
  @Test(arguments: [(95, 0), (50, 0.469), (0, 0.8)])
  func envoyAdmission(accepts: Int, expected: Double) {
    let preset = LoadSheddingPreset.envoyAdmission
    var throttle = AdaptiveThrottle(preset.design(Settings(preset.tool.knobs)).throttle ?? .init())
    throttle.saw(requests: 100, accepts: accepts, at: .zero)
    #expect(abs(throttle.probability - expected) < 1e-3)
  }

  /// Envoy: measured 10 ms, a quarter more is fine; calls of 10 ms give 1.25 x limit + its root.
  @Test func envoyGradient() {
    var options = MinRTTGradient.Options()
    options.minConcurrency = 100
    var rule = MinRTTGradient(options)
    for _ in 0..<50 { rule.record(begun: .zero, at: .zero + .milliseconds(10)) }
    #expect(!rule.isMeasuring)
    let begun = Instant.zero + .milliseconds(20)
    for _ in 0..<50 { rule.record(begun: begun, at: begun + .milliseconds(10)) }
    rule.advance(to: begun + .milliseconds(100))
    #expect(rule.limit == 136)
    for _ in 0..<50 {
      rule.record(begun: begun + .milliseconds(100), at: begun + .milliseconds(150))
    }
    rule.advance(to: begun + .milliseconds(250))
    #expect(rule.limit == 100)
  }
}
