import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("SNS and SQS under faults") struct SQSScenarioTests {
  static func run(
    _ changes: KeyValuePairs<String, String> = [:], faults: [String] = [], seed: UInt64 = 1,
    mutant: String? = nil
  ) throws -> Outcome {
    let scenario = SQSScenario()
    var settings = Settings(scenario.knobs)
    try settings.set("duration", "4m")
    try settings.set("settle", "4m")
    for (name, text) in changes { try settings.set(name, text) }
    try scenario.validate(settings)
    let roster = scenario.roster(settings)
    let plan = FaultPlan(try faults.map { try TimedFault.parse($0, roster: roster) })
    return scenario.run(
      ScenarioRequest(settings: settings, faults: plan, seed: seed, mutant: mutant))
  }

  static func value(_ outcome: Outcome, _ name: String) -> Double? {
    outcome.measurement(name)?.value
  }

  static func violated(_ outcome: Outcome) -> [String] {
    outcome.findings.filter(\.isViolated).map(\.guarantee)
  }

  @Test("With nothing wrong everything arrives once and in time", arguments: [false, true])
  func calm(isFifo: Bool) throws {
    let outcome = try Self.run(["FifoQueue": isFifo ? "on" : "off", "queues": "2"])
    #expect(outcome.violations.isEmpty)
    #expect(Self.violated(outcome).isEmpty || !isFifo)
    #expect(Self.value(outcome, "drained") == 1)
    #expect(Self.value(outcome, "duplicates") == 0)
    #expect(Self.value(outcome, "receives_per_message") == 1)
    let p99 = try #require(Self.value(outcome, "latency_p99"))
    #expect(p99 < 10)
  }

  @Test("The same request tells the same story; another seed another one")
  func repeats() throws {
    let faults = ["at 1m crash worker-1 for 30s", "at 2m drop 20% producer-1 -> topic for 1m"]
    let first = try Self.run(faults: faults)
    #expect(try Self.run(faults: faults).digest.value == first.digest.value)
    #expect(try Self.run(faults: faults, seed: 2).digest.value != first.digest.value)
  }

  @Test("Work that outlasts the lease is done again, and good messages end as dead letters")
  func leaseTooShort() throws {
    let changes: KeyValuePairs = [
      "work.p50": "40s", "work.p99": "60s", "rate": "0.2/s", "workers": "20",
      "maxReceiveCount": "3", "VisibilityTimeout": "30s",
    ]
    let outcome = try Self.run(changes)
    #expect(Self.violated(outcome).contains("no message is applied twice"))
    #expect(Self.violated(outcome).contains(SQSFindings.onlyPoison))
    let receives = try #require(Self.value(outcome, "receives_per_message"))
    #expect(receives > 1.5)
  }

  @Test("A worker that dies gives its message back, and nothing is lost")
  func crash() throws {
    let outcome = try Self.run(
      ["work.p50": "2s", "work.p99": "5s"], faults: ["at 1m crash worker-1 for 1m"])
    #expect(Self.value(outcome, "lost") == 0)
    #expect(outcome.violations.isEmpty)
    let before = try Self.run(
      ["work.p50": "2s", "work.p99": "5s", "worker.deletes": "before", "rate": "3/s"],
      faults: ["at 1m crash worker-1 for 1m"])
    #expect(Self.violated(before).contains("no confirmed message is lost"))
  }

  @Test(
    "Every mutant is caught where it says, and the healthy mechanism is not",
    arguments: SQSMutant.allCases)
  func mutants(_ item: SQSMutant) throws {
    let mutant = item.mutant
    let scenario = SQSScenario()
    var settings = Settings(scenario.knobs)
    for change in mutant.settings { try settings.set(change.name, change.text) }
    let roster = scenario.roster(settings)
    let plan = FaultPlan(try mutant.faults.map { try TimedFault.parse($0, roster: roster) })
    for seed in 1...1 as ClosedRange<UInt64> {
      for id in [nil, mutant.id] {
        let outcome = scenario.run(
          ScenarioRequest(settings: settings, faults: plan, seed: seed, mutant: id))
        let isCaught =
          switch mutant.caughtBy {
          case .finding(let name): Self.violated(outcome).contains(name)
          case .invariant(let name): outcome.violations.contains { $0.name == name }
          case .objective: false
          }
        #expect(isCaught == (id != nil), "seed \(seed), \(id ?? "healthy")")
      }
    }
  }

  @Test(
    "Whatever goes wrong, the queues keep their invariants, and the books of deliveries add up",
    arguments: 1...12 as ClosedRange<UInt64>)
  func swarm(seed: UInt64) throws {
    let scenario = SQSScenario()
    var settings = Settings(scenario.knobs)
    var random = RandomStream(seed: seed, name: "settings")
    try settings.set("duration", "1m")
    try settings.set("settle", "2m")
    try settings.set("FifoQueue", random.chance(0.5) ? "on" : "off")
    try settings.set("maxReceiveCount", "\(random.below(4))")
    try settings.set("VisibilityTimeout", "\(1 + random.below(20))s")
    try settings.set("MaxNumberOfMessages", "\(1 + random.below(10))")
    try settings.set("ReceiveMessageWaitTimeSeconds", "\(random.below(21))s")
    try settings.set("queues", "\(1 + random.below(2))")
    try settings.set("worker.heartbeat", "\(random.below(5))s")
    try settings.set("poison.every", random.chance(0.5) ? "20" : "0")
    let nodes = scenario.roster(settings).nodes
    let plan = SwarmPlan(nodes, span: .minutes(1)).draw(seed: seed)
    let outcome = scenario.run(
      ScenarioRequest(settings: settings, faults: plan, seed: seed))
    #expect(outcome.violations.isEmpty)
    let published = try #require(Self.value(outcome, "published"))
    let confirmed = try #require(Self.value(outcome, "confirmed"))
    #expect(published >= confirmed && confirmed > 0)
  }
}
