import Drills
import Kernel
import Simulation
import Testing

@Suite("The log broker's transactions under faults") struct LogTransactionTests {
  private static let careful = [
    ("transform", "on"), ("transactional.id", "on"), ("isolation.level", "read_committed"),
    ("min.insync.replicas", "2"), ("request.timeout.ms", "1s"), ("log.flush", "each"),
    ("broker.session.timeout.ms", "4s"), ("replica.lag.time.max.ms", "3s"),
    ("session.timeout.ms", "4s"), ("transaction.timeout.ms", "6s"), ("duration", "30s"),
    ("processing", "20ms"), ("rate", "15"), ("partitions", "3"),
  ]

  private func run(
    _ changes: [(String, String)], seed: UInt64, faults: FaultPlan? = nil
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("log-broker")
    var settings = Settings(scenario.knobs)
    for (name, value) in changes { try settings.set(name, value) }
    let nodes = scenario.roster(settings).nodes
    // Producers live on: what they had not sent when they die nobody was promised.
    let victims = nodes.filter { ![5, 6].contains($0.index) }
    let swarm = SwarmPlan(
      victims, span: .seconds(24), verbs: [.crash, .pause, .partition, .drop],
      meanGap: .seconds(4), stability: .seconds(2)...(.seconds(8)), keepsQuorum: false)
    return scenario.run(
      ScenarioRequest(
        settings: settings, faults: faults ?? swarm.draw(seed: seed), seed: seed))
  }

  @Test(
    "what is consumed, transformed and produced takes effect once, whoever dies",
    arguments: UInt64(1)...12)
  func once(seed: UInt64) throws {
    let outcome = try run(Self.careful, seed: seed)
    #expect(outcome.violations.isEmpty)
    #expect(outcome.measurement("duplicates")?.value == 0)
    #expect(outcome.measurement("lost")?.value == 0)
    #expect(outcome.measurement("reordered")?.value == 0)
    #expect(outcome.measurement("confirmed")?.value ?? 0 > 100, "too little happened")
  }

  @Test("a coordinator that crashes carries out what it has decided", arguments: UInt64(1)...3)
  func coordinatorCrash(seed: UInt64) throws {
    let scenario = try TopicRegistry.scenario("log-broker")
    var settings = Settings(scenario.knobs)
    for (name, value) in Self.careful { try settings.set(name, value) }
    var plan: [TimedFault] = []
    for second in stride(from: 8, to: 28, by: 4) {
      plan.append(
        try TimedFault.parse(
          "at \(second)s crash transactions for 1s", roster: scenario.roster(settings),
          now: .zero))
    }
    let outcome = try run(Self.careful, seed: seed, faults: FaultPlan(plan))
    #expect(outcome.measurement("duplicates")?.value == 0)
    #expect(outcome.measurement("lost")?.value == 0)
    #expect(outcome.measurement("drained")?.value == 1)
  }
}
