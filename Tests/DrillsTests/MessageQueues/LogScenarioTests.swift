import Drills
import Kernel
import Simulation
import Testing

@Suite("The log broker under faults")
struct LogScenarioTests {
  private func run(
    _ changes: [(String, String)], seed: UInt64, verbs: [FaultVerb]
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("log-broker")
    var settings = Settings(scenario.knobs)
    for (name, value) in changes { try settings.set(name, value) }
    let brokers = (0..<3).map { NodeID($0) }
    let swarm = SwarmPlan(
      brokers, span: .seconds(24), verbs: verbs, meanGap: .seconds(4),
      stability: .seconds(2)...(.seconds(8)))
    return scenario.run(
      ScenarioRequest(settings: settings, faults: swarm.draw(seed: seed), seed: seed))
  }

  private static let careful = [
    ("acks", "all"), ("min.insync.replicas", "2"), ("request.timeout.ms", "1s"),
    ("broker.session.timeout.ms", "4s"), ("replica.lag.time.max.ms", "3s"),
    ("log.flush", "each"), ("commit", "after"), ("deduplicate", "on"), ("duration", "30s"),
    ("processing", "5ms"),
  ]

  @Test(
    "with acks=all, two in sync and idempotence nothing confirmed is lost or reordered",
    arguments: UInt64(1)...8)
  func careful(seed: UInt64) throws {
    let outcome = try run(Self.careful, seed: seed, verbs: [.crash, .partition, .pause, .drop])
    #expect(outcome.violations.isEmpty)
    #expect(outcome.measurement("lost")?.value == 0)
    #expect(outcome.measurement("duplicates")?.value == 0)
    #expect(outcome.measurement("reordered")?.value == 0)
    #expect(outcome.measurement("confirmed")?.value ?? 0 > 300, "too little happened")
  }

  @Test("the same run is the same to the byte")
  func repeats() throws {
    let once = try run(Self.careful, seed: 3, verbs: [.crash, .partition])
    let again = try run(Self.careful, seed: 3, verbs: [.crash, .partition])
    #expect(once.digest == again.digest)
  }
}
