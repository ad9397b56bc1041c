import Drills
import Kernel
import Simulation
import Testing

@Suite struct BulkheadScenarioTests {
  private func run(
    _ scenario: any Scenario, _ changes: [String: String] = [:], _ faults: String = "",
    seed: UInt64 = 1
  ) throws -> Outcome {
    return try scenario.tried(changes, faults, seed: seed)
  }

  private func value(_ outcome: Outcome, _ name: String) throws -> Double {
    try #require(outcome.measurement(name)?.value)
  }

  /// One route, one slot's worth of permits, no waiting: what is refused is Erlang's loss.
  @Test func refusalsAgreeWithErlang() throws {
    let outcome = try run(
      BulkheadScenario(),
      [
        "isolation": "semaphore", "max": "1", "rate.pay": "0/s", "rate.review": "0/s",
        "rate.browse": "50/s", "service.browse": "20ms", "network": "0s", "duration": "300s",
      ])
    #expect(abs(try value(outcome, "success_browse") - 0.5) < 0.01)
  }

  @Test(arguments: 0..<40)
  func invariantsHoldUnderDrawnFaults(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "12s", "isolation": draw.pick(["none", "semaphore", "pool"]),
      "max": draw.pick(["4", "20", "60"]), "max.wait": draw.pick(["0s", "50ms", "1s"]),
      "pool.core": draw.pick(["1", "4"]), "pool.queue": draw.pick(["0", "10", "1000"]),
      "timeout": draw.pick(["50ms", "1s"]), "timeout.socket": draw.pick(["50ms", "30s"]),
      "threads": draw.pick(["10", "60"]), "backlog": draw.pick(["0", "200"]),
      "fallback": draw.pick(["on", "off"]), "patience": draw.pick(["100ms", "2s"]),
      "slots": draw.pick(["3", "40"]),
    ]
    let kinds = [
      "slow reviews x20 for 3s", "errors catalog 80% for 4s", "pause reviews for 2s",
      "crash payments for 2s", "partition api | catalog for 3s", "drop 20% for 3s",
      "duplicate 30% for 3s", "load x3 for 3s", "crash api for 1s", "heal",
    ]
    let faults = draw.faults(kinds, 1, 5, before: 10)
    try BulkheadScenario().survives(changes, faults, seed: seed)
  }

  @Test(arguments: 0..<20)
  func shardsKeepTheirPromises(seed: UInt64) throws {
    var draw = TrialDraw(seed: seed)
    let changes = [
      "duration": "15s", "plan": draw.pick(["shared", "fixed", "shuffle"]),
      "shard": draw.pick(["1", "2", "4", "8"]), "tries": draw.pick(["1", "2", "8"]),
      "poison.at": "3s",
      "poison.for": "8s", "restart": draw.pick(["500ms", "10s"]), "slots": draw.pick(["1", "10"]),
    ]
    let faults = ["", "at 4s crash worker-3 for 5s", "at 4s slow worker-1 x20 for 5s"]
    try ShuffleScenario().survives(changes, draw.pick(faults), seed: seed)
  }

  /// Whoever shares every worker with the bad tenant is dark, and nobody else.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func onlyTwinsGoDark(seed: UInt64) throws {
    let outcome = try run(
      ShuffleScenario(), ["plan": "shuffle", "poison.rate": "20/s"], seed: seed)
    #expect(try value(outcome, "tenants_dark") == (try value(outcome, "same_shard")))
  }

  @Test func storyBeginsWithTheFault() throws {
    let outcome = try run(BulkheadScenario(), [:], "at 10s pause reviews for 20s")
    #expect(CausalChain(outcome.trace).steps.first?.event.weight == .fault)
    let kinds = outcome.trace.events.map(\.kind)
    for kind in ["threads-gone", "gave-up", "not-served"] { #expect(kinds.contains(kind)) }
  }

  @Test(arguments: ["begin x", "finish 0", "wait soon", "need 10", "deal odd 8 2 10"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("bulkhead").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
