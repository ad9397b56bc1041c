import Kernel
import Simulation
import Testing

@Suite struct SimulationTests {
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
    var simulation = Simulation(Lamps())
    simulation.queue.schedule(.light(0), at: .zero)
    let end = simulation.run(until: Instant.zero + .seconds(5))
    #expect(end == .reachedLimit)
    #expect(simulation.world.lit.map(\.lamp) == [0, 1, 0, 1, 0])
    #expect(simulation.world.lit.map(\.at.seconds) == [0, 2, 2, 4, 4])
    #expect(simulation.now.seconds == 5)
    #expect(simulation.eventCount == 5)
    #expect(simulation.run(until: Instant.zero + .seconds(6)) == .reachedLimit)
    #expect(simulation.world.lit.count == 7)
  }

  @Test func stopsWhenTheBudgetIsSpent() {
    var simulation = Simulation(Lamps())
    simulation.queue.schedule(.light(0), at: .zero)
    #expect(simulation.run(budget: 1_000) == .spentBudget)
    #expect(simulation.world.lit.count == 1_000)
    #expect(simulation.now.seconds == 1_000)
  }

  @Test func aDryWorldStillReachesTheLimit() {
    var simulation = Simulation(Lamps())
    #expect(simulation.run(until: Instant.zero + .hours(1)) == .ranDry)
    #expect(simulation.now == Instant.zero + .hours(1))
    let didStep = simulation.step()
    #expect(!didStep)
  }

  @Test func aBudgetThatJustSufficesIsNotSpent() {
    var simulation = Simulation(Lamps())
    simulation.queue.schedule(.light(0), at: .zero)
    #expect(simulation.run(until: .zero + .seconds(2), budget: 3) == .reachedLimit)
  }
}
