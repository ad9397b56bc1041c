import Kernel
import Patterns
import Testing

@Suite struct PhiAccrualTests {
  /// Akka's own test: mean 1000 ms, deviation 100 ms, tolerance 0.1.
  @Test(arguments: [
    (0.0, 0.0), (0.5, 0.1), (1.0, 0.3), (1.2, 1.6), (1.4, 4.7), (1.6, 10.8), (1.7, 15.3),
  ])
  func akkaVectors(silence: Double, phi: Double) {
    let found = PhiAccrualDetector.phi(silence, mean: 1, deviation: 0.1)
    #expect(abs(found - phi) <= 0.1, "\(found)")
  }

  @Test func cassandraConvictsAfterLogTenTimesEight() {
    var detector = PhiAccrualDetector(model: .exponential, firstEstimate: .seconds(1))
    for second in 0..<50 { detector.heard(at: .zero + .seconds(Int64(second))) }
    let last = Instant.zero + .seconds(49)
    #expect(detector.phi(at: last + .milliseconds(18_300)) < 8)
    #expect(detector.phi(at: last + .milliseconds(18_500)) > 8)
  }

  @Test(arguments: UInt64(1)...20) func suspicionRisesWithSilence(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "gaps")
    var detector = PhiAccrualDetector(acceptablePause: .zero)
    var at = Instant.zero
    for _ in 0..<300 {
      at += TimeSpan(seconds: random.uniform(0.2, 2))
      detector.heard(at: at)
    }
    var before = -1.0
    for step in 0..<200 {
      let phi = detector.phi(at: at + .milliseconds(100) * step)
      #expect(phi >= before && phi.isFinite)
      before = phi
    }
  }
}

@Suite struct HealthCheckerTests {
  /// The state against one that looks back over all results.
  @Test(arguments: UInt64(1)...30) func followsTheNaiveModel(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "checks")
    let (rise, fall) = (1 + random.below(4), 1 + random.below(4))
    var checker = HealthChecker(rise: rise, fall: fall)
    var results: [Bool] = []
    var isUp = true
    for _ in 0..<500 {
      let isGood = random.chance(0.5)
      results.append(isGood)
      checker.record(isGood)
      let need = isUp ? fall : rise
      if results.count >= need, results.suffix(need).allSatisfy({ $0 != isUp }) {
        isUp.toggle()
        results = []
      }
      #expect(checker.isUp == isUp)
      #expect(checker.checkInvariants() == nil)
    }
  }
}

@Suite struct FencedResourceTests {
  @Test func theOldLeaderIsRefused() {
    var resource = FencedResource(isFenced: true)
    let taken = [(1, 33), (2, 34), (3, 33)].map { resource.write($0.0, token: $0.1) }
    #expect(taken == [true, true, false])
    #expect(resource.writes.map(\.request) == [1, 2])
    var open = FencedResource(isFenced: false)
    _ = open.write(1, token: 34)
    _ = open.write(2, token: 33)
    #expect(open.staleWrites == 1)
  }

  @Test(arguments: UInt64(1)...20) func appliedTokensNeverFall(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "tokens")
    var resource = FencedResource(isFenced: true)
    for request in 0..<400 { _ = resource.write(request, token: random.below(50)) }
    let tokens = resource.writes.map(\.token)
    #expect(tokens == tokens.sorted())
    #expect(resource.checkInvariants() == nil)
    #expect(resource.refusals == 400 - tokens.count)
  }
}

@Suite struct RestartPolicyTests {
  private func waits(_ policy: RestartPolicy, _ count: Int, life: TimeSpan) -> [Double?] {
    var history = RestartHistory(startedAt: .zero)
    var at = Instant.zero
    var waits: [Double?] = []
    for _ in 0..<count {
      let died = at + life
      guard let next = history.died(at: died, policy) else {
        waits.append(nil)
        break
      }
      waits.append((next - died).seconds)
      at = next
    }
    return waits
  }

  @Test func kubernetesDoublesToFiveMinutesAndForgets() {
    #expect(
      waits(RestartPolicy(), 9, life: .seconds(1)) == [0, 10, 20, 40, 80, 160, 300, 300, 300])
    #expect(waits(RestartPolicy(), 3, life: .minutes(10)) == [0, 0, 0])
  }

  @Test func systemdGivesUpAfterFiveStarts() {
    let policy = RestartPolicy(
      base: .milliseconds(100), grows: false, waitsFirst: true, burst: 5, interval: .seconds(10))
    #expect(waits(policy, 9, life: .seconds(1)) == [0.1, 0.1, 0.1, 0.1, nil])
    #expect(!waits(policy, 50, life: .seconds(3)).contains(nil))
  }
}

@Suite struct LeaseElectorTests {
  /// Two candidates at one record, their ticks and answers in any order and late: never two at once.
  @Test(arguments: UInt64(1)...60) func neverTwoLead(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "lease")
    var record = LeaseRecord()
    let options = LeaseOptions()
    var electors = (0..<3).map { LeaseElector(NodeID($0), options: options, at: .zero) }
    var answers: [(elector: Int, at: Instant, asked: Instant, record: LeaseRecord)] = []
    var now = Instant.zero
    for step in 0..<4_000 {
      now += .milliseconds(Int64(50 + random.below(300)))
      let chosen = random.below(3)
      // A candidate may stand still for a while: it just is not chosen.
      if (step / 200) % 4 == chosen { continue }
      var changes: [LeaseElector.Change] = []
      for answer in answers where answer.at <= now {
        electors[answer.elector].saw(answer.record, askedAt: answer.asked, at: now, &changes)
      }
      answers.removeAll { $0.at <= now }
      for action in electors[chosen].tick(position: 0, at: now, &changes) {
        if case .write(let command) = action { record.apply(command, at: step) }
        if random.chance(0.8) {
          let late = now + .milliseconds(Int64(random.below(2_000)))
          answers.append((chosen, late, now, record))
        }
      }
      #expect(electors.count { $0.leads(at: now) } <= 1)
    }
    #expect(record.token >= 1)
  }
}

@Suite struct AvailabilityModelTests {
  @Test func formulas() {
    #expect(abs(AvailabilityModel.atLeast(5, of: 5, each: 0.999) - 0.99501) < 1e-5)
    #expect(abs(AvailabilityModel.atLeast(1, of: 2, each: 0.99) - 0.9999) < 1e-9)
    #expect(abs(AvailabilityModel.atLeast(1, of: 3, each: 0.99) - 0.999999) < 1e-9)
    #expect(abs(AvailabilityModel.atLeast(2, of: 3, each: 0.99) - 0.999702) < 1e-9)
    #expect(abs(AvailabilityModel.atLeast(3, of: 5, each: 0.99) - 0.99999015) < 1e-8)
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 2), (4, 4)])
  func theRunAgreesWithTheFormula(parts: Int, needed: Int) {
    let model = AvailabilityModel(
      parts: parts, needed: needed, meanUp: .hours(9), meanDown: .hours(1))
    var random = RandomStream(seed: 5, name: "uptime")
    let measured = model.run(for: .hours(600_000), &random).availability
    #expect(abs(measured - model.computed) < 0.003, "\(measured) \(model.computed)")
  }
}
