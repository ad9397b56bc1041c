import Drills
import Kernel
import Simulation
import Testing

@Suite struct ChainScenarioTests {
  private static let ids = TopicRegistry.topics.map(\.id).filter {
    ["retry", "timeout", "hedging", "idempotency"].contains($0)
  }

  private func run(
    _ id: String, _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario(id)
    var settings = Settings(scenario.knobs)
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) {
      if (try? settings.knob(name)) != nil { try settings.set(name, text) }
    }
    try scenario.validate(settings)
    let plan = try FaultPlan.parse(faults, roster: scenario.roster(settings))
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  /// Three layers of three attempts that all fail are 27 calls for each request, to the call.
  @Test func attemptsMultiply() throws {
    let outcome = try run(
      "retry",
      [
        "errors": "100%", "rate": "10/s", "duration": "60s", "retry.base": "1ms",
        "timeout.middle": "0s", "timeout.edge": "0s", "timeout.client": "0s",
      ])
    let factor = try value(outcome, "amplification")
    #expect(factor > 26.9 && factor <= 27)
  }

  /// One slot and memoryless work are an M/M/1 queue: times are exponential, mean 1/(mu - lambda).
  @Test func lineAgreesWithQueueingTheory() throws {
    let outcome = try run(
      "timeout",
      [
        "timeout.client": "0s", "timeout.edge": "0s", "timeout.middle": "0s", "slots": "1",
        "service": "5ms", "service.shape": "exponential", "rate": "100/s", "duration": "300s",
        "network": "0s",
      ])
    #expect(abs(try value(outcome, "p50") / (0.01 * 0.693_147) - 1) < 0.05)
    #expect(abs(try value(outcome, "p99") / (0.01 * 4.605_17) - 1) < 0.1)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    for id in Self.ids {
      let faults = "at 3s slow middle x3 for 4s\nat 5s drop 20% for 3s"
      let first = try run(id, ["duration": "12s"], faults, seed: 9)
      #expect(first.digest == (try run(id, ["duration": "12s"], faults, seed: 9)).digest)
      #expect(first.digest != (try run(id, ["duration": "12s"], faults, seed: 10)).digest)
    }
  }

  /// Whatever the settings and faults, no invariant breaks.
  @Test(arguments: 0..<40)
  func invariantsHoldUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let scenario = try TopicRegistry.scenario(draw.pick(Self.ids))
    let known = Set(scenario.knobs.map(\.name))
    let changes = Self.drawnSettings(&draw).filter { known.contains($0.key) }
    try scenario.survives(changes, Self.drawnFaults(&draw), seed: seed)
  }

  private static func drawnSettings(_ draw: inout TrialDraw) -> [String: String] {
    [
      "duration": "12s", "instances": "3", "slots": draw.pick(["1", "3", "10"]), "rate": "80/s",
      "queue": draw.pick(["0", "20", "5000"]), "threads": draw.pick(["20", "1000"]),
      "retry.at": draw.pick(["none", "client", "middle", "all"]),
      "retry.budget": draw.pick(["none", "share", "tokens", "quota", "concurrency"]),
      "retry.jitter": draw.pick(["none", "full", "decorrelated"]),
      "retry.unsafe": draw.pick(["on", "off"]),
      "timeout.client": draw.pick(["200ms", "1s", "3s"]),
      "timeout.edge": draw.pick(["100ms", "1s", "0s"]),
      "timeout.middle": draw.pick(["50ms", "300ms", "0s"]),
      "timeout.cancels": draw.pick(["on", "off"]),
      "deadline": draw.pick(["0s", "250ms"]), "deadline.sent": draw.pick(["on", "off"]),
      "deadline.least": draw.pick(["0s", "20ms"]), "hedge": draw.pick(["fixed", "percentile"]),
      "hedge.delay": draw.pick(["0s", "20ms"]), "hedge.copies": draw.pick(["1", "2"]),
      "hedge.budget": draw.pick(["0%", "10%"]),
      "hedge.cancel": draw.pick(["none", "answer", "start"]),
      "key": draw.pick(["none", "attempt", "request"]),
      "key.lock": draw.pick(["insert-first", "after-work"]),
      "key.lifetime": draw.pick(["200ms", "24h"]), "key.lock.time": draw.pick(["50ms", "30s"]),
      "key.compares": draw.pick(["on", "off"]), "key.errors": draw.pick(["on", "off"]),
      "writes": draw.pick(["on", "off"]), "double": draw.pick(["0%", "10%"]),
      "key.reused": draw.pick(["0%", "5%"]), "errors": draw.pick(["0%", "10%"]),
    ]
  }

  private static func drawnFaults(_ draw: inout TrialDraw) -> String {
    let kinds = [
      "slow store-1 x20 for 4s", "errors store-2 80% for 4s", "pause store-3 for 3s",
      "crash store-1 for 3s", "partition middle | store-2 for 3s", "drop 20% for 3s",
      "duplicate 30% for 3s", "delay 50ms for 4s", "load x3 for 3s", "crash middle for 2s",
      "crash edge for 1s", "pause middle for 2s", "heal", "reorder 30ms for 3s",
    ]
    return draw.faults(kinds, before: 10)
  }

  /// `why` begins at the fault and names the storm.
  @Test func storyOfTheStormBeginsWithTheFault() throws {
    let outcome = try run(
      "retry", ["retry.at": "middle", "rate": "250/s"], "at 10s slow store x10 for 10s")
    #expect(CausalChain(outcome.trace).steps.first?.event.weight == .fault)
    let kinds = outcome.trace.events.map(\.kind)
    for kind in ["timed-out", "retry-storm", "serving-the-dead", "not-served"] {
      #expect(kinds.contains(kind), "\(kind)")
    }
  }
}
