import Kernel
import Simulation
import Testing

@Suite struct UniverseTests {
  /// Two lamps that light each other for ever, and note when.
  struct Lamps: World {
    enum Event: Sendable { case light(Int) }

    var lit: [(lamp: Int, at: Instant)] = []

    mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
      switch event {
      case .light(let lamp):
        lit.append((lamp, now))
        queue.schedule(.light(1 - lamp), after: .seconds(lamp == 0 ? 2 : 0))
      }
    }
  }

  @Test func runsUpToTheLimitAndStandsThere() {
    var universe = Universe(Lamps())
    universe.queue.schedule(.light(0), at: .zero)
    let end = universe.run(until: Instant.zero + .seconds(5))
    #expect(end == .reachedLimit)
    #expect(universe.world.lit.map(\.lamp) == [0, 1, 0, 1, 0])
    #expect(universe.world.lit.map(\.at.seconds) == [0, 2, 2, 4, 4])
    #expect(universe.now.seconds == 5)
    #expect(universe.eventCount == 5)
    #expect(universe.run(until: Instant.zero + .seconds(6)) == .reachedLimit)
    #expect(universe.world.lit.count == 7)
  }

  @Test func stopsWhenTheBudgetIsSpent() {
    var universe = Universe(Lamps())
    universe.queue.schedule(.light(0), at: .zero)
    #expect(universe.run(budget: 1_000) == .spentBudget)
    #expect(universe.world.lit.count == 1_000)
    #expect(universe.now.seconds == 1_000)
  }

  @Test func aDryWorldStillReachesTheLimit() {
    var universe = Universe(Lamps())
    #expect(universe.run(until: Instant.zero + .hours(1)) == .ranDry)
    #expect(universe.now == Instant.zero + .hours(1))
    let didStep = universe.step()
    #expect(!didStep)
  }

  @Test func aBudgetThatJustSufficesIsNotSpent() {
    var universe = Universe(Lamps())
    universe.queue.schedule(.light(0), at: .zero)
    #expect(universe.run(until: .zero + .seconds(2), budget: 3) == .reachedLimit)
  }
}
