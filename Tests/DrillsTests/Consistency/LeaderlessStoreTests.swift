import Drills
import Kernel
import Simulation
import Testing

@Suite("Stores without a primary under faults")
struct LeaderlessStoreTests {
  private func run(
    _ changes: [(String, String)], seed: UInt64, faults lines: [String] = [],
    verbs: [FaultVerb] = []
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("replicated-store")
    var settings = Settings(scenario.knobs)
    for (name, value) in changes + [("duration", "25s"), ("think", "60ms")] {
      try settings.set(name, value)
    }
    let roster = scenario.roster(settings)
    var plan = FaultPlan(try lines.map { try TimedFault.parse($0, roster: roster) })
    if !verbs.isEmpty {
      let swarm = SwarmPlan(
        (0..<3).map { NodeID($0) }, span: .seconds(24), verbs: verbs, meanGap: .seconds(4),
        stability: .seconds(2)...(.seconds(6)))
      plan = swarm.draw(seed: seed)
    }
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  private func verdict(_ name: String, _ outcome: Outcome) -> Finding.Verdict? {
    outcome.findings.first { $0.guarantee == name }?.verdict
  }

  @Test(
    "strict majorities that repair before they answer are linearizable while clocks agree",
    arguments: UInt64(1)...6)
  func quorums(seed: UInt64) throws {
    let outcome = try run(
      [("store", "quorum")], seed: seed, verbs: [.crash, .partition, .pause, .drop])
    #expect(outcome.violations.isEmpty)
    #expect(verdict("linearizable", outcome) == .holds)
    #expect(verdict("no acknowledged write is lost", outcome) == .holds)
    #expect(outcome.measurement("operations")?.value ?? 0 > 200, "too little happened")
  }

  @Test("a clock that is ahead makes acknowledged writes lose", arguments: UInt64(1)...3)
  func skew(seed: UInt64) throws {
    let outcome = try run(
      [("store", "quorum")], seed: seed, faults: ["at 8s skew c1 by 5s for 10s"])
    #expect(outcome.measurement("lost_writes")?.value ?? 0 > 0)
  }

  @Test(
    "replicated counters lose nothing over a partition, and take additions on both sides",
    arguments: ["state", "delta"], UInt64(1)...3)
  func counters(gossip: String, seed: UInt64) throws {
    let outcome = try run(
      [("store", "crdt"), ("workload", "counter"), ("increment", "add"), ("gossip", gossip)],
      seed: seed, faults: ["at 8s partition n1,c1,c4 | n2,n3,c2,c3,c5,c6 for 10s"])
    #expect(outcome.measurement("lost_increments")?.value == 0)
    #expect(outcome.measurement("availability")?.value == 1)
    #expect(verdict("no increment is counted twice", outcome) == .holds)
    #expect(verdict("replicas converge", outcome) == .holds)
  }
}
