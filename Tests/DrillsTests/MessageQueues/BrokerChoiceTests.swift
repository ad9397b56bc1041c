import Drills
import Kernel
import Simulation
import Testing

@Suite("One workload through a queue and through a log") struct BrokerChoiceTests {
  private let scenario: any Scenario

  init() throws { scenario = try TopicRegistry.scenario("queue-or-log") }

  private func figure(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  private func both(
    _ changes: [String: String], _ faults: String = "", seed: UInt64
  ) throws -> (queue: Outcome, log: Outcome) {
    func through(_ broker: String) throws -> Outcome {
      try scenario.tried(changes.merging(["broker": broker]) { $1 }, faults, seed: seed)
    }
    return (try through("queue"), try through("log"))
  }

  @Test("A service that comes late reads the past from a log and nothing of it from a queue")
  func newcomer() throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let run = try both(["newcomer.at": "20s", "duration": "40s"], seed: seed)
      #expect(try figure(run.queue, "history_read") == 0)
      #expect(try figure(run.log, "history_read") == 1)
      #expect(try figure(run.queue, "news_read") > 0.99 && figure(run.log, "news_read") > 0.99)
      #expect(try figure(run.queue, "drained") == 1 && figure(run.log, "drained") == 1)
    }
  }

  @Test("A log keeps the order of a customer, competing consumers do not")
  func order() throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let run = try both(["duration": "40s", "work": "60ms"], seed: seed)
      #expect(try figure(run.queue, "reordered") > 0)
      #expect(try figure(run.log, "reordered") == 0)
    }
  }

  @Test("No more consumers work than there are partitions; of a queue all do")
  func parallelism() throws {
    let run = try both(
      ["duration": "30s", "consumers": "8", "partitions": "3", "work": "100ms"], seed: 1)
    #expect(try figure(run.queue, "working") == 8)
    #expect(try figure(run.log, "working") == 3)
    #expect(try figure(run.log, "latency_p99") > 2 * figure(run.queue, "latency_p99"))
  }

  @Test("A fault names the same part with either broker, and loses nothing")
  func faults() throws {
    let run = try both(["duration": "30s"], "at 15s crash consumer-2 for 5s", seed: 2)
    for outcome in [run.queue, run.log] {
      #expect(
        outcome.violations.isEmpty && outcome.trace.events.contains { $0.part == "consumer-2" })
      #expect(try figure(outcome, "lost") == 0)
    }
  }

  @Test("Whatever the settings and faults, no invariant breaks", arguments: 0..<12)
  func survives(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    var settings = Settings(scenario.knobs)
    let changes = [
      "broker": draw.pick(["queue", "log"]), "duration": "20s", "consumers": draw.pick(["1", "6"]),
      "prefetch": draw.pick(["0", "1", "20"]), "partitions": draw.pick(["1", "4"]),
      "slow": draw.pick(["0", "0.05"]), "newcomer.at": draw.pick(["0s", "8s"]),
    ]
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) { try settings.set(name, text) }
    let kinds = [
      "crash consumer-1 for 3s", "pause consumer-1 for 4s", "crash broker-1 for 3s",
      "drop 10% for 3s",
      "partition producer-1 | broker-1 for 3s", "slow broker-1 x10 for 3s", "load x3 for 3s",
    ]
    let plan = try FaultPlan.parse(
      draw.faults(kinds, before: 18), roster: scenario.roster(settings))
    let outcome = scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
    #expect(outcome.violations.isEmpty, "\(changes) \(outcome.violations)")
    #expect(outcome.measurements.map(\.name) == scenario.metrics.map(\.name))
  }
}
