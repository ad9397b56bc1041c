import Kernel
import Patterns
import Testing

@Suite struct RedundantSetTests {
  private typealias Decision = RedundantSet.Decision

  private func check(
    _ set: inout RedundantSet, _ replica: Int, _ results: [Bool], at now: Instant = .zero
  ) -> [Decision] {
    results.flatMap { set.checked(replica, isGood: $0, at: now) }
  }

  @Test func theLowestSpareTakesOverAfterSoManyBadChecks() {
    var set = RedundantSet(
      RedundantSetOptions(replicas: 3, fall: 3, rise: 2, switchTime: .seconds(60)))
    let now = Instant.zero + .seconds(30)
    let early = check(&set, 0, [false, false, true, false, false], at: now)
    #expect(early.isEmpty)
    let found = set.checked(0, isGood: false, at: now)
    #expect(found == [.repair(0), .takesOver(1, readyAt: now + .seconds(60))])
    #expect(set.places.map(\.holder) == [1])
    // It comes back and stands by: nothing goes back to it.
    let back = check(&set, 0, [true, true])
    #expect(back == [.returns(0)])
    #expect(set.places.map(\.holder) == [1] && !set.hasWork(0))
  }

  @Test func aSpareThatNobodyChecksIsFoundDeadWhenItIsNeeded() {
    var set = RedundantSet(
      RedundantSetOptions(replicas: 3, fall: 2, switchTime: .zero, checksSpares: false))
    #expect(!set.checks(1))
    let unseen = check(&set, 1, [false, false, false])
    #expect(unseen.isEmpty && set.believesUp(1))
    let first = check(&set, 0, [false, false])
    #expect(first == [.repair(0), .takesOver(1, readyAt: .zero)])
    #expect(set.checks(1))
    let second = check(&set, 1, [false, false])
    #expect(second == [.repair(1), .takesOver(2, readyAt: .zero)])
    // Both are looked after until they answer again.
    #expect(set.checks(0) && set.checks(1))
  }

  @Test func anEmptyPlaceGoesToTheFirstThatComesBack() {
    var set = RedundantSet(RedundantSetOptions(replicas: 2, needed: 2, rise: 1))
    let lost = check(&set, 0, [false, false, false])
    #expect(lost == [.repair(0)])
    #expect(set.places.map(\.holder) == [nil, 1])
    let now = Instant.zero + .hours(4)
    let back = set.checked(0, isGood: true, at: now)
    #expect(back == [.returns(0), .takesOver(0, readyAt: now + .seconds(60))])
  }

  @Test func zonesAreFilledEvenly() {
    for replicas in 1...8 {
      for zones in 1...4 {
        let set = RedundantSet(RedundantSetOptions(replicas: replicas, zones: zones))
        #expect(set.checkInvariants() == nil)
        let together = RedundantSet(
          RedundantSetOptions(replicas: replicas, zones: zones, shortcut: .placesTogether))
        let isSpread = replicas > 1 && zones > 1
        #expect((together.checkInvariants() != nil) == isSpread)
      }
    }
  }

  /// Whatever checks say, no replica has two places and none stands idle beside a free one.
  @Test(arguments: UInt64(1)...40) func placesAreHeldWhateverChecksSay(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "checks")
    let replicas = 1 + random.below(6)
    let options = RedundantSetOptions(
      replicas: replicas, needed: 1 + random.below(replicas), zones: 1 + random.below(3),
      fall: 1 + random.below(3), rise: 1 + random.below(3), checksSpares: random.chance(0.5))
    var set = RedundantSet(options)
    for step in 0..<600 {
      let replica = random.below(replicas)
      let isGood = random.chance(0.6)
      let before = set
      let decisions = set.checked(replica, isGood: isGood, at: .zero + .seconds(Int64(step)))
      #expect(set.checkInvariants() == nil)
      #expect(set.places.count == options.needed)
      if before.isSettled(replica, isUp: isGood) {
        #expect(set == before && decisions.isEmpty, "a settled replica changes nothing")
      }
      for decision in decisions {
        if case .takesOver(let spare, _) = decision { #expect(set.believesUp(spare)) }
      }
    }
  }
}

@Suite struct SharedFailureModelTests {
  private func model(
    _ replicas: Int, _ zones: Int, zone: Double = 0, release: Double = 0,
    detection: TimeSpan = .zero, switchTime: TimeSpan = .zero
  ) -> Double {
    let parts = AvailabilityModel(
      parts: replicas, meanUp: .hours(99), meanDown: .hours(1), switchTime: switchTime)
    return SharedFailureModel(
      parts, zones: zones, zoneShare: zone, releaseShare: release, detection: detection
    ).computed
  }

  @Test(arguments: 1...5, 1...3) func withoutSharingItIsTheTextbook(replicas: Int, zones: Int) {
    let zones = min(zones, replicas)
    let paper = AvailabilityModel(parts: replicas, meanUp: .hours(99), meanDown: .hours(1))
    #expect(abs(model(replicas, zones) - paper.computed) < 1e-12)
  }

  @Test func whatIsSharedIsNotImprovedByCopies() {
    // A tenth of the failures, one in 990 h of one hour each, takes the only zone: 0.1 %.
    let two = model(2, 1, zone: 0.1)
    let eight = model(8, 1, zone: 0.1)
    #expect(abs(eight - 990.0 / 991.0) < 1e-6)
    #expect(two < eight && eight < 0.9990)
    #expect(model(2, 2, zone: 0.1) > 0.9998)
    #expect(abs(model(2, 2, release: 0.1) - model(2, 1, zone: 0.1)) < 1e-12)
  }

  @Test func aSwitchCostsItsTimeOnceAFailure() {
    let none = model(2, 1)
    let some = model(2, 1, switchTime: .minutes(1))
    #expect(abs(none - some - 1.0 / 60 / 99) < 1e-9)
    // Without a spare there is nobody to switch to.
    #expect(model(1, 1, switchTime: .minutes(1)) == model(1, 1))
  }
}

@Suite struct ServiceDependencyTests {
  @Test func fiveOfThreeNines() {
    let hard = ServiceDependency(availability: 0.999, meanDown: .hours(1))
    #expect(hard.computed == 0.999)
    #expect(abs(hard.meanUpSeconds - 999 * 3_600) < 1e-3)
    let all = ServiceDependency.series(Array(repeating: hard.computed, count: 5))
    #expect(abs(all - 0.995_009_99) < 1e-8)
  }

  @Test func aBridgeHelpsAgainstShortOutagesOnly() {
    func computed(_ bridge: TimeSpan) -> Double {
      ServiceDependency(availability: 0.999, meanDown: .hours(1), bridge: bridge).computed
    }
    // e^-1, e^-4 of the downtime are left.
    #expect(abs(1 - computed(.hours(1)) - 0.000_367_879) < 1e-9)
    #expect(abs(1 - computed(.hours(4)) - 0.000_018_316) < 1e-9)
  }
}
