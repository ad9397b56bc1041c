import Drills
import Kernel
import Simulation
import Testing

@Suite struct RateLimitingScenarioTests {
  private func run(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("rate-limiting")
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let changes = ["share": "leased", "greedy": "100/s", "duration": "20s", "retry": "3"]
    let faults = "at 5s crash store for 5s\nat 8s partition gateway-1 | store for 4s"
    let first = try run(changes, faults, seed: 9)
    #expect(first.digest == (try run(changes, faults, seed: 9)).digest)
    #expect(first.digest != (try run(changes, faults, seed: 10)).digest)
  }

  /// Whatever the settings and faults, every try is accounted for and no limiter breaks its promise.
  @Test(arguments: UInt64(0)..<40)
  func nothingIsLostUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "15s", "gateways": draw.pick(["1", "4"]),
      "balance": draw.pick(["even", "by-key"]),
      "share": draw.pick(["own", "split", "central", "synced", "leased"]),
      "algorithm": draw.pick([
        "token-bucket", "gcra", "limit-req", "leaky-queue", "fixed-window", "sliding-log",
        "sliding-counter", "unlimited",
      ]),
      "limit": draw.pick(["3", "10"]), "window": draw.pick(["1s", "3s"]),
      "limit.burst": draw.pick(["0", "10"]),
      "counts.denied": draw.pick(["on", "off"]), "key": draw.pick(["user", "address"]),
      "keys.held": draw.pick(["3", "10000"]), "in.progress": draw.pick(["0", "4"]),
      "fallback": draw.pick(["open", "closed", "local"]), "retry": draw.pick(["1", "4"]),
      "retry.after": draw.pick(["on", "off"]), "retry.spread": draw.pick(["0s", "2s"]),
      "page": draw.pick(["1", "4"]), "nat": draw.pick(["0", "10"]),
      "greedy": draw.pick(["0", "200/s"]),
      "greedy.shape": draw.pick(["steady", "edge", "batch"]), "greedy.ids": draw.pick(["1", "50"]),
      "timeout": draw.pick(["200ms", "2s"]), "backend.queue": draw.pick(["0", "10000"]),
      "store.time": draw.pick(["50us", "3ms"]),
      "greedy.weight": draw.pick(["1", "7"]), "cost": draw.pick(["one", "weight"]),
    ].merging(
      draw.random.chance(0.3) ? ["key": "both", "share": draw.pick(["own", "central"])] : [:]
    ) { $1 }
    let kinds = [
      "crash gateway-1 for 3s", "pause gateway-1 for 2s", "jump gateway-1 by -4s",
      "crash store for 3s", "pause store for 2s", "slow store x20 for 3s", "jump store by 5s",
      "errors store 50% for 3s", "errors backend 50% for 3s", "crash backend for 2s",
      "slow backend x10 for 4s", "load x3 for 3s", "partition gateway-1 | store for 3s",
      "drop 30% for 3s", "delay 100ms for 3s",
    ]
    let faults = draw.faults(kinds, 0, 4, before: 13)
    try TopicRegistry.scenario("rate-limiting").survives(changes, faults, seed: seed)
  }

  /// A plan that has to be survived, and settings turned by chance.
  @Test(arguments: UInt64(1)...12) func theSwarmFindsNothing(seed: UInt64) throws {
    let swarm = ScenarioSwarm(try TopicRegistry.scenario("rate-limiting"))
    let run = swarm.run(seed: seed)
    #expect(run.outcome.violations.isEmpty, "\(run.token): \(run.outcome.violations)")
  }

  @Test(arguments: UInt64(1)...3) func eachAlgorithmKeepsItsBound(seed: UInt64) throws {
    let load = [
      "gateways": "1", "limit": "20", "limit.burst": "20", "greedy": "300/s", "duration": "20s",
    ]
    let bounds = [
      ("fixed-window", 2.0), ("sliding-log", 1.0), ("token-bucket", 2.0), ("gcra", 2.05),
      ("sliding-counter", 1.3),
    ]
    for (algorithm, bound) in bounds {
      let outcome = try run(load.merging(["algorithm": algorithm]) { $1 }, seed: seed)
      let most = try value(outcome, "over_limit")
      #expect(most <= bound && most >= 1, "\(algorithm): \(most)")
    }
  }

  @Test(arguments: UInt64(1)...3) func sharingGivesWhatItPromises(seed: UInt64) throws {
    let load = [
      "gateways": "4", "algorithm": "fixed-window", "limit": "40", "greedy": "600/s",
      "duration": "20s",
    ]
    func over(_ share: String) throws -> Double {
      try value(try run(load.merging(["share": share]) { $1 }, seed: seed), "over_limit")
    }
    #expect(try over("own") > 3)
    #expect(try over("central") <= 2)
    #expect(try over("leased") <= 2)
    #expect(try over("split") <= 2)
  }

  @Test func aDeadStoreIsDecidedAboutByTheFallback() throws {
    let load = [
      "share": "central", "algorithm": "fixed-window", "greedy": "100/s", "duration": "20s",
    ]
    func run(_ fallback: String) throws -> Outcome {
      try self.run(load.merging(["fallback": fallback]) { $1 }, "at 5s crash store for 10s")
    }
    let (open, closed, local) = (try run("open"), try run("closed"), try run("local"))
    #expect(try value(open, "over_limit") > 5)
    #expect(try value(open, "wrongly_refused") < 0.01)
    #expect(try value(closed, "wrongly_refused") > 0.4)
    #expect(try value(local, "over_limit") < 3)
    #expect(try value(local, "fallbacks") > 100)
  }
}
