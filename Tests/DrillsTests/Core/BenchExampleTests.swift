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

  /// A word that nothing answers to is refused with what would do, and never with an empty list.
  @Test(arguments: TopicRegistry.topics.map(\.id)) func refusalsNameSomething(_ id: String) throws {
    let topic = try TopicRegistry.topic(id)
    for preset in [nil] + topic.presets.map({ Optional($0.id) }) {
      for command in try topic.bench(as: preset).commands {
        for line in [command.name, "\(command.name) zzz", "\(command.name) zzz zzz"] {
          var session = BenchSession(try topic.bench(as: preset))
          do { _ = try session.run(line) } catch {
            let isEmpty = "\(error)".contains(": .")
            #expect(!isEmpty, "\(id) as \(preset ?? "plain"), \(line): \(error)")
          }
        }
      }
    }
  }

  /// Where there is nothing yet, the refusal says which command makes the first.
  @Test(arguments: [
    ("sns-sqs", "delete r9", "'send; receive' makes one"),
    ("nats", "leave ann", "'sub ann orders.>' makes one"),
    ("redis-streams", "leave ann", "'SUBSCRIBE ann news' makes one"),
  ]) func whatIsNotThereYetCanBeMade(tool: String, line: String, advice: String) throws {
    var session = BenchSession(try TopicRegistry.topic("message-queues").bench(as: tool))
    let error = #expect(throws: Diagnostic.self) { _ = try session.run(line) }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains(advice) && !sentence.contains("Expected"), "\(sentence)")
    let made = try #require(advice.split(separator: "'").first.map(String.init))
    #expect(throws: Never.self) { _ = try session.run(script: made) }
  }

  /// A tool that a topic does not know is refused, and a topic without tools says so.
  @Test(arguments: TopicRegistry.topics.map(\.id)) func strangersAreRefused(_ id: String) throws {
    let topic = try TopicRegistry.topic(id)
    let error = #expect(throws: Diagnostic.self) { _ = try topic.bench(as: "no-such-tool") }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains(topic.presets.first?.id ?? "No tool has a preset"), "\(sentence)")
  }
}
