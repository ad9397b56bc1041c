import Kernel
import Testing

@testable import Patterns

@Suite("The strangler fig") struct StranglerRouteTests {
  @Test("A user stays in the canary, and the share is right", arguments: [0.05, 0.3, 0.8])
  func byUser(_ share: Double) {
    var route = StranglerRoute(.init(share: share))
    _ = route.move(to: .canary)
    var random = RandomStream(seed: 1, name: "route")
    var inNew = 0
    for user in 0..<2_000 {
      let systems = Set(
        (0..<5).map { _ in route.route(user: user, isWrite: false, random: &random).system })
      #expect(systems.count == 1)
      if systems.contains(.new) { inNew += 1 }
    }
    #expect(abs(Double(inNew) / 2_000 - share) < 0.03)
  }

  @Test("By request, a user meets both systems")
  func byRequest() {
    var route = StranglerRoute(.init(share: 0.5, unit: .request))
    _ = route.move(to: .canary)
    var random = RandomStream(seed: 1, name: "route")
    let systems = Set(
      (0..<50).map { _ in route.route(user: 1, isWrite: false, random: &random).system })
    #expect(systems.count == 2)
  }

  @Test("In shadow the old system answers and writes are not copied")
  func shadow() {
    for shortcut in [nil, StranglerShortcut.mirrorsWrites] {
      var route = StranglerRoute(.init(shortcut: shortcut))
      _ = route.move(to: .shadow)
      var random = RandomStream(seed: 1, name: "route")
      let read = route.route(user: 1, isWrite: false, random: &random)
      let write = route.route(user: 1, isWrite: true, random: &random)
      #expect(read.system == .legacy && read.isMirrored && write.system == .legacy)
      #expect(write.isMirrored == (shortcut != nil))
    }
  }

  @Test("A route goes back from every stage until its old part is gone")
  func wayBack() {
    for stage in [StranglerRoute.Stage.shadow, .canary, .new] {
      var route = StranglerRoute()
      let forward = route.move(to: stage)
      let back = route.move(to: .legacy)
      #expect(forward && back && route.stage == .legacy)
      let skipped = route.move(to: .retired)
      #expect(!skipped && route.stage == .legacy)
    }
    var route = StranglerRoute()
    let stages: [StranglerRoute.Stage] = [.new, .retired, .retired]
    for stage in stages {
      let isMoved = route.move(to: stage)
      #expect(isMoved)
    }
    for stage in StranglerRoute.Stage.allCases where stage != .retired {
      let isMoved = route.move(to: stage)
      #expect(!isMoved && route.stage == .retired)
    }
  }

  @Test(
    "Noise is what the old system differs from itself in; a bug is what it does not",
    arguments: 1...10)
  func noise(_ seed: Int) {
    var random = RandomStream(seed: UInt64(seed), name: "noise")
    for isMeasured in [true, false] {
      var route = StranglerRoute(.init(measuresNoise: isMeasured))
      var stamp = 0
      func next() -> Int {
        stamp += 1
        return random.chance(0.1) ? stamp : 0
      }
      for user in 0..<2_000 {
        _ = route.compare([7, next()], [user % 50 == 0 ? 8 : 7, next()], again: [7, next()])
      }
      let seen = route.comparison
      #expect(seen.fields[0] == 40 && seen.differing > 300 && seen.compared == 2_000)
      #expect(isMeasured ? seen.differences == 40 : seen.differences > 300)
    }
  }

  @Test(
    "Writes pause while the owner changes, and no write is lost on either way", arguments: 1...30)
  func data(_ seed: Int) {
    var random = RandomStream(seed: UInt64(seed), name: "data")
    var owned = StranglerData()
    var sum = 0
    var now = Instant.zero
    let turns = Set((0..<3).map { _ in random.below(100) })
    for step in 0..<120 {
      now = now + .milliseconds(10)
      if turns.contains(step) { _ = owned.flip(to: owned.owner == .legacy ? .new : .legacy) }
      if !owned.isPaused {
        owned.add(10, to: 1, in: owned.owner, at: now)
        sum += 10
      }
      if random.chance(0.3) { _ = owned.carry(random.below(4)) }
      #expect(owned.value(1, in: owned.owner) == sum || owned.isPaused)
      #expect(owned.lag(at: now) >= .zero && owned.checkInvariants() == nil)
    }
    _ = owned.carry(1_000)
    #expect(owned.value(1, in: .legacy) == sum && owned.value(1, in: .new) == sum)
    #expect(owned.lag(at: now) == .zero && !owned.isPaused)
  }

  @Test("Two owners lose a write, a flip in haste overwrites one, and nothing comes back one way")
  func wrongWays() {
    var both = StranglerData(.both)
    both.add(10, to: 1, in: .legacy, at: .zero)
    both.add(10, to: 1, in: .new, at: .zero)
    _ = both.carry(10)
    #expect(both.value(1, in: .legacy) == 10 && both.value(1, in: .new) == 10)
    var hasty = StranglerData(shortcut: .flipsAtOnce)
    hasty.add(10, to: 1, in: .legacy, at: .zero)
    let isFlipped = hasty.flip(to: .new)
    hasty.add(10, to: 1, in: .new, at: .zero)
    _ = hasty.carry(10)
    #expect(isFlipped && hasty.checkInvariants() != nil && hasty.value(1, in: .new) == 10)
    var oneWay = StranglerData(.forward)
    _ = oneWay.flip(to: .new)
    oneWay.add(10, to: 1, in: .new, at: .zero)
    let isBack = oneWay.flip(to: .legacy)
    #expect(isBack && oneWay.value(1, in: .legacy) == 0)
  }
}
