import Drills
import Kernel
import Simulation
import Testing

@Suite struct CircuitBreakerScenarioTests {
  private static let ids = [
    "circuit-breaker", "circuit-breaker-resilience4j", "circuit-breaker-hystrix",
    "circuit-breaker-polly", "circuit-breaker-envoy",
  ]

  private func run(
    _ id: String = "circuit-breaker", _ changes: [String: String] = [:], _ faults: String = "",
    seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = try TopicRegistry.scenario(id)
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) -> Double? {
    outcome.measurement(name)?.value
  }

  /// With one slot and memoryless work the line is an M/M/1 queue: times to the answer are
  /// exponential with mean 1 / (capacity - rate).
  @Test func lineAgreesWithQueueingTheory() throws {
    let outcome = try run(
      "circuit-breaker",
      [
        "breaker": "off", "retry.attempts": "1", "timeout": "0s", "slots": "1", "service": "5ms",
        "service.shape": "exponential", "rate": "100/s", "duration": "300s", "network": "0s",
      ])
    let mean = 1.0 / (200 - 100)
    let median = try #require(value(outcome, "p50"))
    let tail = try #require(value(outcome, "p99"))
    #expect(abs(median / (mean * 0.693_147) - 1) < 0.04, "\(median)")
    #expect(abs(tail / (mean * 4.605_17) - 1) < 0.08, "\(tail)")
  }

  /// The storm of retries outlives its trigger by mechanism: nothing is answered ever again.
  @Test(arguments: 1...4)
  func stormIsMetastable(seed: UInt64) throws {
    let trigger = "at 10s slow payments x20 for 10s"
    let storm = try run("circuit-breaker", ["breaker": "off"], trigger, seed: seed)
    #expect(value(storm, "goodput_after") == 0)
    #expect(value(storm, "time_to_recover") == nil)
    #expect(try #require(value(storm, "amplification")) > 2.4)
    #expect(try #require(value(storm, "wasted_work")) > 0.8)
    let lone = try run(
      "circuit-breaker", ["breaker": "off", "retry.attempts": "1"], trigger, seed: seed)
    #expect(try #require(value(lone, "time_to_recover")) < 12)
    let bounded = try run(
      "circuit-breaker",
      ["breaker": "off", "retry.budget": "share", "retry.budget.minimum": "0"], trigger,
      seed: seed)
    #expect(try #require(value(bounded, "time_to_recover")) < 15)
    #expect(try #require(value(bounded, "amplification")) < 1.2)
    let guarded = try run("circuit-breaker", [:], trigger, seed: seed)
    #expect(try #require(value(guarded, "time_to_recover")) < 8)
  }

  @Test func sameRequestGivesTheSameBytes() throws {
    for id in Self.ids {
      let faults = "at 3s slow payments-2 x10 for 5s\nat 5s errors payments-1 50% for 5s"
      let changes = ["instances": "3", "slots": "4", "duration": "20s"]
      let first = try run(id, changes, faults, seed: 9)
      let second = try run(id, changes, faults, seed: 9)
      #expect(first.digest == second.digest)
      #expect(first.digest != (try run(id, changes, faults, seed: 10)).digest)
    }
  }

  /// Turning a knob of the breaker leaves the arrivals alone.
  @Test func knobsDoNotTouchTheLoad() throws {
    let faults = "at 5s slow payments x20 for 5s"
    let one = try run("circuit-breaker", ["duration": "20s"], faults)
    let other = try run(
      "circuit-breaker", ["duration": "20s", "breaker.open": "1s", "retry.jitter": "full"], faults)
    let requests: (Outcome) -> TimeSeries? = { $0.series.first { $0.name == "requests" } }
    #expect(requests(one) == requests(other))
    #expect(one.digest != other.digest)
  }

  /// Whatever the settings and faults, no invariant breaks and every request is accounted for.
  @Test(arguments: 0..<40)
  func invariantsHoldUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let scenario = try TopicRegistry.scenario(draw.pick(Self.ids))
    let changes = Self.drawnSettings(&draw)
    try scenario.survives(changes, Self.drawnFaults(&draw), seed: seed)
  }

  private static func drawnSettings(_ draw: inout TrialDraw) -> [String: String] {
    [
      "duration": "15s", "instances": "3", "slots": draw.pick(["1", "3", "6"]),
      "callers": draw.pick(["1", "3", "12"]), "queue": draw.pick(["0", "20", "2000"]),
      "breaker": draw.pick(["on", "on", "off"]),
      "breaker.scope": draw.pick(["service", "instance"]),
      "timeout": draw.pick(["100ms", "1s", "0s"]), "timeout.cancels": draw.pick(["on", "off"]),
      "deadline": draw.pick(["500ms", "2s"]), "deadline.sent": draw.pick(["on", "off"]),
      "deadline.least": draw.pick(["0s", "30ms"]),
      "balance": draw.pick(["round-robin", "random", "least"]),
      "balance.skips": draw.pick(["on", "off"]), "retry.attempts": draw.pick(["1", "3", "5"]),
      "retry.jitter": draw.pick(["none", "full", "equal", "decorrelated"]),
      "retry.budget": draw.pick(["none", "share", "tokens", "quota", "concurrency"]),
      "retry.rejected": draw.pick(["on", "off"]), "errors": draw.pick(["0%", "5%"]),
      "cold": draw.pick(["1", "6"]), "arrivals": draw.pick(["poisson", "steady"]),
    ]
  }

  private static func drawnFaults(_ draw: inout TrialDraw) -> String {
    let kinds = [
      "slow payments-1 x20 for 4s", "errors payments-2 80% for 4s", "pause payments-3 for 3s",
      "crash payments-1 for 3s", "partition checkout | payments-2 for 3s", "drop 20% for 3s",
      "duplicate 30% for 3s", "delay 50ms for 4s", "load x4 for 3s", "crash checkout for 2s",
      "crash payments-3", "restart payments-3", "heal", "reorder 30ms for 3s",
    ]
    return draw.faults(kinds, before: 13)
  }

  /// `why` starts at the fault and names what the storm did.
  @Test func storyOfTheStormBeginsWithTheFault() throws {
    let outcome = try run(
      "circuit-breaker", ["breaker": "off"], "at 10s slow payments x20 for 10s")
    let chain = CausalChain(outcome.trace)
    #expect(chain.steps.first?.event.weight == .fault)
    let kinds = outcome.trace.events.map(\.kind)
    for kind in ["timed-out", "retry-storm", "line-full", "serving-the-dead", "metastable"] {
      #expect(kinds.contains(kind), "\(kind)")
    }
    #expect(chain.recovery == nil, "the end of the fault is no recovery")
    let bounded = try run(
      "circuit-breaker", ["breaker": "off", "retry.budget": "share"],
      "at 10s slow payments x20 for 10s")
    #expect(CausalChain(bounded.trace).recovery?.kind == "served-again")
  }

  @Test func combinationsThatCannotRunAreRefused() throws {
    #expect(throws: Diagnostic.self) {
      try run("circuit-breaker", ["rate": "2000/s", "duration": "10m"])
    }
    #expect(throws: Diagnostic.self) {
      try run("circuit-breaker", ["timeout": "0s", "deadline.sent": "on"])
    }
    let huge = [
      "slidingWindowSize": "100000", "callers": "200", "instances": "20",
      "breaker.scope": "instance",
    ]
    #expect(throws: Diagnostic.self) { try run("circuit-breaker-resilience4j", huge) }
  }

  @Test func oneBadInstanceDoesNotHaveToStopTheOthers() throws {
    let faults = "at 10s errors payments-2 100% for 20s"
    let load = ["instances": "4", "slots": "4", "retry.attempts": "1", "duration": "40s"]
    let whole = try run("circuit-breaker-resilience4j", load, faults)
    #expect(value(whole, "opens") == 0, "a quarter of failures is below the threshold")
    let ejecting = try run(
      "circuit-breaker-envoy", load.merging(["max_ejection_percent": "50"]) { $1 }, faults)
    #expect(try #require(value(ejecting, "error_rate")) < 0.02)
    let single = try run(
      "circuit-breaker", load.merging(["breaker.scope": "instance"]) { $1 }, faults)
    #expect(value(single, "false_opens") == 0)
  }
}
