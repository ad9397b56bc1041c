import Drills
import Kernel
import Simulation
import Testing

@Suite struct ObservabilityScenarioTests {
  private func run(
    _ id: String, _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario(id)
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value, "\(name)")
  }

  @Test(arguments: ["monitoring", "logging", "tracing"])
  func sameRequestGivesTheSameBytes(id: String) throws {
    let changes = ["duration": "2m"]
    let first = try run(id, changes, seed: 9)
    #expect(first.digest == (try run(id, changes, seed: 9)).digest)
    #expect(first.measurements != (try run(id, changes, seed: 10)).measurements)
    let scenario = try TopicRegistry.scenario(id)
    #expect(first.measurements.map(\.name) == scenario.metrics.map(\.name))
    #expect(first.measurements.map(\.unit) == scenario.metrics.map(\.unit))
    #expect(first.verdicts.map(\.name) == scenario.invariants.map(\.name))
  }

  /// A plan that has to be survived, and settings turned by chance.
  @Test(arguments: ["monitoring", "logging", "tracing"], UInt64(1)...6)
  func theSwarmFindsNothing(id: String, seed: UInt64) throws {
    let run = ScenarioSwarm(try TopicRegistry.scenario(id)).run(seed: seed)
    #expect(run.outcome.violations.isEmpty, "\(run.token): \(run.outcome.violations)")
  }

  /// A total outage is seen as soon as the long window passes its bound: 14.4 x 0.1 % of an hour.
  @Test(arguments: UInt64(1)...3) func aTotalOutageIsSeenWithinTwoMinutes(seed: UInt64) throws {
    let faults = (1...3).map { "at 70m errors api-\($0) 100% for 10m" }.joined(separator: "\n")
    let outcome = try run(
      "monitoring", ["alert": "burn", "duration": "100m", "rate": "20/s"], faults, seed: seed)
    let seconds = try value(outcome, "time_to_detect")
    #expect((51.8...110).contains(seconds), "\(seconds) s")
    #expect(try value(outcome, "false_pages") == 0)
  }

  /// The query over all instances agrees with the truth as far as the buckets can tell.
  @Test(arguments: UInt64(1)...3) func theQuantileIsNearTheTruth(seed: UInt64) throws {
    let outcome = try run(
      "monitoring", ["alert": "latency-p99", "buckets": "slo", "duration": "20m"], seed: seed)
    let (seen, truth) = (try value(outcome, "latency_seen"), try value(outcome, "p99_true"))
    #expect(seen <= 0.26 && truth <= 0.26 && abs(seen - truth) < 0.1, "\(seen) \(truth)")
  }

  @Test(arguments: UInt64(1)...3) func theTailKeepsFailures(seed: UInt64) throws {
    let load = ["errors": "1 %", "duration": "2m"]
    let tail = try run("tracing", load.merging(["sampling": "tail"]) { $1 }, seed: seed)
    #expect(try value(tail, "failed_kept") == 1)
    #expect(try value(tail, "kept") < 0.04)
    let head = try run("tracing", load.merging(["share": "20 %"]) { $1 }, seed: seed)
    #expect(abs(try value(head, "kept") - 0.2) < 0.03)
    #expect(try value(head, "broken_traces") == 0)
  }
}
