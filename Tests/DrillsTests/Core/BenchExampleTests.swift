import Drills
import Kernel
import Testing

@Suite("Examples of benches") struct BenchExampleTests {
  /// What help shows works on a fresh bench, plain and as every tool.
  @Test(arguments: TopicRegistry.topics.map(\.id)) func work(_ id: String) throws {
    let topic = try TopicRegistry.topic(id)
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      for command in try topic.bench(as: preset).commands {
        // That nobody sends heartbeats on Kubernetes is what there is to learn from the refusal.
        if preset == "kubernetes-dns", command.name == "heartbeat" { continue }
        var session = BenchSession(try topic.bench(as: preset))
        #expect(throws: Never.self, "\(id) as \(preset ?? "plain"): \(command.example)") {
          _ = try session.run(script: command.example)
        }
      }
    }
  }

  /// A tool that a topic does not know is refused, and a topic without tools says so.
  @Test(arguments: TopicRegistry.topics.map(\.id)) func strangersAreRefused(_ id: String) throws {
    let topic = try TopicRegistry.topic(id)
    let error = #expect(throws: Diagnostic.self) { _ = try topic.bench(as: "no-such-tool") }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains(topic.presets.first?.id ?? "No tool has a preset"), "\(sentence)")
  }
}
