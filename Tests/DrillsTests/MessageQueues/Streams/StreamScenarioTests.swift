import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("NATS and Redis streams under faults") struct StreamScenarioTests {
  static func run(
    _ scenario: any Scenario, _ changes: KeyValuePairs<String, String> = [:],
    faults: [String] = [], seed: UInt64 = 1, mutant: String? = nil
  ) throws -> Outcome {
    var settings = Settings(scenario.knobs)
    try settings.set("duration", "30s")
    try settings.set("settle", "40s")
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

  static let calmWorlds: [(any Scenario, KeyValuePairs<String, String>)] = [
    (NATSScenario(), ["delivery": "core", "services": "2"]),
    (NATSScenario(), ["delivery": "pull", "services": "2", "batch": "5"]),
    (NATSScenario(), ["delivery": "push", "workers": "1", "rate": "5"]),
    (NATSScenario(), ["retention": "workqueue", "sync_interval": "0s"]),
    (RedisStreamsScenario(), ["services": "2", "COUNT": "5"]),
    (RedisStreamsScenario(), ["delivery": "pubsub"]),
    (RedisStreamsScenario(), ["WAIT": "1", "appendfsync": "always"]),
  ]

  @Test("With nothing wrong everything arrives once", arguments: calmWorlds.indices)
  func calm(_ place: Int) throws {
    let (scenario, changes) = Self.calmWorlds[place]
    let outcome = try Self.run(scenario, changes)
    #expect(outcome.violations.isEmpty)
    #expect(Self.value(outcome, "drained") == 1)
    #expect(Self.value(outcome, "duplicates") == 0)
    #expect(Self.value(outcome, "redeliveries") == 0)
    #expect(Self.value(outcome, "retries") == 0)
    let p99 = try #require(Self.value(outcome, "latency_p99"))
    #expect(p99 < 2)
  }

  @Test("What waits for a paused subscriber is read later, up to the limit and the deadline")
  func slow() throws {
    let changes: KeyValuePairs = [
      "delivery": "core", "workers": "1", "size": "100000", "duration": "40s",
    ]
    let short = try Self.run(NATSScenario(), changes, faults: ["at 5s pause worker-1 for 8s"])
    #expect(Self.value(short, "cut_offs") == 0 && Self.value(short, "drained") == 1)
    let long = try Self.run(NATSScenario(), changes, faults: ["at 5s pause worker-1 for 12s"])
    #expect(Self.value(long, "cut_offs") == 1)
    let drained = try #require(Self.value(long, "drained"))
    #expect(drained < 0.9 && drained > 0.5)
  }

  @Test("A synced stream and a synced file lose nothing in a crash; a lazy one loses the tail")
  func durability() throws {
    let backlog: KeyValuePairs = ["workers": "1", "work.p50": "150ms", "work.p99": "300ms"]
    for (knob, safe) in [("sync_interval", "0s"), ("storage", "memory")] {
      var settings = Settings(NATSScenario().knobs)
      for (name, text) in backlog { try settings.set(name, text) }
      try settings.set(knob, safe)
      try settings.set("duration", "30s")
      let roster = NATSScenario().roster(settings)
      let plan = FaultPlan([try TimedFault.parse("at 20s crash nats for 2s", roster: roster)])
      let outcome = NATSScenario().run(
        ScenarioRequest(settings: settings, faults: plan, seed: 3))
      let lost = try #require(Self.value(outcome, "lost"))
      #expect((lost == 0) == (safe == "0s"))
    }
    let always = try Self.run(
      RedisStreamsScenario(), ["appendfsync": "always", "workers": "1"],
      faults: ["at 20s crash redis-1 for 2s"])
    #expect(Self.value(always, "lost") == 0 && Self.value(always, "failovers") == 0)
  }

  @Test("A failover moves everybody, and the old primary becomes a replica")
  func failover() throws {
    let outcome = try Self.run(
      RedisStreamsScenario(), ["down-after-milliseconds": "3s"],
      faults: ["at 10s crash redis-1 for 15s"])
    #expect(Self.value(outcome, "failovers") == 1)
    #expect(Self.value(outcome, "drained") == 1)
    #expect(outcome.violations.isEmpty)
  }

  @Test(
    "Whatever goes wrong, the machines keep their invariants, and the same story is told twice",
    arguments: 1...8 as ClosedRange<UInt64>)
  func swarm(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "settings")
    let isNATS = random.chance(0.5)
    let scenario: any Scenario = isNATS ? NATSScenario() : RedisStreamsScenario()
    var settings = Settings(scenario.knobs)
    try settings.set("duration", "20s")
    try settings.set("settle", "30s")
    if isNATS {
      try settings.set("delivery", random.chance(0.3) ? "core" : "pull")
      try settings.set("ack_wait", "\(1 + random.below(5))s")
      try settings.set("max_msgs", "\(random.below(50))")
      try settings.set("sync_interval", "\(random.below(3))s")
    } else {
      try settings.set("delivery", random.chance(0.3) ? "pubsub" : "stream")
      try settings.set("MAXLEN", "\(random.below(50))")
      try settings.set("WAIT", "\(random.below(2))")
      try settings.set("down-after-milliseconds", "3s")
      try settings.set("min-idle-time", "\(random.below(5))s")
    }
    let nodes = scenario.roster(settings).nodes
    let plan = SwarmPlan(nodes, span: .seconds(20)).draw(seed: seed)
    let request = ScenarioRequest(settings: settings, faults: plan, seed: seed)
    let outcome = scenario.run(request)
    #expect(outcome.violations.isEmpty)
    #expect(scenario.run(request).digest.value == outcome.digest.value)
  }
}
