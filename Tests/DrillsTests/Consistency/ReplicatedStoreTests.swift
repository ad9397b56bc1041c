import Drills
import Kernel
import Simulation
import Testing

@Suite("Replicated stores under faults")
struct ReplicatedStoreTests {
  private func run(
    _ changes: [(String, String)], seed: UInt64, verbs: [FaultVerb] = [.crash, .partition, .pause]
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("replicated-store")
    var settings = Settings(scenario.knobs)
    for (name, value) in changes + [("duration", "25s"), ("think", "60ms")] {
      try settings.set(name, value)
    }
    let replicas = (0..<3).map { NodeID($0) }
    let swarm = SwarmPlan(
      replicas, span: .seconds(24), verbs: verbs, meanGap: .seconds(4),
      stability: .seconds(2)...(.seconds(6)))
    return scenario.run(
      ScenarioRequest(settings: settings, faults: swarm.draw(seed: seed), seed: seed))
  }

  private func verdict(_ name: String, _ outcome: Outcome) -> Finding.Verdict? {
    outcome.findings.first { $0.guarantee == name }?.verdict
  }

  @Test(
    "Raft with ReadIndex or reads through the log is linearizable and converges",
    arguments: ["read-index", "log"], UInt64(1)...6)
  func raft(reads: String, seed: UInt64) throws {
    let outcome = try run(
      [("store", "raft"), ("raft.reads", reads)], seed: seed,
      verbs: [.crash, .partition, .pause, .drop, .skew, .drift])
    #expect(outcome.violations.isEmpty)
    #expect(verdict("linearizable", outcome) == .holds)
    #expect(verdict("no acknowledged write is lost", outcome) == .holds)
    #expect(verdict("replicas converge", outcome) == .holds)
    #expect(outcome.measurement("operations")?.value ?? 0 > 200, "too little happened")
  }

  @Test(
    "a synchronous primary with a lease loses nothing and serves nothing stale",
    arguments: UInt64(1)...8)
  func fenced(seed: UInt64) throws {
    let outcome = try run(
      [("replication", "synchronous"), ("fencing", "lease")], seed: seed,
      verbs: [.crash, .partition, .drop])
    #expect(outcome.violations.isEmpty)
    #expect(verdict("linearizable", outcome) == .holds)
    #expect(verdict("no acknowledged write is lost", outcome) == .holds)
  }

  @Test(
    "sessions have what they hope for when they carry their version", arguments: UInt64(1)...4)
  func sessions(seed: UInt64) throws {
    let outcome = try run(
      [("store", "raft"), ("raft.reads", "local"), ("read.from", "any"), ("session", "on")],
      seed: seed)
    for name in ["read your writes", "monotonic reads", "monotonic writes", "writes follow reads"] {
      #expect(verdict(name, outcome) == .holds, "\(name)")
    }
  }

  @Test("one copy is linearizable, and increments that cannot be torn are kept")
  func counter() throws {
    for increment in ["compare-and-set", "add"] {
      let outcome = try run(
        [("store", "single"), ("workload", "counter"), ("increment", increment)], seed: 2)
      #expect(verdict("linearizable", outcome) == .holds)
      #expect(outcome.measurement("lost_increments")?.value == 0)
    }
  }
}
