import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("Event-driven services under faults") struct EventScenarioTests {
  static func run(
    _ changes: KeyValuePairs<String, String> = [:], faults: [String] = [], seed: UInt64 = 1,
    mutant: String? = nil
  ) throws -> Outcome {
    let scenario = EventScenario()
    var settings = Settings(scenario.knobs)
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

  @Test(
    "With nothing wrong every way of publishing keeps every promise",
    arguments: OrderPublishing.allCases)
  func calm(_ mode: OrderPublishing) throws {
    let outcome = try Self.run(["publish": mode.rawValue, "subscribers": "2", "duration": "1m"])
    #expect(outcome.violations.isEmpty)
    #expect(Self.violated(outcome).isEmpty)
    #expect(Self.value(outcome, "drained") == 1)
    #expect(Self.value(outcome, "published") ?? 0 > 200)
  }

  @Test("The same request tells the same story; another seed another one")
  func repeats() throws {
    let faults = ["at 20s crash orders for 5s", "at 40s partition relay-1 | topic for 10s"]
    let first = try Self.run(["duration": "1m"], faults: faults)
    #expect(try Self.run(["duration": "1m"], faults: faults).digest.value == first.digest.value)
    #expect(
      try Self.run(["duration": "1m"], faults: faults, seed: 2).digest.value
        != first.digest.value)
  }

  @Test("A topic out of reach: after the commit events are lost, with an outbox they wait")
  func dualWrite() throws {
    let faults = ["at 30s partition orders | topic for 20s"]
    let lossy = try Self.run(["publish": "after-commit"], faults: faults)
    #expect(Self.violated(lossy).contains(EventFindings.everyRow))
    #expect(Self.violated(lossy).contains(EventFindings.converged))
    let safe = try Self.run(faults: ["at 30s partition relay-1 | topic for 20s"])
    #expect(Self.violated(safe).isEmpty)
  }

  @Test("Published before the commit, a refused change leaves an event without a row")
  func ghosts() throws {
    let changes: KeyValuePairs = ["publish": "before-commit", "refused": "5%"]
    let outcome = try Self.run(changes)
    #expect(Self.violated(outcome).contains(EventFindings.noGhost))
    let safe = try Self.run(["publish": "outbox", "refused": "5%"])
    #expect(Self.violated(safe).isEmpty)
  }

  @Test("A relay that dies before it marks publishes again; an inbox or versions make it one")
  func relayCrash() throws {
    let faults = (0..<8).map { "at \(20 + $0 * 15)s crash relay-1 for 3s" }
    let naive: KeyValuePairs = ["inbox": "off", "versions": "overwrite", "FifoQueue": "off"]
    let twice = try Self.run(naive, faults: faults)
    #expect(Self.violated(twice).contains("no message is applied twice"))
    let once = try Self.run(
      ["inbox": "on", "versions": "overwrite", "FifoQueue": "off"], faults: faults)
    #expect(!Self.violated(once).contains("no message is applied twice"))
  }

  @Test("Two relays that skip each other's locks break the order of an order; by key they do not")
  func twoRelays() throws {
    let changes: KeyValuePairs = [
      "relays": "2", "relay.claim": "skip-locked", "versions": "overwrite", "rate": "60/s",
      "orders": "5", "duration": "1m",
    ]
    let broken = try Self.run(changes)
    #expect(Self.violated(broken).contains("messages of a key are applied in order"))
    let kept = try Self.run([
      "relays": "2", "relay.claim": "by-key", "versions": "overwrite", "rate": "60/s",
      "orders": "5", "duration": "1m",
    ])
    #expect(Self.violated(kept).isEmpty)
  }

  @Test("A renamed field is unreadable to tolerant readers; converters and both names are not")
  func schemas() throws {
    let renamed: KeyValuePairs = ["schema.at": "1m", "schema.change": "rename"]
    let broken = try Self.run(renamed)
    #expect(Self.value(broken, "unreadable") ?? 0 > 0)
    #expect(Self.violated(broken).contains(EventFindings.converged))
    let settings: [KeyValuePairs<String, String>] = [
      ["schema.at": "1m", "schema.change": "rename", "reader": "converting"],
      ["schema.at": "1m", "schema.change": "rename", "schema.both": "on"],
      ["schema.at": "1m", "schema.change": "add-optional"],
      ["schema.at": "1m", "schema.change": "rename", "schema.compatibility": "full"],
    ]
    for (place, changes) in settings.enumerated() {
      let outcome = try Self.run(changes)
      #expect(Self.violated(outcome).isEmpty)
      #expect(Self.value(outcome, "schema_deployed") == (place == 3 ? 0 : 1))
    }
  }

  @Test("What a registry that looks back takes, only consumers that go first can read")
  func readersFirst() throws {
    let drop: KeyValuePairs = [
      "schema.at": "1m", "schema.change": "drop", "schema.compatibility": "backward",
    ]
    let broken = try Self.run(drop)
    #expect(Self.value(broken, "schema_deployed") == 1)
    #expect(Self.value(broken, "unreadable") ?? 0 > 0)
    let right = try Self.run([
      "schema.at": "1m", "schema.change": "drop", "schema.compatibility": "backward",
      "schema.readers": "first",
    ])
    #expect(Self.violated(right).isEmpty && Self.value(right, "unreadable") == 0)
    #expect(throws: Diagnostic.self) {
      _ = try Self.run(["schema.change": "drop", "schema.both": "on"])
    }
  }

  @Test(
    "Every mutant is caught where it says, and the healthy mechanism is not",
    arguments: EventMutant.allCases)
  func mutants(_ item: EventMutant) throws {
    let mutant = item.mutant
    let scenario = EventScenario()
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
    "Whatever goes wrong, outbox, relays by key, inbox and parking keep every promise",
    arguments: 1...12 as ClosedRange<UInt64>)
  func swarm(seed: UInt64) throws {
    let scenario = EventScenario()
    var settings = Settings(scenario.knobs)
    var random = RandomStream(seed: seed, name: "settings")
    try settings.set("duration", "1m")
    try settings.set("relays", "\(1 + random.below(3))")
    try settings.set("subscribers", "\(1 + random.below(2))")
    try settings.set("FifoQueue", random.chance(0.5) ? "on" : "off")
    try settings.set("versions", random.chance(0.5) ? "park" : "fetch")
    try settings.set("refused", random.chance(0.5) ? "10%" : "0%")
    try settings.set("maxReceiveCount", "0")
    let nodes = scenario.roster(settings).nodes
    let plan = FaultPlan(
      SwarmPlan(nodes, span: .minutes(1)).draw(seed: seed).faults.filter { fault in
        // Disks that lie lose what was promised, whatever the design.
        if case .lose = fault.fault { false } else { true }
      })
    let outcome = scenario.run(
      ScenarioRequest(settings: settings, faults: plan, seed: seed))
    #expect(outcome.violations.isEmpty)
    #expect(Self.violated(outcome).isEmpty)
  }
}
