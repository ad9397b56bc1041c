import Drills
import Kernel
import Presentation
import Testing

@Suite struct RateLimitingBenchTests {
  private func session(_ preset: String? = nil) throws -> BenchSession {
    BenchSession(try TopicRegistry.topic("rate-limiting").bench(as: preset))
  }

  private func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test func everyExampleWorksOnAFreshBench() throws {
    let topic = try TopicRegistry.topic("rate-limiting")
    let presets: [String?] = [nil] + topic.presets.map(\.id)
    for preset in presets {
      for command in try session(preset).bench.commands {
        var session = try session(preset)
        #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
      }
    }
  }

  @Test func theEdgeOfAWindowOnTheBench() throws {
    var fixed = try session()
    _ = try fixed.run(
      script: "set algorithm=fixed-window limit=100 window=60s; tick 59.9s; burst 100; tick 200ms")
    _ = try fixed.run("burst 100")
    #expect(fact(fixed, "most_in_window") == 200)
    _ = try fixed.run(script: "set algorithm=sliding-log; burst 100; tick 200ms; burst 100")
    #expect(fact(fixed, "most_in_window") == 100)
  }

  /// What a learner sees.
  @Test func transcript() throws {
    var session = try session()
    var text = ""
    for line in ["burst 14", "send b 2 4", "tick 500ms", "show", "send a 1 11"] {
      text += "> \(line)\n" + PlainRenderer().render(try session.run(line)) + "\n"
    }
    let expected = """
      > burst 14
      10 admitted; 4 refused, the first until 100 ms later.

      > send b 2 4
      2 admitted.

      > tick 500ms
      It is 500 ms.

      > show
      key  one request now  then left  unused after
      a    admits                   4        600 ms
      b    admits                   6        400 ms

      It is 500 ms. Keys held: 2, evicted: 0.

      > send a 1 11
      0 admitted; 1 refused.


      """
    #expect(text == expected)
  }

  @Test func nginxDelaysAndRefuses() throws {
    var nginx = try session("nginx")
    _ = try nginx.run(script: "set burst=20 delay=8; burst 25")
    #expect(fact(nginx, "last_admitted") == 21)
    #expect(fact(nginx, "last_delayed") == 12)
    #expect(fact(nginx, "longest_wait") == 1.2)
  }

  @Test(arguments: ["send", "send a x", "send a 0", "burst 10001", "tick", "tick soon", "nothing"])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = try session()
    _ = try session.run("send a 3")
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
