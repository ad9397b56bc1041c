import Drills
import Kernel
import Testing

@Suite struct ChainBenchTests {
  private static let ids = TopicRegistry.topics.filter {
    ["retry", "timeout", "hedging", "idempotency"].contains($0.id)
  }

  @Test func everyExampleWorksOnAFreshBench() throws {
    for topic in Self.ids {
      for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
        for command in try topic.bench(as: preset).commands {
          var session = BenchSession(try topic.bench(as: preset))
          #expect(throws: Never.self, "\(topic.id) \(command.example)") {
            try session.run(command.example)
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("retry", "waits x"), ("retry", "layers 9"), ("retry", "fails badly"), ("timeout", "walk 1s"),
    ("timeout", "call soon"), ("timeout", "cut 10ms 99"), ("hedging", "load 0"),
    ("idempotency", "charge 1"), ("idempotency", "end well"), ("idempotency", "tick x"),
  ])
  func aRefusedLineChangesNothing(topic: String, line: String) throws {
    guard Self.ids.contains(where: { $0.id == topic }) else { return }
    var session = BenchSession(try TopicRegistry.topic(topic).bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
