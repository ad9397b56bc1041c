import Drills
import Kernel
import Testing

@Suite struct CircuitBreakerBenchTests {
  private func session(_ preset: String? = nil) throws -> BenchSession {
    BenchSession(try TopicRegistry.topic("circuit-breaker").bench(as: preset))
  }

  private func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  private static let presets: [String?] = [nil, "resilience4j", "hystrix", "polly", "envoy"]

  @Test(arguments: presets)
  func everyExampleWorksOnAFreshBench(preset: String?) throws {
    let commands = try session(preset).bench.commands
    for command in commands {
      var session = try session(preset)
      #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
      #expect(!session.bench.facts.isEmpty)
    }
  }

  @Test func presetsKeepTheirOwnNamesAndRules() throws {
    var hystrix = try session("hystrix")
    _ = try hystrix.run(script: "set circuitBreaker.requestVolumeThreshold=4; call 2; fail 2")
    #expect(fact(hystrix, "open") == 0, "no snapshot yet")
    _ = try hystrix.run("tick 500ms")
    #expect(fact(hystrix, "open") == 1)
    _ = try hystrix.run(script: "tick 5s; call")
    #expect(fact(hystrix, "last_admitted") == 0, "the sleep window must be over")
    _ = try hystrix.run(script: "tick 1ms; call 3")
    #expect(fact(hystrix, "closed") == 1)

    var library = try session("resilience4j")
    _ = try library.run(script: "call 50; fail 49")
    #expect(fact(library, "closed") == 1)
    _ = try library.run("fail")
    #expect(fact(library, "open") == 1)
    #expect(fact(library, "open_left") == 60)
    _ = try library.run(script: "tick 61s; fail 4; call 6")
    #expect(fact(library, "closed") == 1)

    var polly = try session("polly")
    _ = try polly.run(script: "call 90; fail 10; tick 5s; start; cancel")
    #expect(fact(polly, "closed") == 1, "a cancelled trial counts as a success")
  }

  @Test func undoBringsTheBreakerBack() throws {
    var session = try session()
    _ = try session.run(script: "call 10; fail 10")
    #expect(fact(session, "open") == 1)
    _ = try session.run("undo")
    #expect(fact(session, "closed") == 1)
    #expect(fact(session, "window_calls") == 10)
  }

  @Test(arguments: [
    "fail x", "fail 0", "finish maybe", "tick", "tick soon", "force shut", "slow 3 x", "nothing",
  ])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = try session()
    _ = try session.run(script: "call 3; start 2")
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }

  @Test func budgetsBoundTheStorm() throws {
    func amplification(_ budget: String) throws -> Double {
      var session = try session()
      _ = try session.run(script: "set retry.attempts=4 retry.budget=\(budget); storm 1000")
      return try #require(fact(session, "amplification"))
    }
    #expect(try amplification("none") == 4)
    #expect(try amplification("share") < 1.3)
    #expect(try amplification("tokens") < 1.01)
    #expect(try amplification("quota") == 1.1, "500 for 5 each is a hundred retries")
  }

  @Test func envoyEjectsAndTakesBack() throws {
    var session = try session("envoy")
    _ = try session.run(script: "bad h3 100%; load 1000")
    #expect(fact(session, "ejected") == 1)
    #expect(fact(session, "errors") == 5)
    _ = try session.run(script: "bad h3 0%; tick 20s")
    #expect(fact(session, "ejected") == 1)
    _ = try session.run("tick 10s")
    #expect(fact(session, "ejected") == 0)
  }
}
