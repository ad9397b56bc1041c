import Kernel
import Patterns
import Testing

@Suite struct OutlierDetectorTests {
  private func detector(
    hosts: Int, _ change: (inout OutlierDetector.Options) -> Void = { _ in }
  ) -> OutlierDetector {
    var options = OutlierDetector.Options()
    change(&options)
    return OutlierDetector(options, hostCount: hosts)
  }

  private func fail(
    _ detector: inout OutlierDetector, _ host: Int, _ count: Int, at now: Instant = .zero
  ) -> [OutlierDetector.Change] {
    (0..<count).compactMap { _ in
      detector.record(.serverError, from: NodeID(host), at: now)?.change
    }
  }

  @Test func fifthErrorInARowEjects() {
    var detector = detector(hosts: 10)
    #expect(fail(&detector, 3, 4).isEmpty)
    #expect(detector.record(.success, from: NodeID(3), at: .zero) == nil)
    #expect(fail(&detector, 3, 4).isEmpty)
    #expect(fail(&detector, 3, 1) == [.ejected(.consecutive5xx, for: .seconds(30))])
    #expect(!detector.isActive(NodeID(3)))
  }

  /// The share counts the host that is about to go: 10 hosts allow one, 9 allow none, 25 allow two.
  @Test(arguments: [(10, 1), (9, 0), (25, 2), (20, 2), (5, 0)])
  func shareOfEjectedHostsIsBounded(hosts: Int, allowed: Int) {
    var detector = detector(hosts: hosts)
    var ejected = 0
    for host in 0..<hosts {
      for change in fail(&detector, host, 5) {
        if case .ejected = change {
          ejected += 1
        } else {
          #expect(change == .overflowed(.consecutive5xx))
        }
      }
    }
    #expect(ejected == allowed)
    #expect(detector.checkInvariants() == nil)
    var generous = self.detector(hosts: hosts) { $0.alwaysEjectOneHost = true }
    #expect(fail(&generous, 0, 5) == [.ejected(.consecutive5xx, for: .seconds(30))])
  }

  @Test func halfOfThreeIsOne() {
    var detector = detector(hosts: 3) { $0.maxEjectionPercent = 50 }
    #expect(fail(&detector, 0, 5).count == 1)
    #expect(fail(&detector, 1, 5) == [.overflowed(.consecutive5xx)])
  }

  /// Envoy's own test of growing and shrinking ejection times, base 10 s.
  @Test func ejectionTimesGrowAndShrink() {
    var detector = detector(hosts: 1) {
      $0.baseEjectionTime = .seconds(10)
      $0.maxEjectionPercent = 100
    }
    var now = Instant.zero
    func ejectAndWait() -> TimeSpan {
      let begun = now
      #expect(fail(&detector, 0, 5, at: now).count == 1)
      while !detector.isActive(NodeID(0)) {
        now += .seconds(1)
        _ = detector.sweep(until: now)
      }
      return now - begun
    }
    #expect(ejectAndWait() == .seconds(10))
    #expect(ejectAndWait() == .seconds(20))
    #expect(ejectAndWait() == .seconds(30))
    now += .seconds(20)
    _ = detector.sweep(until: now)
    #expect(ejectAndWait() == .seconds(20), "two quiet intervals take two off")
    now += .seconds(500)
    _ = detector.sweep(until: now)
    #expect(ejectAndWait() == .seconds(10))
  }

  @Test func ejectionTimesAreCapped() {
    var detector = detector(hosts: 1) { $0.maxEjectionPercent = 100 }
    var spans: [TimeSpan] = []
    var now = Instant.zero
    for _ in 0..<13 {
      for change in fail(&detector, 0, 5, at: now) {
        if case .ejected(_, let span) = change { spans.append(span) }
      }
      while !detector.isActive(NodeID(0)) {
        now = detector.nextSweepAt
        _ = detector.sweep(until: now)
      }
    }
    let expected = [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300]
    #expect(spans == expected.map { TimeSpan.seconds(Int64($0)) })
  }

  /// Sweeps in which nothing can happen are passed over; what happens happens at the same times.
  @Test func idleSweepsAreSkipped() {
    var detector = detector(hosts: 10) { $0.interval = .milliseconds(1) }
    _ = fail(&detector, 0, 5, at: .zero + .microseconds(300))
    let events = detector.sweep(until: .zero + .hours(24))
    #expect(events.map(\.change) == [.returned])
    #expect(events.map(\.at) == [.zero + .milliseconds(30_001)])
    #expect(detector.nextSweepAt == .zero + .hours(24) + .milliseconds(1))
    #expect(detector.hosts[0].multiplier == 0)
  }

  @Test func successRateThresholdVectors() {
    let ours = OutlierDetector.threshold(Array(repeating: 100, count: 9) + [60], factor: 1.9)
    #expect(abs(ours.mean - 96) < 1e-9 && abs(ours.bound - 73.2) < 1e-9)
    let envoys = OutlierDetector.threshold([50, 100, 100, 100, 100], factor: 1.9)
    #expect(abs(envoys.mean - 90) < 1e-9 && abs(envoys.bound - 52) < 1e-9)
  }

  @Test func lowSuccessRateEjectsAtTheSweep() {
    var detector = detector(hosts: 10)
    for host in 0..<10 {
      for call in 0..<100 {
        let isFailure = host == 4 && call % 5 < 2
        _ = detector.record(isFailure ? .serverError : .success, from: NodeID(host), at: .zero)
      }
    }
    #expect(detector.sweep(until: .zero + .seconds(9)).isEmpty)
    let events = detector.sweep(until: .zero + .seconds(10))
    #expect(events.map(\.host) == [NodeID(4)])
    #expect(events.map(\.change) == [.ejected(.successRate, for: .seconds(30))])
  }

  @Test func fewRequestsAreNotCompared() {
    var detector = detector(hosts: 10)
    for host in 0..<10 {
      for call in 0..<99 {
        let isFailure = host == 4 && call % 2 == 0
        _ = detector.record(isFailure ? .serverError : .success, from: NodeID(host), at: .zero)
      }
    }
    #expect(detector.sweep(until: .zero + .seconds(10)).isEmpty)
  }

  @Test func gatewayErrorsAreCountedButNotEnforcedByDefault() {
    var detector = detector(hosts: 10) { $0.consecutive5xx = 1_000 }
    for _ in 0..<50 { _ = detector.record(.gatewayError, from: NodeID(1), at: .zero) }
    #expect(detector.isActive(NodeID(1)))
    var enforcing = self.detector(hosts: 10) {
      $0.consecutive5xx = 1_000
      $0.enforcingConsecutiveGatewayFailure = 100
    }
    for _ in 0..<5 { _ = enforcing.record(.gatewayError, from: NodeID(1), at: .zero) }
    #expect(!enforcing.isActive(NodeID(1)))
  }

  /// Over seeds: the share holds, nobody is back early, and multipliers follow the ejections.
  @Test(arguments: 0..<25)
  func keepsItsPromises(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "outlier")
    let count = 1 + random.below(15)
    var detector = OutlierDetector(
      drawnOptions(&random), hostCount: count, random: RandomStream(seed: seed, name: "own"))
    var backAt = [Instant](repeating: .zero, count: count)
    var now = Instant.zero
    for _ in 0..<4_000 {
      now += .milliseconds(Int64(random.below(200)))
      var events = detector.sweep(until: now)
      let host = random.below(count)
      let isBad = host % 4 == 0 && random.chance(0.8)
      let result: OutlierDetector.Result =
        isBad ? (random.chance(0.5) ? .serverError : .gatewayError) : .success
      if let event = detector.record(result, from: NodeID(host), at: now) { events.append(event) }
      for event in events {
        switch event.change {
        case .ejected(_, let span):
          #expect(span >= detector.options.baseEjectionTime)
          backAt[event.host.index] = event.at + span
        case .returned: #expect(event.at >= backAt[event.host.index])
        case .overflowed, .spared: break
        }
      }
      if let violation = detector.checkInvariants() { Issue.record("\(violation)") }
    }
  }

  private func drawnOptions(_ random: inout RandomStream) -> OutlierDetector.Options {
    var options = OutlierDetector.Options()
    options.maxEjectionPercent = Double(random.below(101))
    options.alwaysEjectOneHost = random.chance(0.5)
    options.interval = .seconds(Int64(1 + random.below(10)))
    options.baseEjectionTime = .seconds(Int64(1 + random.below(20)))
    options.maxEjectionTimeJitter = .seconds(Int64(random.below(5)))
    options.enforcingFailurePercentage = random.chance(0.5) ? 100 : 40
    options.failurePercentageMinimumHosts = 1
    options.failurePercentageThreshold = 50
    options.successRateRequestVolume = 10
    return options
  }
}
