import Kernel
import Patterns
import Simulation
import Testing

@testable import Drills

@Suite("Transactions over several services under faults") struct CommerceScenarioTests {
  static func run(
    _ changes: KeyValuePairs<String, String> = [:], faults: [String] = [], seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = CommerceScenario()
    var settings = Settings(scenario.knobs)
    for (name, text) in changes { try settings.set(name, text) }
    try scenario.validate(settings)
    let plan = FaultPlan(
      try faults.map { try TimedFault.parse($0, roster: CommerceSetup.roster) })
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  static func violated(_ outcome: Outcome) -> [String] {
    outcome.findings.filter(\.isViolated).map(\.guarantee)
  }

  static func value(_ outcome: Outcome, _ name: String) -> Double {
    outcome.measurement(name)?.value ?? .nan
  }

  /// Everything that goes wrong at once, with an end.
  static let tempest = [
    "at 5s drop 5% for 40s", "at 5s duplicate 10% for 40s", "at 5s reorder 300ms for 40s",
    "at 8s crash orders for 700ms", "at 14s crash payment for 2s", "at 20s crash shipping for 1s",
    "at 26s crash orders for 3s", "at 32s crash inventory for 2s",
    "at 38s partition orders | payment for 4s",
  ]

  @Test(
    "Under a storm of faults every protocol ends every transaction whole or undone, once",
    arguments: ["saga", "choreography", "2pc", "by-value"], [1, 2, 3] as [UInt64])
  func storm(_ method: String, seed: UInt64) throws {
    let outcome = try Self.run(["protocol": method], faults: Self.tempest, seed: seed)
    #expect(outcome.violations.isEmpty)
    let broken = Self.violated(outcome).filter { $0 != CommerceAudit.clean }
    #expect(broken == [])
    #expect(Self.value(outcome, "committed") > 200)
    #expect(Self.value(outcome, "counter_open") == 0)
  }

  @Test("Semantic locks and reread keep every promise under a storm, and no reader is fooled")
  func countermeasures() throws {
    let locked = try Self.run(
      ["semantic.lock": "on", "returns": "30%", "refund": "first"], faults: Self.tempest)
    #expect(Self.violated(locked) == [])
    #expect(Self.value(locked, "pending_reads") > 0)
    let reread = try Self.run(["update": "reread", "records": "10"], faults: Self.tempest)
    #expect(Self.violated(reread).filter { $0 != CommerceAudit.clean } == [])
  }

  @Test("2PC shows no dirty read and blocks the counter; a saga the other way round")
  func difference() throws {
    let faults = ["at 20s crash orders for 25s"]
    let load: [(String, String)] = [
      ("rate", "40/s"), ("records", "30"), ("counter.rate", "20/s"), ("read.rate", "50/s"),
    ]
    func run(_ method: String) throws -> Outcome {
      try Self.run(
        [
          "protocol": method, load[0].0: load[0].1, load[1].0: load[1].1, load[2].0: load[2].1,
          load[3].0: load[3].1,
        ], faults: faults)
    }
    let twoPhase = try run("2pc")
    let saga = try run("saga")
    #expect(Self.value(twoPhase, "counter_max") > 15)
    #expect(Self.value(twoPhase, "dirty_reads") == 0)
    #expect(Self.value(saga, "counter_max") < 1.5)
    #expect(Self.value(saga, "dirty_reads") > 0)
  }

  @Test("The same request tells the same story; another seed another one")
  func repeats() throws {
    let first = try Self.run(["duration": "30s"], faults: Self.tempest)
    #expect(
      try Self.run(["duration": "30s"], faults: Self.tempest).digest.value == first.digest.value)
    let other = try Self.run(["duration": "30s"], faults: Self.tempest, seed: 2)
    #expect(other.digest.value != first.digest.value)
  }

  @Test(
    "Faults and settings drawn by chance break no invariant",
    arguments: 1...40 as ClosedRange<UInt64>)
  func swarm(_ seed: UInt64) throws {
    let swarm = ScenarioSwarm(CommerceScenario())
    let request = swarm.request(seed: seed)
    let drawn = swarm.scenario.run(request)
    #expect(drawn.violations.isEmpty, "\(drawn.violations)")
    // The same faults against sound settings: the audit finds nothing either.
    for method in ["saga", "choreography", "2pc"] {
      var sound = request
      sound.settings = Settings(swarm.scenario.knobs)
      try sound.settings.set("protocol", method)
      let outcome = swarm.scenario.run(sound)
      let broken = outcome.findings.filter { $0.isViolated && $0.guarantee != CommerceAudit.clean }
      #expect(broken.map(\.summary) == [], "\(method)")
    }
  }

  static let catalogue = CommerceScenario().mutants

  @Test(
    "Every mutant is caught where it says, and the healthy mechanism is not", arguments: catalogue,
    [1, 2, 3] as [UInt64])
  func mutants(_ mutant: Mutant, seed: UInt64) throws {
    let scenario = CommerceScenario()
    let run = try MutantRun(scenario, mutant, seed: seed)
    #expect(try mutant.complaint(on: run.mutated, of: scenario) != nil)
    #expect(try mutant.complaint(on: run.healthy, of: scenario) == nil)
  }
}
