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
      "disaster": pick([
        "zone-lost", "region-lost", "table-dropped", "corruption", "ransomware",
      ]),
      "disaster.at": pick(["30h", "80h"]), "rate": "0.05/s",
      "strategy": pick(["backup-and-restore", "pilot-light", "warm-standby", "multi-site"]),
      "answer": pick(["recovery", "failover"]), "archive.timeout": pick(["0s", "60s"]),
      "backup.place": pick(["same-zone", "same-region", "other-region"]),
      "backup.kind": pick(["full", "incremental", "differential"]),
      "keep.last": pick(["0", "2"]), "backup.lock": pick(["0s", "240h"]),
      "restore.test.every": pick(["0s", "12h"]), "rot": pick(["0%", "30%"]),
      "apply.delay": pick(["0s", "6h"]),
      "zone.standby": pick(["none", "asynchronous", "synchronous"]),
      "site.returns": pick(["0s", "12h"]), "failback": pick(["redirect", "rewind", "full"]),
      "replica.lag": pick(["1s", "5m"]), "detect": pick(["5m", "20h"]),
    ]
    let faults = pick([
      "", "at 10h errors archive 80% for 5h", "at 20h partition primary | archive",
      "at 15h partition primary | zone-b for 1h",
    ])
    let outcome = try run(changes, faults, seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(outcome.violations)")
    let scenario = try TopicRegistry.scenario("disaster-recovery")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == scenario.metrics.map(\.unit))
    if changes["disaster"] == "zone-lost", changes["zone.standby"] == "synchronous" {
      #expect(try value(outcome, "lost_commits") == 0)
    }
    if let diverged = outcome.measurement("diverged_commits")?.value {
      // What was answered and is gone is on the old site; it may have more, which nobody was told.
      #expect(try diverged >= value(outcome, "lost_commits"))
    }
    if outcome.measurement("failback_time")?.value != nil, changes["failback"] != "redirect" {
      #expect(try value(outcome, "failback_lost") == 0)
    }
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

  @Test func aSynchronousCopyCostsTimeAndItsLossStopsCommits() throws {
    let changes = ["disaster": "zone-lost", "disaster.at": "30h", "zone.standby": "synchronous"]
    let outcome = try run(changes)
    #expect(try (0.0009...0.0011).contains(value(outcome, "commit_wait")))
    #expect(try value(outcome, "rto") == 90)
    let cut = try run(changes, "at 10h partition primary | zone-b for 2h")
    #expect(try value(cut, "refused_commits") > 500)
    let asynchronous = changes.merging(["zone.standby": "asynchronous", "zone.lag": "1m"]) { $1 }
    #expect(try value(run(asynchronous), "lost_commits") > 0)
  }

  @Test func theWayBackKeepsWhatWasWrittenMeanwhile() throws {
    let changes = [
      "disaster": "region-lost", "strategy": "warm-standby", "disaster.at": "30h",
      "replica.lag": "5m", "site.returns": "12h",
    ]
    let rewound = try run(changes)
    #expect(try value(rewound, "failback_lost") == 0)
    #expect(try value(rewound, "diverged_commits") == value(rewound, "lost_commits"))
    let copied = try run(changes.merging(["failback": "full"]) { $1 })
    #expect(try value(copied, "failback_time") > 4 * value(rewound, "failback_time"))
    let redirected = try run(changes.merging(["failback": "redirect"]) { $1 })
    #expect(try value(redirected, "failback_lost") > 3_000)
  }

  @Test func corruptionOlderThanTheBackupsLeavesNothing() throws {
    let changes = [
      "disaster": "corruption", "backup.kind": "full", "detect": "70h", "disaster.at": "54h",
    ]
    #expect(try value(run(changes), "recovered") == 1)
    #expect(try value(run(changes.merging(["keep.last": "2"]) { $1 }), "recovered") == 0)
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
}
