import Drills
import Kernel
import Patterns
import Testing

/// Hedging and idempotency keys as tools have them, at their defaults and away from them.
@Suite("Presets of hedging and idempotency keys") struct CallPresetTests {
  private func facts(_ topic: String, _ tool: String, _ script: String) throws -> [Measurement] {
    var session = BenchSession(try TopicRegistry.topic(topic).bench(as: tool))
    _ = try session.run(script: script)
    return session.bench.facts
  }

  private func fact(_ facts: [Measurement], _ name: String) throws -> Double {
    try #require(facts.first { $0.name == name }?.value)
  }

  private func copies(_ tool: String, _ script: String) throws -> Double {
    try fact(facts("hedging", tool, script), "copies")
  }

  @Test func everyDefaultHasASource() {
    let tools = HedgingPreset.allCases.map(\.tool) + IdempotencyPreset.allCases.map(\.tool)
    for tool in tools {
      for knob in tool.knobs { #expect(knob.source != "ours", "\(tool.id) \(knob.name)") }
    }
  }

  /// gRPC sends all attempts at once where no delay is given, and never more than five.
  @Test func gRPCSendsAllAtOnce() throws {
    #expect(try copies("grpc", "load 1000") == 1)
    #expect(try copies("grpc", "set maxAttempts=10; load 1000") == 4)
    #expect(try copies("grpc", "set hedgingDelay=60s; load 1000") == 0)
  }

  /// A fatal status ends the call; a non-fatal one sends the next copy before its delay is over.
  @Test func gRPCTellsFatalFromNonFatal() throws {
    let script = "set hedgingDelay=60s errors=20%"
    let fatal = try facts("hedging", "grpc", "\(script); load 1000")
    #expect(try fact(fatal, "copies") == 0 && abs(fact(fatal, "failed") - 200) < 50)
    let other = try facts("hedging", "grpc", "\(script) nonFatalStatusCodes=UNAVAILABLE; load 1000")
    #expect(try abs(fact(other, "copies") - 0.2) < 0.05 && abs(fact(other, "failed") - 40) < 25)
  }

  @Test func envoyHedgesOnlyWhereItIsToldTo() throws {
    #expect(try copies("envoy", "load 1000") == 0)
    #expect(try copies("envoy", "set per_try_timeout=50ms; load 1000") == 0)
    let on = "set per_try_timeout=50ms hedge_on_per_try_timeout=on; load 1000"
    #expect(try copies("envoy", on) > 0.05)
  }

  /// One read in a hundred lasts longer than the 99th percentile, and gets a second replica.
  @Test func cassandraAsksOneMoreForTheSlowestReads() throws {
    let share = try copies("cassandra", "load 5000")
    #expect(share > 0.003 && share < 0.02)
    #expect(try copies("cassandra", "set speculative_retry=ALWAYS; load 1000") == 1)
    #expect(try copies("cassandra", "set speculative_retry=NEVER; load 1000") == 0)
  }

  @Test func pollyWaitsTwoSeconds() throws {
    #expect(try copies("polly", "load 1000") == 0)
    #expect(try copies("polly", "set median=1s; load 1000") > 0.02)
  }

  /// API v1 keeps what failed for a day; v2 lets a failed request be done, and knows it for 30 days.
  @Test func stripesVersionsDiffer() throws {
    let failed = "begin 7 100; end fail; charge 7 100"
    #expect(try fact(facts("idempotency", "stripe", failed), "status") == 500)
    #expect(try fact(facts("idempotency", "stripe-v2", failed), "charges") == 1)
    let nextDay = "charge 7 100; tick 25h; charge 7 100"
    #expect(try fact(facts("idempotency", "stripe", nextDay), "charges") == 2)
    #expect(try fact(facts("idempotency", "stripe-v2", nextDay), "charges") == 1)
  }

  @Test func refusalsCarryTheInterfacesOwnStatus() throws {
    let other = "charge 7 100; charge 7 200"
    #expect(try fact(facts("idempotency", "stripe", other), "status") == 400)
    #expect(try fact(facts("idempotency", "aws-ec2", other), "status") == 400)
    #expect(try fact(facts("idempotency", "ietf", other), "status") == 422)
    let lenient = "set fingerprint=off; charge 7 100; charge 7 200"
    #expect(try fact(facts("idempotency", "ietf", lenient), "replays") == 1)
  }
}
