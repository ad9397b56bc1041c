import Kernel
import Patterns
import Recordings
import Testing

@Suite("Redis 7.0.15 streams and pub/sub, recorded") struct RedisConformanceTests {
  @Test(
    "Commands on streams get the recorded replies",
    .enabled(if: Recording.areThere), arguments: Recording.family("redis-stream-"))
  func streams(_ recording: Recording) throws {
    let results = try #require(recording.observed.items)
    #expect(!results.isEmpty)
    var server = RedisStreams()
    for (number, result) in results.enumerated() {
      let items = try #require(result.items)
      let words = try #require(items.first?.string).split(separator: " ").map(String.init)
      let reply = server.step(words, at: .zero + .milliseconds(Int64(number)))
      let seen = RedisJSON.text(try #require(reply.first))
      let expected = try #require(items.dropFirst().first)
      #expect(seen.agrees(with: expected), "\(words): \(seen) instead of \(expected)")
      let violation = server.checkInvariants()
      #expect(violation == nil)
    }
  }

  @Test(
    "Publish and subscribe as recorded",
    .enabled(if: Recording.areThere), arguments: Recording.family("redis-pubsub-"))
  func pubSub(_ recording: Recording) throws {
    let results = try #require(recording.observed.items)
    #expect(!results.isEmpty)
    var conversation = RedisPubSubConversation()
    for result in results {
      let items = try #require(result.items)
      let step = try #require(items.first?.string)
      guard let seen = conversation.carryOut(step) else {
        Issue.record("\(recording.name): no idea how to do '\(step)'")
        continue
      }
      let expected = JSONText.list(Array(items.dropFirst()))
      #expect(
        JSONText.list(seen).agrees(with: expected), "\(step): \(seen) instead of \(expected)")
    }
  }
}

/// Replies as recordings write them.
enum RedisJSON {
  static func text(_ reply: RedisAnswer) -> JSONText {
    switch reply {
    case .status(let text), .bulk(let text): .text(text)
    case .error(let text): .text("-\(text)")
    case .integer(let value): .number(value)
    case .null: .null
    case .array(let items): .list(items.map(RedisJSON.text))
    }
  }
}
