import Drills
import Kernel
import Simulation
import Testing

@Suite struct SidecarTests {
  private func run(
    _ changes: [String: String], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("sidecar")
    var settings = Settings(scenario.knobs)
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) { try settings.set(name, text) }
    let plan = try FaultPlan.parse(faults, roster: scenario.roster(settings))
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let faults = "at 3s errors database 50% for 4s"
    let changes = ["duration": "20s", "rollout": "on"]
    let first = try run(changes, faults, seed: 9)
    #expect(first.digest == (try run(changes, faults, seed: 9)).digest)
    #expect(first.digest != (try run(changes, faults, seed: 10)).digest)
  }

  @Test(arguments: 0..<24 as Range<UInt64>) func invariantsHoldUnderDrawnFaults(seed: UInt64) throws
  {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes = [
      "duration": "40s", "rollout": pick(["on", "off"]), "long.share": pick(["0%", "10%"]),
      "start": pick(["together", "sidecar-first"]), "stop": pick(["together", "sidecar-last"]),
      "drain": pick(["0s", "5s"]), "linger": pick(["0s", "2s"]),
      "probe": pick(["application", "sidecar"]), "pool": pick(["application", "ambassador"]),
      "log.full": pick(["block", "drop"]), "log.buffer": pick(["5", "100"]),
      "pool.size": pick(["1", "8"]), "database.limit": pick(["20", "100"]),
    ]
    let kinds = [
      "crash sidecar-1 for 4s", "crash pod-2 for 5s", "crash database for 3s",
      "errors database 60% for 4s", "slow database x30 for 4s", "crash log-store for 6s",
      "slow log-store x50 for 5s", "slow pod-1 x20 for 4s", "load x4 for 3s", "heal",
      "pause log-store for 4s",
    ]
    let faults = (0..<1 + random.below(5)).map { _ in "at \(1 + random.below(30))s \(pick(kinds))" }
    let outcome = try run(changes, faults.joined(separator: "\n"), seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    let scenario = try TopicRegistry.scenario("sidecar")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
  }

  @Test func everyExampleWorksOnAFreshBench() throws {
    let topic = try TopicRegistry.topic("sidecar")
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      for command in try topic.bench(as: preset).commands {
        var session = BenchSession(try topic.bench(as: preset))
        #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
        #expect(session.bench.checkInvariants() == nil)
      }
    }
  }

  @Test(arguments: ["send 0", "borrow x", "full up", "tick soon", "write 0"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("sidecar").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
