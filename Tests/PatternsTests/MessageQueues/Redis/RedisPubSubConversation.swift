import Kernel
import Patterns
import Recordings

/// Carries out what a recording of publish and subscribe says in words: a publisher and a
/// subscriber, whose channel is the one it subscribed to first.
struct RedisPubSubConversation {
  private var server = RedisPubSub()
  private var channel = "ch"
  private var subscriber = 1

  init() {
    for client in [0, 1] { _ = server.step(.connect(client: client), at: .zero) }
  }

  /// What the step gives, or nil when it is not understood.
  mutating func carryOut(_ step: String) -> [JSONText]? {
    if step.contains("output-buffer-limit pubsub") { return overflow(step) }
    var seen: [JSONText] = []
    for clause in step.split(separator: ";").map({ $0.drop { $0 == " " } }) {
      guard let part = carryOut(clause: String(clause)) else { return nil }
      if part.isPublish { seen = [] }
      seen += part.seen
    }
    return seen
  }

  private mutating func carryOut(clause: String) -> (seen: [JSONText], isPublish: Bool)? {
    if clause.hasSuffix("connection closed") {
      _ = server.step(.disconnect(client: subscriber), at: .zero)
      return ([], false)
    }
    if clause == "resubscribed" {
      subscriber += 1
      _ = server.step(.connect(client: subscriber), at: .zero)
      return (command(["SUBSCRIBE", channel], of: subscriber), false)
    }
    if let match = clause.firstMatch(of: /(P?)SUBSCRIBE ([\w*?]+)/) {
      if match.1.isEmpty { channel = String(match.2) }
      return (command(["\(match.1)SUBSCRIBE", String(match.2)], of: subscriber), false)
    }
    if let match = clause.firstMatch(of: /^([A-Z]+) while subscribed/) {
      return (command([String(match.1), "key"], of: subscriber), false)
    }
    if clause.hasPrefix("MULTI PUBLISH DISCARD") {
      for words in [["MULTI"], ["PUBLISH", channel, "discarded"], ["DISCARD"]] {
        _ = command(words, of: 0)
      }
    }
    if clause == "PUBLISH with no subscriber" { return (publish("m0"), true) }
    guard let match = clause.firstMatch(of: /PUBLISH (m\d+)/) else { return nil }
    return (publish(String(match.1)), true)
  }

  private mutating func command(_ words: [String], of client: Int) -> [JSONText] {
    server.step(.command(client: client, words), at: .zero).compactMap { output in
      if case .reply(client, let reply) = output { RedisJSON.text(reply) } else { nil }
    }
  }

  /// The number of receivers, then what the subscriber got.
  private mutating func publish(_ body: String) -> [JSONText] {
    var count: [JSONText] = []
    var messages: [JSONText] = []
    for output in server.step(.command(client: 0, ["PUBLISH", channel, body]), at: .zero) {
      guard case .reply(let client, let reply) = output else { continue }
      if client == 0 {
        count.append(RedisJSON.text(reply))
      } else {
        messages.append(RedisJSON.text(reply))
      }
    }
    return count + messages
  }

  /// The receivers of the first and of the last message for a subscriber that does not read.
  private func overflow(_ step: String) -> [JSONText]? {
    guard let match = step.firstMatch(of: /pubsub (\d+)mb/), let limit = Int(match.1) else {
      return nil
    }
    var options = RedisPubSub.Options()
    options.hardLimit = limit << 20
    var server = RedisPubSub(options)
    for client in [0, 1] { _ = server.step(.connect(client: client), at: .zero) }
    _ = server.step(.command(client: 1, ["SUBSCRIBE", "ch"]), at: .zero)
    let body = String(repeating: "x", count: 64 << 10)
    var counts: [JSONText] = []
    for _ in 0..<(16 * limit + 2) {
      for output in server.step(.command(client: 0, ["PUBLISH", "ch", body]), at: .zero) {
        if case .reply(0, let reply) = output { counts.append(RedisJSON.text(reply)) }
      }
    }
    guard let first = counts.first, let last = counts.last else { return nil }
    return [first, last]
  }
}
