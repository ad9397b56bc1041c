import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("Transactions under load and faults")
struct TransactionsScenarioTests {
  private let scenario = TransactionsScenario()

  private func run(
    _ changes: KeyValuePairs<String, String>, faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    var settings = Settings(scenario.knobs)
    try settings.set("duration", "10s")
    try settings.set("think", "20ms")
    for (name, text) in changes { try settings.set(name, text) }
    try scenario.validate(settings)
    let plan = try FaultPlan.parse(faults, roster: scenario.roster(settings))
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  private func value(_ outcome: Outcome, _ name: String) -> Double? {
    outcome.measurement(name)?.value
  }

  private func broken(_ outcome: Outcome) -> [String] {
    outcome.findings.filter(\.isViolated).map(\.guarantee)
  }

  @Test(
    "SERIALIZABLE with retries keeps every guarantee of every workload",
    arguments: ["counter", "transfer", "on-call", "lists"])
  func serializable(workload: String) throws {
    let outcome = try run([
      "workload": workload, "isolation": "serializable", "retry": "reread", "audits": "10 %",
    ])
    #expect(broken(outcome) == [])
    #expect(outcome.violations.isEmpty)
    #expect(try #require(value(outcome, "committed")) > 50)
  }

  @Test("each level allows what it is known to allow, and no more")
  func levels() throws {
    let committed = try run(["workload": "lists", "isolation": "read-committed"])
    #expect(try #require(value(committed, "lost_updates")) > 0)
    #expect(value(committed, "read_skews") == 1)
    let snapshot = try run([
      "workload": "on-call", "isolation": "repeatable-read", "retry": "reread",
    ])
    #expect(value(snapshot, "lost_updates") == 0)
    #expect(value(snapshot, "read_skews") == 0)
    #expect(value(snapshot, "write_skews") == 1)
    #expect(broken(snapshot) == ["serializable", "somebody is always on call"])
  }

  @Test("a replayed write loses increments although the history is serializable")
  func replay() throws {
    let outcome = try run(["isolation": "serializable", "retry": "replay"])
    #expect(broken(outcome) == ["no acknowledged increment is lost"])
    #expect(value(outcome, "anomalies") == 0)
  }

  @Test("in the order of keys there are no deadlocks; in no order there are, each for a second")
  func deadlocks() throws {
    let sorted = try run([
      "workload": "transfer", "update.atomic": "on", "order.sorted": "on", "network": "5ms",
    ])
    #expect(value(sorted, "deadlocks") == 0)
    let mixed = try run([
      "workload": "transfer", "update.atomic": "on", "retry": "reread", "network": "5ms",
    ])
    #expect(try #require(value(mixed, "deadlocks")) > 0)
    #expect(try #require(value(mixed, "latency_max")) > 1)
    #expect(value(mixed, "money_error") == 0)
  }

  @Test(
    "crashes, pauses and partitions make outcomes unknown, and lose nothing that was acknowledged",
    arguments: 1...5 as ClosedRange<UInt64>)
  func faults(seed: UInt64) throws {
    let outcome = try run(
      [
        "workload": "transfer", "isolation": "serializable", "retry": "reread",
        "timeout": "500ms", "audits": "10 %",
      ],
      faults: """
        at 2s crash db for 1s
        at 4s pause db for 2s
        at 6s partition c1,c2 | db,c3,c4,c5,c6,c7,c8 for 2s
        at 7s crash c5 for 1s
        at 8s pause c6 for 1s
        """, seed: seed)
    #expect(broken(outcome) == [])
    #expect(outcome.violations.isEmpty)
    #expect(value(outcome, "money_error") == 0)
    #expect(try #require(value(outcome, "given_up")) > 0)
    #expect(try #require(value(outcome, "committed")) > 20)
  }

  @Test("the same seed tells the same story to the byte, another seed another one")
  func determinism() throws {
    let faults = "at 2s crash db for 1s\nat 5s pause c1 for 1s"
    let first = try run(["workload": "lists"], faults: faults)
    #expect(try run(["workload": "lists"], faults: faults).digest == first.digest)
    #expect(try run(["workload": "lists"], faults: faults, seed: 2).digest != first.digest)
  }

  @Test("a lost update is told with who wrote in between")
  func story() throws {
    let outcome = try run([:])
    let chain = CausalChain(outcome.trace)
    #expect(chain.firstHarm?.kind == "lost-update")
    #expect(chain.steps.map(\.event.kind).prefix(2) == ["overtook", "lost-update"])
  }

  @Test("settings that do not go together are refused")
  func refusals() {
    #expect(throws: Diagnostic.self) { try run(["workload": "on-call", "rows": "3"]) }
    #expect(throws: Diagnostic.self) {
      try run(["clients": "64", "think": "0s", "work": "0s", "network": "0s", "duration": "10m"])
    }
  }
}
