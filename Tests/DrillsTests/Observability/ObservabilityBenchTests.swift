import Drills
import Kernel
import Presentation
import Testing

@Suite struct ObservabilityBenchTests {
  private func session(_ preset: String? = nil) throws -> BenchSession {
    BenchSession(try TopicRegistry.topic("observability").bench(as: preset))
  }

  private func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test func everyExampleWorksOnAFreshBench() throws {
    let topic = try TopicRegistry.topic("observability")
    let presets: [String?] = [nil] + topic.presets.map(\.id)
    for preset in presets {
      for command in try session(preset).bench.commands {
        var session = try session(preset)
        if command.name == "start" { _ = try session.run("crash api-2") }
        #expect(throws: Never.self, "\(command.example)") { try session.run(command.example) }
      }
    }
  }

  @Test func aCrashedInstanceIsSeenAndItsSeriesEnd() throws {
    var bench = try session()
    _ = try bench.run("watch Down 30s up == 0")
    _ = try bench.run("tick 1m")
    _ = try bench.run("crash api-2")
    _ = try bench.run("tick 15s")
    _ = try bench.run("query count(http_requests_total{instance=\"api-2\"})")
    #expect(fact(bench, "results") == 0)
    #expect(fact(bench, "pending") == 1)
    _ = try bench.run("tick 30s")
    #expect(fact(bench, "firing") == 1)
  }

  @Test func aGaugeFallsAndIsNoCounter() throws {
    var bench = try session()
    for line in ["gauge q 40", "tick 15s", "gauge q 12", "tick 15s", "query q"] {
      _ = try bench.run(line)
    }
    #expect(fact(bench, "result") == 12)
    #expect(throws: Diagnostic.self) { try bench.run("incr q") }
    let text = PlainRenderer().render(try bench.run("expose api-1"))
    #expect(text.contains("# TYPE q gauge") && text.contains("q 12"))
  }

  /// What a learner sees.
  @Test func transcript() throws {
    var session = try session()
    var text = ""
    for line in [
      "load m 0 10 20 30 5 15", "query increase(m[5m])", "query rate(m)x", "query m + on(a) up",
    ] {
      let reply = (try? PlainRenderer().render(session.run(line))) ?? "refused\n"
      text += "> \(line)\n" + reply + "\n"
    }
    let expected = """
      > load m 0 10 20 30 5 15
      6 samples are stored. It is 5 min.

      > query increase(m[5m])
      series  value
      {}         45

      > query rate(m)x
      refused

      > query m + on(a) up
      Nothing: no series fits.


      """
    #expect(text == expected)
  }

  @Test(arguments: [
    "query", "query rate(up)", "query up[", "incr 5", "incr m -1", "crash api-9", "tick 0s",
    "watch A", "load m 0..5", "took x", "gauge", "gauge q", "gauge q x",
    "gauge http_requests_total 3", "gauge q 1 api-9",
  ])
  func aRefusedLineChangesNothing(line: String) throws {
    var bench = try session()
    _ = try bench.run("tick 30s")
    let before = bench.bench.facts
    #expect(throws: Diagnostic.self) { try bench.run(line) }
    #expect(bench.bench.facts == before)
  }
}
