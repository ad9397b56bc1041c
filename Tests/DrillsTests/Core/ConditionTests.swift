import Drills
import Kernel
import Testing

@Suite("Conditions") struct ConditionTests {
  private let units: [(name: String, unit: Unit)] = [
    ("p99", .seconds), ("moved", .fraction), ("shards", .count),
  ]

  @Test(arguments: [
    ("p99 < 50 ms", 0.049, true), ("p99 < 50 ms", 0.05, false), ("p99 <= 50ms", 0.05, true),
    ("p99 > 1 s", 1.5, true), ("p99 >= 2 s", 1.9, false), ("p99 = 10 ms ± 1 ms", 0.011, true),
    ("p99 = 10 to 20 ms", 0.015, true), ("p99 != 0 s", 0, false),
  ]) func compares(_ text: String, _ value: Double, _ holds: Bool) throws {
    let condition = try Condition(text, units: units)
    #expect(condition.holds([Measurement("p99", value, .seconds)]) == holds)
  }

  @Test func joinsClauses() throws {
    let condition = try Condition("shards >= 5 and moved < 25 %", units: units)
    let five = Measurement("shards", 5, .count)
    #expect(condition.holds([five, Measurement("moved", 0.2, .fraction)]))
    #expect(!condition.holds([five, Measurement("moved", 0.25, .fraction)]))
  }

  @Test func whatWasNotMeasuredNeverHolds() throws {
    let condition = try Condition("p99 < 50 ms", units: units)
    #expect(!condition.holds([Measurement("p99", nil, .seconds)]))
    #expect(!condition.holds([]))
  }

  @Test func pointsAtTheWord() {
    let name = #expect(throws: Diagnostic.self) {
      try Condition("shards = 5 and p9 < 5 ms", units: units)
    }
    #expect(name?.column == 16)
    #expect(name?.suggestion == "p99")
    let value = #expect(throws: Diagnostic.self) { try Condition("p99 < soon", units: units) }
    #expect(value?.found == "soon")
  }
}

@Suite("Predictions") struct PredictionTests {
  @Test(arguments: [
    ("20 to 30 %", 0.2, 0.3), ("20-30%", 0.2, 0.3), ("20 % to 30 %", 0.2, 0.3), ("80 %", 0.8, 0.8),
    ("30 to 20 %", 0.2, 0.3), ("0.2..0.3", 0.2, 0.3),
  ]) func readsShares(_ text: String, _ low: Double, _ high: Double) throws {
    let prediction = try Prediction(text, unit: .fraction)
    #expect(abs(prediction.low - low) < 1e-12 && abs(prediction.high - high) < 1e-12)
  }

  @Test func readsTimesWithTwoUnits() throws {
    let prediction = try Prediction("5 ms to 1 s", unit: .seconds)
    #expect(prediction.low == 0.005 && prediction.high == 1)
    #expect(try Prediction("5 to 10 ms", unit: .seconds).low == 0.005)
  }

  @Test func scores() throws {
    let range = try Prediction("20 to 30 %", unit: .fraction)
    #expect(range.score(0.25) == .inside && range.score(0.31) == .outside)
    let point = try Prediction("80 %", unit: .fraction)
    #expect(point.score(0.85) == .near && point.score(0.5) == .off)
  }

  @Test func refusesWords() {
    #expect(throws: Diagnostic.self) { try Prediction("lots", unit: .fraction) }
    #expect(throws: Diagnostic.self) { try Prediction("1 to 2 to 3 %", unit: .fraction) }
  }
}

@Suite("Replay tokens") struct ReplayTokenTests {
  private let token = ReplayToken(
    subject: "sharding/grow", version: 3, seed: 7,
    changes: [("placement", "ring"), ("copy.rate", "400")],
    faults: ["at 30s partition a,b | c for 20s", "at 1m drop 10% a -> b"])

  @Test func comesBackFromItsText() throws {
    #expect(try ReplayToken(token.description) == token)
    #expect(!token.description.contains(" "))
  }

  @Test func noticesASlip() {
    let text = token.description.replacing("ring", with: "rinG")
    let error = #expect(throws: Diagnostic.self) { try ReplayToken(text) }
    #expect(error?.message.contains("altered or cut short") == true)
    #expect(throws: Diagnostic.self) { try ReplayToken("sharding") }
  }
}

@Suite("Why") struct CausalChainTests {
  @Test func goesFromTheRootOverTheHarmToTheEnd() {
    var trace = Trace()
    trace.record(at: .zero, "noise", "tick", "nothing to do with it")
    let crash = trace.record(at: Instant(nanoseconds: 1), "n1", "crashed", "stops", weight: .fault)
    let open = trace.record(at: Instant(nanoseconds: 2), "n2", "opened", "opens", cause: crash)
    trace.record(
      at: Instant(nanoseconds: 3), "client", "failed", "fails", weight: .harm, cause: open)
    trace.record(
      at: Instant(nanoseconds: 4), "other", "failed", "fails", weight: .harm, cause: open)
    trace.record(
      at: Instant(nanoseconds: 9), "n2", "closed", "closes", weight: .recovery, cause: open)
    let chain = CausalChain(trace)
    #expect(chain.steps.map(\.event.kind) == ["crashed", "opened", "failed", "closed"])
    #expect(chain.steps[2].also == ["other"])
    #expect(chain.harmCount == 2 && chain.parts == ["client", "other"])
    #expect(chain.lasted == .nanoseconds(1))
    #expect(chain.recovery?.kind == "closed")
  }

  @Test func saysWhenNothingWasHarmed() {
    var trace = Trace()
    trace.record(at: .zero, "n1", "crashed", "stops", weight: .fault)
    let chain = CausalChain(trace)
    #expect(chain.firstHarm == nil && chain.steps.count == 1)
  }
}
