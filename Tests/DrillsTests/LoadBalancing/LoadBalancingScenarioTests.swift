import Drills
import Kernel
import Simulation
import Testing

@Suite struct LoadBalancingScenarioTests {
  private func run(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("load-balancing")
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let changes = [
      "algorithm": "power-of-two", "duration": "20s", "tries": "3", "check.every": "1s",
      "balancers": "3",
    ]
    let faults = "at 5s crash host-2 for 5s\nat 8s partition lb-1 | host-1 for 4s"
    let first = try run(changes, faults, seed: 9)
    #expect(first.digest == (try run(changes, faults, seed: 9)).digest)
    #expect(first.digest != (try run(changes, faults, seed: 10)).digest)
  }

  /// Whatever the settings and faults, the balancers keep their rules and the figures add up.
  @Test(arguments: UInt64(0)..<40)
  func nothingIsBrokenUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let algorithms = [
      "round-robin", "weighted-round-robin", "elastic-round-robin", "static-round-robin", "random",
      "weighted-random", "least-connections", "least-connections-tree", "power-of-two",
      "least-request", "peak-ewma", "ring-hash", "maglev", "rendezvous", "bounded-load",
    ]
    let changes = [
      "duration": "15s", "algorithm": draw.pick(algorithms), "rate": draw.pick(["100/s", "500/s"]),
      "hosts": draw.pick(["3", "6"]), "balancers": draw.pick(["1", "4"]),
      "zones": draw.pick(["1", "3"]),
      "zone.routing": draw.pick(["none", "local", "aware"]), "zone.minimum": draw.pick(["1", "6"]),
      "zone.delay": draw.pick(["0s", "5ms"]), "view": draw.pick(["own", "reported"]),
      "sticky": draw.pick(["on", "off"]),
      "max.inflight": draw.pick(["0", "6"]), "slow.start": draw.pick(["0s", "10s"]),
      "check.every": draw.pick(["0s", "500ms"]), "check.kind": draw.pick(["shallow", "deep"]),
      "check.timeout": draw.pick(["100ms", "1s"]), "fall": draw.pick(["1", "3"]),
      "rise": draw.pick(["1", "2"]),
      "max.fails": draw.pick(["0", "1", "3"]), "fail.timeout": draw.pick(["1s", "10s"]),
      "outlier.5xx": draw.pick(["0", "3"]), "outlier.share": draw.pick(["10", "60"]),
      "panic": draw.pick(["0", "50"]), "tries": draw.pick(["1", "3", "8"]),
      "failure.is": draw.pick(["broken", "timeout", "errors"]),
      "repeat.writes": draw.pick(["on", "off"]),
      "drain": draw.pick(["0s", "1s"]), "deploy.batch": draw.pick(["1", "2"]),
      "writes": draw.pick(["0", "0.3"]),
      "hot": draw.pick(["0", "0.3"]), "state": draw.pick(["none", "cache", "session"]),
      "timeout": draw.pick(["200ms", "1s"]), "queue": draw.pick(["0", "1000"]),
      "weak": draw.pick(["0", "2"]),
      "cold.factor": draw.pick(["1", "5"]), "join": draw.pick(["0", "2"]), "join.at": "6s",
      "deploy.at": draw.pick(["0s", "4s"]), "deploy.gap": "500ms", "deploy.start": "500ms",
    ]
    let names = changes["zones"] == "1" ? ["host-1", "host-2"] : ["a-1", "b-1"]
    let kinds = [
      "crash \(names[0]) for 3s", "pause \(names[0]) for 2s", "slow \(names[1]) x20 for 3s",
      "errors \(names[1]) 60% for 3s", "crash lb-1 for 2s", "pause lb-1 for 1s", "load x2 for 3s",
      "partition lb-1 | \(names[0]) for 3s", "drop 20% for 3s", "delay 100ms for 3s",
      "duplicate 30% for 3s", "crash \(names[1])",
    ]
    let faults = draw.faults(kinds, 0, 5, before: 13)
    try TopicRegistry.scenario("load-balancing").survives(changes, faults, seed: seed)
  }

  /// A plan that has to be survived, and settings turned by chance.
  @Test(arguments: UInt64(1)...12) func theSwarmFindsNothing(seed: UInt64) throws {
    let swarm = ScenarioSwarm(try TopicRegistry.scenario("load-balancing"))
    let run = swarm.run(seed: seed)
    #expect(run.outcome.violations.isEmpty, "\(run.token): \(run.outcome.violations)")
  }

  @Test(arguments: UInt64(1)...3) func everyMutantIsCaughtAndTheHealthyOneIsNot(
    seed: UInt64
  ) throws {
    let scenario = try TopicRegistry.scenario("load-balancing")
    for mutant in scenario.mutants {
      let pair = try MutantRun(scenario, mutant, seed: seed)
      #expect(pair.healthy.violations.isEmpty, "\(mutant.id) \(pair.healthy.violations)")
      #expect(try mutant.complaint(on: pair.healthy, of: scenario) == nil, "\(mutant.id)")
      #expect(try mutant.complaint(on: pair.mutated, of: scenario) != nil, "\(mutant.id)")
    }
  }

  /// With nothing wrong every algorithm serves everybody, and evenly enough.
  @Test(arguments: ["round-robin", "least-connections", "power-of-two", "peak-ewma", "maglev"])
  func aHealthyFleetIsEven(algorithm: String) throws {
    let outcome = try run(["algorithm": algorithm, "duration": "20s", "clients": "20000"])
    #expect(try value(outcome, "failed") == 0)
    #expect(try value(outcome, "skew") < 1.15)
    #expect(try value(outcome, "tries") == 1)
  }

  /// A dead host costs requests until three checks in a row have failed, and none afterwards.
  @Test(arguments: UInt64(1)...3) func checksFindADeathInFallTimesInter(seed: UInt64) throws {
    let changes = ["check.every": "2s", "duration": "40s", "rate": "300/s"]
    let sent = try value(try run(changes, "at 11s crash host-2", seed: seed), "sent_to_dead")
    // 50 a second for 4 to 6 s.
    #expect(sent > 170 && sent < 340, "\(sent)")
    let blind = try value(
      try run(["duration": "40s", "rate": "300/s"], "at 11s crash host-2", seed: seed),
      "sent_to_dead")
    #expect(blind > 1_300)
  }

  @Test(arguments: UInt64(1)...3) func aWriteIsRepeatedOnlyWhenThatIsAskedFor(
    seed: UInt64
  ) throws {
    let changes = ["writes": "0.5", "tries": "3", "duration": "20s"]
    let faults = "at 5s slow host-2 x30 for 10s"
    let honest = try run(changes, faults, seed: seed)
    let greedy = try run(changes.merging(["repeat.writes": "on"]) { $1 }, faults, seed: seed)
    #expect(try value(honest, "doubled_writes") == 0)
    #expect(try value(greedy, "doubled_writes") > 20)
    #expect(try value(greedy, "failed") < value(honest, "failed"))
  }

  /// With one host of a zone gone, its neighbours are relieved only by weighing the zones.
  @Test(arguments: UInt64(1)...3) func zonesAreWeighed(seed: UInt64) throws {
    let changes = [
      "zones": "3", "balancers": "3", "algorithm": "least-connections", "check.every": "1s",
      "duration": "40s", "zone.minimum": "3",
    ]
    func run(_ routing: String) throws -> Outcome {
      try self.run(changes.merging(["zone.routing": routing]) { $1 }, "at 5s crash a-1", seed: seed)
    }
    let (none, local, aware) = (try run("none"), try run("local"), try run("aware"))
    #expect(try value(none, "crossed") > 0.6)
    #expect(try value(local, "crossed") < 0.01)
    #expect(try value(local, "failed") > 0.1)
    #expect(try value(aware, "crossed") < 0.25)
    #expect(try value(aware, "failed") < 0.02)
  }

  /// A drained host is empty when it stops.
  @Test(arguments: UInt64(1)...3) func aDrainedHostLosesNothing(seed: UInt64) throws {
    let changes = ["deploy.at": "3s", "deploy.gap": "1s", "duration": "40s", "rate": "300/s"]
    let drained = try run(changes.merging(["drain": "2s"]) { $1 }, seed: seed)
    let hard = try run(changes, seed: seed)
    #expect(try value(drained, "failed") == 0)
    #expect(try value(drained, "sent_to_dead") == 0)
    #expect(try value(hard, "failed") > 0.01)
  }
}
