import Drills
import Kernel
import Simulation
import Testing

@Suite struct LoadSheddingScenarioTests {
  private func run(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = LoadSheddingScenario()
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  /// One slot and memoryless work are an M/M/1 queue: times are exponential, mean 1/(mu - lambda).
  @Test func lineAgreesWithQueueingTheory() throws {
    let outcome = try run([
      "slots": "1", "service": "5ms", "service.shape": "exponential", "rate": "100/s",
      "patience": "1m", "network": "0s", "duration": "300s",
    ])
    #expect(abs(try value(outcome, "p50") / (0.01 * 0.693_147) - 1) < 0.05)
    #expect(abs(try value(outcome, "p99") / (0.01 * 4.605_17) - 1) < 0.1)
  }

  /// One slot, no line and memoryless arrivals lose what Erlang's formula says: a / (1 + a).
  @Test func lossAgreesWithErlang() throws {
    let outcome = try run([
      "slots": "1", "service": "10ms", "rate": "100/s", "queue": "0", "retry.attempts": "1",
      "refusal": "0s", "duration": "300s",
    ])
    #expect(abs(try value(outcome, "shed") - 0.5) < 0.01)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    let changes = ["duration": "15s", "limit": "vegas", "throttle": "on", "queue.codel": "on"]
    let faults = "at 3s slow server x3 for 4s\nat 5s drop 20% for 3s"
    let first = try run(changes, faults, seed: 9)
    #expect(first.digest == (try run(changes, faults, seed: 9)).digest)
    #expect(first.digest != (try run(changes, faults, seed: 10)).digest)
  }

  /// Whatever the settings and faults, no invariant breaks.
  @Test(arguments: 0..<40)
  func invariantsHoldUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "12s", "rate": draw.pick(["50/s", "300/s", "700/s"]),
      "slots": draw.pick(["1", "10"]),
      "limit": draw.pick(["none", "fixed", "aimd", "vegas", "gradient2", "envoy"]),
      "limit.window": draw.pick(["0s", "100ms", "500ms"]),
      "limit.measure": draw.pick(["2s", "60s"]),
      "limit.min": draw.pick(["1", "5", "300"]), "share.normal": draw.pick(["100%", "80%"]),
      "share.sheddable": draw.pick(["80%", "20%"]), "queue": draw.pick(["0", "20", "5000"]),
      "queue.order": draw.pick(["fifo", "lifo", "adaptive"]),
      "queue.codel": draw.pick(["on", "off"]),
      "queue.deadline": draw.pick(["on", "off"]), "throttle": draw.pick(["on", "off"]),
      "refusal": draw.pick(["0s", "1ms", "10ms"]), "patience": draw.pick(["50ms", "500ms"]),
    ]
    let kinds = [
      "slow server x20 for 3s", "errors server 80% for 4s", "pause server for 2s",
      "crash server for 2s", "partition checkout | server for 3s", "drop 20% for 3s",
      "duplicate 30% for 3s", "load x3 for 3s", "crash browse for 1s", "heal",
    ]
    let faults = draw.faults(kinds, 1, 5, before: 10)
    try LoadSheddingScenario().survives(changes, faults, seed: seed)
  }

  /// `why` begins at the fault and tells of the line and of those served too late.
  @Test func storyBeginsWithTheFault() throws {
    let outcome = try run([:], "at 10s slow server x3 for 10s")
    #expect(CausalChain(outcome.trace).steps.first?.event.weight == .fault)
    let kinds = outcome.trace.events.map(\.kind)
    for kind in ["line-stands", "timed-out", "serving-the-dead", "not-served"] {
      #expect(kinds.contains(kind), "\(kind)")
    }
  }

  @Test(arguments: ["windows x 20ms", "windows 3 soon", "ask 10 20", "rush 5 -1s", "door 0"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("load-shedding").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
