import Drills
import Kernel
import Simulation
import Testing

/// The scenario `queue-broker`: what it tells is the same every time, and what it claims holds.
@Suite struct QueueBrokerScenarioTests {
  private func run(
    _ changes: KeyValuePairs<String, String>, faults: [String] = [], seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("queue-broker")
    var settings = Settings(scenario.knobs)
    for (name, text) in changes { try settings.set(name, text) }
    try scenario.validate(settings)
    let plan = try FaultPlan.parse(
      faults.joined(separator: "\n"), roster: scenario.roster(settings))
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  private func figure(_ name: String, of outcome: Outcome) -> Double {
    outcome.measurement(name)?.value ?? -1
  }

  @Test("the same request gives the same outcome to the bit", arguments: ["classic", "quorum"])
  func isDeterministic(_ queue: String) throws {
    let faults = ["at 5s crash consumer-1 for 2s", "at 6s crash rabbit-1 for 2s"]
    let changes: KeyValuePairs = ["queue": queue, "duration": "8s", "settle": "20s"]
    let first = try run(changes, faults: faults).digest
    let second = try run(changes, faults: faults).digest
    #expect(first == second)
    let other = try run(changes, faults: faults, seed: 2).digest
    #expect(first != other)
  }

  @Test("without faults everything arrives once", arguments: ["classic", "quorum"])
  func healthy(_ queue: String) throws {
    let outcome = try run(["queue": queue, "duration": "5s", "settle": "10s"])
    #expect(outcome.violations.isEmpty)
    #expect(figure("published", of: outcome) > 150)
    #expect(figure("published", of: outcome) == figure("confirmed", of: outcome))
    #expect(figure("lost", of: outcome) == 0)
    #expect(figure("duplicates", of: outcome) == 0)
    #expect(figure("drained", of: outcome) == 1)
  }

  @Test("a dying consumer loses what was acknowledged when sent, and repeats what was not")
  func ackModes() throws {
    let faults = ["at 5s crash consumer-1 for 2s"]
    let load: KeyValuePairs = ["work": "60ms", "duration": "10s", "settle": "20s", "ack": "auto"]
    let lost = try run(load, faults: faults)
    #expect(figure("lost", of: lost) > 0)
    #expect(figure("duplicates", of: lost) == 0)
    let verdict = lost.findings.first { $0.guarantee == "no confirmed message is lost" }
    #expect(verdict?.isViolated == true)
    let late = try run(
      [
        "work": "60ms", "duration": "10s", "settle": "20s", "ack": "after-work",
        "ack.batch": "20",
      ], faults: faults)
    #expect(figure("lost", of: late) == 0)
    #expect(figure("duplicates", of: late) > 0)
  }

  @Test("a confirmed message survives any single broker of a quorum queue", arguments: 1...3)
  func quorumSurvives(_ seed: UInt64) throws {
    let outcome = try run(
      ["queue": "quorum", "duration": "10s", "settle": "30s"],
      faults: ["at 4s crash rabbit-1 for 3s", "at 9s crash rabbit-2 for 3s"], seed: seed)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(figure("lost", of: outcome) == 0)
    #expect(figure("drained", of: outcome) == 1)
  }
}
