import Kernel
import Testing

@testable import Patterns

@Suite("The strangler fig") struct StranglerRouteTests {
  @Test("A user stays in the canary, and the share is right", arguments: [0.05, 0.3, 0.8])
  func byUser(_ share: Double) {
    var route = StranglerRoute(.init(share: share))
    route.move(to: .canary)
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
    route.move(to: .canary)
    var random = RandomStream(seed: 1, name: "route")
    let systems = Set(
      (0..<50).map { _ in route.route(user: 1, isWrite: false, random: &random).system })
    #expect(systems.count == 2)
  }

  @Test("In shadow the old system answers and writes are not copied")
  func shadow() {
    for shortcut in [nil, StranglerShortcut.mirrorsWrites] {
      var route = StranglerRoute(.init(shortcut: shortcut))
      route.move(to: .shadow)
      var random = RandomStream(seed: 1, name: "route")
      let read = route.route(user: 1, isWrite: false, random: &random)
      let write = route.route(user: 1, isWrite: true, random: &random)
      #expect(read.system == .legacy && read.isMirrored && write.system == .legacy)
      #expect(write.isMirrored == (shortcut != nil))
    }
  }

  @Test("One owner and one direction end alike; two owners lose a write", arguments: 1...10)
  func data(_ seed: Int) {
    var random = RandomStream(seed: UInt64(seed), name: "data")
    var owned = StranglerData()
    var sum = 0
    for step in 0..<100 {
      let owner: StranglerRoute.System = step < 50 ? .legacy : .new
      if step == 50 { owned.carry(1_000) }
      owned.add(10, to: 1, in: owner, isSent: true)
      sum += 10
      if random.chance(0.3) { owned.carry(random.below(4)) }
    }
    owned.carry(1_000)
    #expect(owned.value(1, in: .legacy) == sum && owned.value(1, in: .new) == sum)
    var both = StranglerData()
    both.add(10, to: 1, in: .legacy, isSent: true)
    both.add(10, to: 1, in: .new, isSent: true)
    both.carry(10)
    #expect(both.value(1, in: .legacy) == 10 && both.value(1, in: .new) == 10)
  }
}
