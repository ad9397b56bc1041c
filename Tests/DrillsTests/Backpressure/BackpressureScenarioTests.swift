import Drills
import Kernel
import Simulation
import Testing

@Suite struct BackpressureScenarioTests {
  private func run(
    _ scenario: any Scenario, _ changes: [String: String] = [:], _ faults: String = "",
    seed: UInt64 = 1
  ) throws -> Outcome {
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  /// Stop-and-wait carries one item a round trip and a little waiting at the stages.
  @Test func stopAndWaitIsBoundByTheRoundTrip() throws {
    let outcome = try run(
      PipelineScenario(),
      [
        "flow": "credit", "prefetch": "1", "network": "20ms", "rate": "500/s", "work.parse": "10us",
        "work.enrich": "10us", "work.sink": "10us",
      ])
    let throughput = try value(outcome, "throughput")
    #expect(throughput > 24 && throughput <= 25.1)
  }

  /// A window of W bytes carries W a round trip, however fast the link is.
  @Test func windowOverRoundTripBoundsTheRate() throws {
    let outcome = try run(
      StreamsScenario(),
      [
        "streams": "1", "window.stream": "65536", "window.connection": "65536",
        "network": "50ms", "bandwidth": "200000000", "read": "200000000",
      ])
    let rate = try value(outcome, "rate")
    #expect(abs(rate / 655_360 - 1) < 0.05)
  }

  @Test(arguments: 0..<40)
  func invariantsHoldUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "12s", "flow": draw.pick(["push", "block", "credit"]),
      "buffer": draw.pick(["1", "50", "1000000"]), "prefetch": draw.pick(["1", "3", "256"]),
      "overflow": draw.pick(["drop-newest", "drop-oldest", "error"]),
      "memory": draw.pick(["100", "20000"]),
      "replenish": draw.pick(["0%", "50%", "100%"]), "source": draw.pick(["patient", "live"]),
      "network": draw.pick(["0s", "2ms", "100ms"]), "restart": draw.pick(["200ms", "2s"]),
    ]
    let kinds = [
      "slow enrich x20 for 3s", "pause sink for 2s", "crash enrich for 2s", "crash parse for 1s",
      "crash sink for 50ms", "crash source for 1s", "pause source for 1s",
      "partition parse | enrich for 3s", "drop 20% for 3s", "load x3 for 3s", "heal",
      "duplicate 30% for 3s",
    ]
    let faults = draw.faults(kinds, 1, 5, before: 10)
    try PipelineScenario().survives(changes, faults, seed: seed)
  }

  @Test(arguments: 0..<20)
  func windowsBalanceUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "8s", "streams": draw.pick(["1", "4", "16"]),
      "window.stream": draw.pick(["1024", "65535", "1000000"]),
      "window.connection": draw.pick(["1024", "65535", "3000000"]),
      "network": draw.pick(["0s", "30ms"]),
      "bandwidth": "3000000",
    ]
    let faults = [
      "", "at 2s pause reader-1 for 3s", "at 2s slow reader-1 x30 for 3s", "at 2s drop 20% for 3s",
    ]
    try StreamsScenario().survives(changes, draw.pick(faults), seed: seed)
  }

  @Test func storyBeginsWithTheFault() throws {
    let outcome = try run(
      PipelineScenario(), ["memory": "2000"], "at 10s slow enrich x3 for 40s")
    #expect(CausalChain(outcome.trace).steps.first?.event.weight == .fault)
    let kinds = outcome.trace.events.map(\.kind)
    for kind in ["buffer-grows", "died"] { #expect(kinds.contains(kind)) }
  }

  @Test(arguments: ["request much", "produce 0", "transmit 9 10", "grant connection", "consume x"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("backpressure").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
