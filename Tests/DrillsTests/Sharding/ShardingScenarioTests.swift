import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("The sharding scenario")
struct ShardingScenarioTests {
  static let scenario = ShardingScenario()

  /// A small store, so that a run takes little time.
  static func settings(_ changes: [(String, String)]) throws -> Settings {
    var settings = Settings(scenario.knobs)
    let small = [
      ("keys", "2000"), ("rate", "600/s"), ("duration", "8s"), ("grow.at", "2s"), ("grow.by", "1"),
      ("placement", "ring"), ("writes", "50 %"), ("zipf", "1"),
    ]
    for (name, text) in small + changes { try settings.set(name, text) }
    try scenario.validate(settings)
    return settings
  }

  static func run(
    _ changes: [(String, String)], faults: [String] = [], seed: UInt64 = 1
  ) throws -> Outcome {
    let settings = try settings(changes)
    let plan = try FaultPlan.parse(
      faults.joined(separator: "\n"), roster: scenario.roster(settings))
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  static func value(_ name: String, _ outcome: Outcome) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  @Test("with owner's check and freeze nothing is lost, whatever crashes", arguments: UInt64(1)...8)
  func nothingIsLost(seed: UInt64) throws {
    let styles = ["parcel", "key"]
    var random = RandomStream(seed: seed, name: "shape")
    let placements = [
      "modulo", "ring", "jump", "rendezvous", "slots", "maglev", "range", "bounded",
    ]
    let outcome = try Self.run(
      [
        ("placement", placements[Int(seed) % placements.count]),
        ("move.style", styles[random.below(2)]),
        ("copy.rate", random.chance(0.5) ? "0/s" : "300/s"), ("growing", "10 %"),
        ("copy.batch", "\(1 + random.below(30))"), ("map.refresh", "3s"), ("copy.time", "2ms"),
      ],
      faults: ["at 2500ms crash shard-2 for 700ms", "at 4s pause shard-1 for 300ms"], seed: seed)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(try Self.value("lost_writes", outcome) == 0)
    #expect(try Self.value("lost_keys", outcome) == 0)
    #expect(try Self.value("wrong_shard_reads", outcome) == 0)
  }

  @Test("the same request gives the same outcome, another seed another one")
  func reproducible() throws {
    let first = try Self.run([("hot.remedy", "replicas"), ("celebrity", "20 %")], seed: 3)
    let again = try Self.run([("hot.remedy", "replicas"), ("celebrity", "20 %")], seed: 3)
    let other = try Self.run([("hot.remedy", "replicas"), ("celebrity", "20 %")], seed: 4)
    #expect(first.digest == again.digest)
    #expect(first.digest != other.digest)
  }

  @Test("turning one knob leaves the requests alone: common random numbers")
  func commonRandomNumbers() throws {
    let left = try Self.run([("placement", "modulo")])
    let right = try Self.run([("placement", "ring"), ("copy.rate", "100/s")])
    func requests(_ outcome: Outcome) -> [Double?] {
      outcome.series.first { $0.name == "requests" }?.values ?? []
    }
    #expect(!requests(left).isEmpty)
    #expect(requests(left) == requests(right))
  }

  @Test("an unlimited copy takes the slots, a limited one does not, and the trace says so")
  func copiesStandInTheSameLine() throws {
    let fast = try Self.run([("placement", "modulo"), ("rate", "1500/s"), ("copy.time", "8ms")])
    let slow = try Self.run([
      ("placement", "modulo"), ("rate", "1500/s"), ("copy.time", "8ms"), ("copy.rate", "200/s"),
      ("copy.batch", "5"),
    ])
    let worst = try Self.value("p99_resharding", fast)
    let best = try Self.value("p99_resharding", slow)
    #expect(worst > 4 * best)
    let chain = CausalChain(fast.trace)
    #expect(chain.steps.first?.event.kind == "move-began")
    #expect(chain.steps.contains { $0.event.detail.hasPrefix("copies take") })
    #expect(chain.firstHarm?.kind == "slow")
  }

  @Test("every metric is measured under its name, in the order declared")
  func metrics() throws {
    let outcome = try Self.run([])
    #expect(outcome.measurements.map(\.name) == Self.scenario.metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == Self.scenario.metrics.map(\.unit))
    #expect(outcome.verdicts.map(\.name) == Self.scenario.invariants.map(\.name))
  }

  @Test("a remedy changes what it says it changes")
  func remedies() throws {
    let hot = [("celebrity", "40 %"), ("grow.by", "0"), ("writes", "10 %")]
    let none = try Self.run(hot)
    let salted = try Self.run(hot + [("hot.remedy", "salt")])
    let copied = try Self.run(hot + [("hot.remedy", "replicas")])
    let cached = try Self.run(hot + [("hot.remedy", "local-cache")])
    #expect(try Self.value("load_skew", copied) < Self.value("load_skew", none))
    #expect(try Self.value("fan_out", salted) > Self.value("fan_out", none))
    #expect(try Self.value("fan_out", cached) < Self.value("fan_out", none))
    #expect(try Self.value("stale_reads", cached) > 0)
    #expect(try Self.value("stale_reads", salted) == 0)
    for outcome in [none, salted, copied, cached] { #expect(outcome.violations.isEmpty) }
  }

  @Test("a partition between a router and a shard costs requests, not data")
  func partition() throws {
    let outcome = try Self.run(
      [("copy.rate", "200/s")], faults: ["at 3s partition router-1 | shard-2 for 1s"])
    #expect(try Self.value("failed", outcome) > 0)
    #expect(outcome.violations.isEmpty)
  }

  @Test("settings that do not go together are refused")
  func validation() throws {
    #expect(throws: Diagnostic.self) { try Self.settings([("maglev.table", "100")]) }
    #expect(throws: Diagnostic.self) { try Self.settings([("grow.by", "-4")]) }
    #expect(throws: Diagnostic.self) { try Self.settings([("scans", "40 %"), ("pairs", "20 %")]) }
    #expect(throws: Diagnostic.self) { try Self.settings([("service.p99", "1ms")]) }
  }
}
