import Drills
import Kernel
import Simulation
import Testing

@Suite struct DisasterScenarioTests {
  private func run(
    _ changes: [String: String], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("disaster-recovery")
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let changes = ["disaster": "region-lost", "strategy": "pilot-light", "disaster.at": "30h"]
    let first = try run(changes, seed: 9)
    #expect(first.digest == (try run(changes, seed: 9)).digest)
    #expect(first.digest != (try run(changes, seed: 10)).digest)
  }

  @Test(arguments: UInt64(1)...30) func promisesHoldUnderDrawnSettings(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes = [
      "disaster": pick(["region-lost", "table-dropped", "ransomware"]),
      "disaster.at": pick(["30h", "80h"]), "rate": "0.05/s",
      "strategy": pick(["backup-and-restore", "pilot-light", "warm-standby", "multi-site"]),
      "answer": pick(["recovery", "failover"]), "archive.timeout": pick(["0s", "60s"]),
      "backup.place": pick(["same-region", "other-region"]),
      "backup.kind": pick(["full", "incremental", "differential"]),
      "keep.last": pick(["0", "2"]), "backup.lock": pick(["0s", "240h"]),
      "restore.test.every": pick(["0s", "12h"]), "rot": pick(["0%", "30%"]),
      "apply.delay": pick(["0s", "6h"]),
    ]
    let faults = pick([
      "", "at 10h errors archive 80% for 5h", "at 20h partition primary | archive",
    ])
    let outcome = try run(changes, faults, seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(outcome.violations)")
    let scenario = try TopicRegistry.scenario("disaster-recovery")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
    if changes["disaster"] == "ransomware", changes["backup.lock"] == "0s" {
      #expect(try value(outcome, "recovered") == 0)
    }
  }

  @Test func anArchiveThatRefusesFillsThePrimary() throws {
    let changes = ["disaster": "none", "disaster.at": "30h", "wal.disk": "1GB"]
    let outcome = try run(changes, "at 5h errors archive 100% for 10h")
    #expect(try value(outcome, "refused_commits") > 100)
    #expect(try value(run(changes), "refused_commits") == 0)
  }

  @Test func aDelayedStandbyHasNotDroppedYet() throws {
    let changes = ["disaster": "table-dropped", "answer": "failover", "strategy": "warm-standby"]
    #expect(try value(run(changes), "lost_commits") > 1_000)
    let delayed = changes.merging(["apply.delay": "2h"]) { $1 }
    #expect(try value(run(delayed), "lost_commits") < 10)
  }

  @Test(arguments: UInt64(1)...3) func eachMutantIsCaught(seed: UInt64) throws {
    let scenario = try TopicRegistry.scenario("disaster-recovery")
    for mutant in scenario.mutants {
      let run = try MutantRun(scenario, mutant, seed: seed)
      let healthy = try mutant.complaint(on: run.healthy, of: scenario)
      #expect(healthy == nil, "\(mutant.id) \(healthy ?? "")")
      let complaint = try mutant.complaint(on: run.mutated, of: scenario)
      #expect(complaint != nil, "\(mutant.id) goes unnoticed")
    }
  }

  @Test func everyExampleOfTheBenchWorks() throws {
    let topic = try TopicRegistry.topic("disaster-recovery")
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      for command in try topic.bench(as: preset).commands {
        var copy = try topic.bench(as: preset)
        _ = try copy.perform(BenchLine(command.example))
        #expect(copy.checkInvariants() == nil, "\(preset ?? "plain") \(command.example)")
      }
    }
  }
}
