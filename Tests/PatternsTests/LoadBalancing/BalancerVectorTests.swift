import Kernel
import Patterns
import Testing

/// Published and computed vectors of section 7 of the reference.
@Suite struct BalancerVectorTests {
  static func picks(_ balancer: inout Balancer, _ count: Int) -> String {
    var random = RandomStream(seed: 1, name: "vectors")
    var letters = ""
    for _ in 0..<count {
      guard let host = balancer.pick(key: 0, at: .zero, using: &random) else { return letters }
      letters.append(Array("abcdefgh")[host])
    }
    return letters
  }

  @Test(arguments: [([5, 1, 1], "aabacaa"), ([4, 2, 1], "abacaba"), ([3, 2, 1], "abacba")])
  func smoothRoundRobin(weights: [Int], expected: String) {
    var balancer = Balancer(.weightedRoundRobin, weights: weights)
    #expect(Self.picks(&balancer, expected.count) == expected)
    #expect(balancer.hosts.map(\.currentWeight) == weights.map { _ in 0 })
  }

  @Test func smoothRoundRobinStates() {
    var balancer = Balancer(.weightedRoundRobin, weights: [5, 1, 1])
    let expected = [
      [-2, 1, 1], [-4, 2, 2], [1, -4, 3], [-1, -3, 4], [4, -2, -2], [2, -1, -1], [0, 0, 0],
    ]
    for state in expected {
      _ = Self.picks(&balancer, 1)
      #expect(balancer.hosts.map(\.currentWeight) == state)
    }
  }

  @Test func effectiveWeightFallsWithFailuresAndClimbsWithPicks() {
    var options = Balancer.Options()
    options.maxFails = 5
    var balancer = Balancer(.weightedRoundRobin, weights: [10, 10], options: options)
    for expected in [8, 6] {
      balancer.started(0, at: .zero)
      balancer.finished(0, succeeded: false, latency: .zero, at: .zero)
      #expect(balancer.hosts[0].effectiveWeight == expected)
    }
    _ = Self.picks(&balancer, 1)
    #expect(balancer.hosts[0].effectiveWeight == 7)
  }

  /// 100 balls in 100 bins: the fullest has about 4 by chance, 2 or 3 with two choices.
  @Test(arguments: 0..<20)
  func twoChoicesFlattenTheFullestBin(seed: UInt64) {
    func fullest(_ algorithm: BalancingAlgorithm) -> Int {
      var random = RandomStream(seed: seed, name: "balls")
      var balancer = Balancer(algorithm, weights: Array(repeating: 1, count: 100))
      for _ in 0..<100 {
        guard let host = balancer.pick(key: 0, at: .zero, using: &random) else { return 0 }
        balancer.started(host, at: .zero)
      }
      return balancer.hosts.map(\.inflight).max() ?? 0
    }
    #expect((3...7).contains(fullest(.random)))
    #expect((2...3).contains(fullest(.powerOfTwo)))
  }

  @Test func haproxyFindsADeathWithinFallTimesInter() {
    let health = RiseFallHealth(rise: 2, fall: 3)
    #expect(health.detection(inter: .seconds(2)) == .seconds(4)...(.seconds(6)))
  }

  @Test func envoySlowStartRises() {
    var options = Balancer.Options()
    options.slowStart = .seconds(10)
    var balancer = Balancer(.weightedRoundRobin, weights: [10, 10], options: options)
    balancer.setEligible(1, false, at: .zero)
    balancer.setEligible(1, true, at: .zero)
    let seen = [0, 500, 5_000, 9_900].map { balancer.ramped(1, at: .zero + .milliseconds($0)) }
    #expect(seen == [100, 100, 500, 990])
    #expect(balancer.ramped(0, at: .zero) == 1_000)
  }

  @Test func peakLatencyIsTakenAtOnceAndForgottenSlowly() {
    var balancer = Balancer(.peakEWMA, weights: [1, 1])
    func end(_ latency: TimeSpan, _ now: Instant) {
      balancer.started(0, at: now)
      balancer.finished(0, succeeded: true, latency: latency, at: now)
    }
    end(.milliseconds(100), .zero)
    #expect(balancer.cost(0, at: .zero) == 100e6)
    end(.milliseconds(10), .zero + .seconds(10))
    let kept = PortableMath.exp(-1)
    let expected = 100e6 * kept + 10e6 * (1 - kept)
    #expect(abs(balancer.cost(0, at: .zero + .seconds(10)) - expected) < 1)
  }

  @Test func aFastFailureIsPenalisedUnlessItCountsAsFast() {
    for shortcut in [nil, BalancerShortcut.rewardsFastFailure] {
      var options = Balancer.Options()
      options.failurePenalty = .seconds(1)
      options.shortcut = shortcut
      var balancer = Balancer(.peakEWMA, weights: [1, 1], options: options)
      balancer.started(0, at: .zero)
      balancer.finished(0, succeeded: false, latency: .milliseconds(1), at: .zero)
      let isAvoided = balancer.cost(0, at: .zero) > balancer.cost(1, at: .zero)
      #expect(isAvoided == (shortcut == nil))
    }
  }

  @Test func panicIgnoresHealthButNotDraining() {
    var options = Balancer.Options()
    options.panicPercent = 50
    var balancer = Balancer(.roundRobin, weights: [1, 1, 1, 1], options: options)
    for host in 0..<2 { balancer.setEligible(host, false, at: .zero) }
    #expect(Self.picks(&balancer, 4) == "cdcd")
    balancer.drain(3, at: .zero)
    #expect(Self.picks(&balancer, 6) == "abcabc")
  }

  @Test func crc32OfTheCheckString() { #expect(CRC32.value("123456789") == 0xcbf4_3926) }
}
