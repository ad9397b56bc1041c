import Kernel
import Patterns
import Recordings
import Testing

/// The broker against what RabbitMQ 3.10.8 was seen to do.
@Suite(.enabled(if: Recording.areThere)) struct RabbitConformanceTests {
  static let recordings = Recording.family("rabbitmq-")

  @Test("the broker does what RabbitMQ did", arguments: recordings)
  func recorded(_ recording: Recording) throws {
    if recording.steps["patterns"] != nil { return try RabbitTopicRecording(recording).check() }
    let rows = try #require(recording.observed.items, "no observations")
    #expect(!rows.isEmpty)
    var conversation = RabbitConversation(recording)
    for row in rows {
      let items = try #require(row.items, "an observation is no list: \(row)")
      let label = try #require(items.first?.string, "an observation has no name: \(row)")
      let expected = JSONText.list(Array(items.dropFirst()))
      let seen: JSONText
      if let reading = RabbitSteps.reading(of: label) {
        seen = .list(try reading.carryOut(items, recording))
      } else {
        seen = .list(try conversation.carryOut(label))
      }
      #expect(seen.agrees(with: expected), "\(label): the broker did \(seen), not \(expected)")
    }
  }
}

/// A step of a recording that the interpreter cannot act on.
struct UnreadStep: Error, CustomStringConvertible {
  let description: String

  init(_ step: String) { description = "nobody can act on this step: '\(step)'" }
}

/// Binding patterns against routing keys, through a topic exchange and queues.
struct RabbitTopicRecording {
  let recording: Recording

  init(_ recording: Recording) { self.recording = recording }

  func check() throws {
    let patterns = try #require(recording.steps["patterns"]?.items).compactMap(\.string)
    let keys = try #require(recording.steps["keys"]?.items).compactMap(\.string)
    let rows = try #require(recording.observed.items)
    #expect(rows.count == patterns.count)
    var lab = RabbitLab()
    for pattern in patterns {
      lab.declare("q \(pattern)")
      lab.ask(
        .bind(RabbitBinding("amq.topic", to: .queue("q \(pattern)"), key: pattern)))
    }
    for key in keys {
      lab.ask(
        .publish(
          RabbitMessage(key, to: "amq.topic", routingKey: key), isMandatory: false))
    }
    for (row, pattern) in zip(rows, patterns) {
      #expect(row["pattern"]?.string == pattern)
      let bodies = Set(
        lab.broker.queue("q \(pattern)")?.waiting.map(\.message.body) ?? [])
      let bits = keys.map { bodies.contains($0) ? "1" : "0" }.joined()
      let expected = row["row"]?.string
      #expect(bits == expected, "pattern '\(pattern)'")
    }
  }
}
