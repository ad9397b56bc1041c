import Kernel
import Patterns
import Recordings
import Testing

/// Carries out what a recording of core NATS says in words.
enum NATSCoreStep {
  /// What the step gives, or nil when it is not understood.
  static func carryOut(_ step: String, bounds: JSONText) -> JSONText? {
    if step.hasPrefix("queue group") { return groups(step, bounds) }
    if step == "request with no subscriber" { return request(responders: 0) }
    if step.hasPrefix("request to a subscriber that never replies") {
      return request(responders: 1, areSilent: true)
    }
    if let match = step.firstMatch(of: /request with (\w+) responders?: replies used/),
      let count = number(String(match.1))
    {
      return request(responders: count)
    }
    if let match = step.firstMatch(of: /unsubscribe after (\d+): of (\d+) messages received/),
      let limit = Int(match.1), let count = Int(match.2)
    {
      return unsubscribe(after: limit, of: count)
    }
    if step == "message published before the subscription" { return early() }
    if step == "max_payload" { return maxPayload() }
    return nil
  }

  private static func number(_ word: String) -> Int? {
    Int(word) ?? ["one": 1, "two": 2, "three": 3, "four": 4, "five": 5][word]
  }

  private static func server(_ clients: Int) -> NATSServer {
    var server = NATSServer(random: RandomStream(seed: 7, name: "nats"))
    for client in 0..<clients { _ = server.step(.connect(client: client), at: .zero) }
    return server
  }

  /// Who is handed the message: client and body.
  private static func publish(
    _ message: NATSMessage, to server: inout NATSServer
  ) -> [(client: Int, message: NATSMessage)] {
    server.step(.publish(client: 0, message), at: .zero).compactMap { output in
      if case .deliver(let client, _, let message) = output { (client, message) } else { nil }
    }
  }

  private static func groups(_ step: String, _ bounds: JSONText) -> JSONText? {
    var names: [String] = ["publisher"]
    for match in step.matches(of: /group (\w+) with (\d+)/) {
      names += Array(repeating: String(match.1), count: Int(match.2) ?? 0)
    }
    for match in step.matches(of: /(\w+) plain subscribers?/) {
      names += Array(repeating: "plain", count: number(String(match.1)) ?? 0)
    }
    guard let match = step.firstMatch(of: /(\d+) messages/), let count = Int(match.1) else {
      return nil
    }
    var server = server(names.count)
    for client in names.indices.dropFirst() {
      let queue = names[client] == "plain" ? nil : names[client]
      _ = server.step(.subscribe(client: client, id: 1, subject: "s", queue: queue), at: .zero)
    }
    var shares = [Int](repeating: 0, count: names.count)
    for _ in 0..<count {
      for delivery in publish(NATSMessage("s"), to: &server) { shares[delivery.client] += 1 }
    }
    if let text = bounds["member_share_of_\(count)"]?.string,
      let range = text.firstMatch(of: /(\d+)\.\.(\d+)/), let low = Int(range.1),
      let high = Int(range.2)
    {
      for client in names.indices where names[client] == "g" {
        #expect((low...high).contains(shares[client]))
      }
    }
    var totals: [(String, JSONText?)] = []
    for name in names.dropFirst() where !totals.contains(where: { $0.0 == name }) {
      let total = names.indices.reduce(0) { $0 + (names[$1] == name ? shares[$1] : 0) }
      totals.append((name, .number(total)))
    }
    return .object(totals)
  }

  /// A requester that takes one answer.
  private static func request(responders: Int, areSilent: Bool = false) -> JSONText {
    var server = server(responders + 1)
    _ = server.step(.subscribe(client: 0, id: 9, subject: "inbox.1", queue: nil), at: .zero)
    _ = server.step(.unsubscribe(client: 0, id: 9, after: 1), at: .zero)
    for client in 0..<responders {
      _ = server.step(
        .subscribe(client: client + 1, id: 1, subject: "service", queue: nil), at: .zero)
    }
    var inbox: [NATSMessage] = []
    for delivery in publish(NATSMessage("service", "?", reply: "inbox.1"), to: &server) {
      if delivery.client == 0 {
        inbox.append(delivery.message)
      } else if !areSilent {
        inbox += publish(NATSMessage("inbox.1", "!"), to: &server).map(\.message)
      }
    }
    if inbox.first?.status == 503 { return .text("NoRespondersError") }
    return inbox.isEmpty ? .text("TimeoutError") : .number(inbox.count)
  }

  private static func unsubscribe(after limit: Int, of count: Int) -> JSONText {
    var server = server(2)
    _ = server.step(.subscribe(client: 1, id: 1, subject: "s", queue: nil), at: .zero)
    _ = server.step(.unsubscribe(client: 1, id: 1, after: limit), at: .zero)
    let bodies = (0..<count).flatMap { publish(NATSMessage("s", "\($0)"), to: &server) }
    return .list(bodies.map { .text($0.message.body) })
  }

  private static func early() -> JSONText {
    var server = server(2)
    var bodies = publish(NATSMessage("s", "before"), to: &server)
    _ = server.step(.subscribe(client: 1, id: 1, subject: "s", queue: nil), at: .zero)
    bodies += publish(NATSMessage("s", "after"), to: &server)
    return .list(bodies.map { .text($0.message.body) })
  }

  /// The greatest body that is not refused.
  private static func maxPayload() -> JSONText {
    var low = 0
    var high = 1 << 30
    while low < high {
      let middle = (low + high + 1) / 2
      var server = server(1)
      let outputs = server.step(.publish(client: 0, NATSMessage("s", size: middle)), at: .zero)
      if outputs.isEmpty { low = middle } else { high = middle - 1 }
    }
    return .number(low)
  }
}
