import Kernel
import Patterns
import Testing

@Suite("NATS subjects and servers") struct NATSServerTests {
  /// All subjects of up to three tokens over a small alphabet.
  private static let subjects: [String] = {
    let letters = ["a", "b", "c"]
    let pairs = letters.flatMap { one in letters.map { "\(one).\($0)" } }
    let triples = pairs.flatMap { pair in letters.map { "\(pair).\($0)" } }
    return letters + pairs + triples
  }()

  /// Wildcards by their definition, token by token from the end of both.
  private func naiveMatch(_ pattern: [Substring], _ subject: [Substring]) -> Bool {
    guard let token = pattern.first else { return subject.isEmpty }
    guard let word = subject.first else { return false }
    if token == ">" { return pattern.count == 1 }
    return (token == "*" || token == word)
      && naiveMatch(Array(pattern.dropFirst()), Array(subject.dropFirst()))
  }

  @Test(
    "A subject matches by its definition, and two overlap when some subject matches both",
    arguments: UInt64(1)...20)
  func wildcards(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "subjects")
    func pattern() throws -> NATSSubject {
      var tokens = (0..<(1 + random.below(3))).map { _ in ["a", "b", "*"][random.below(3)] }
      if random.chance(0.3) { tokens[tokens.count - 1] = ">" }
      return try #require(NATSSubject(tokens.joined(separator: ".")))
    }
    for _ in 0..<40 {
      let one = try pattern()
      let two = try pattern()
      for subject in Self.subjects {
        let naive = naiveMatch(one.text.split(separator: "."), subject.split(separator: "."))
        #expect(one.matches(subject) == naive, "\(one.text) and \(subject)")
      }
      let common = Self.subjects.contains { one.matches($0) && two.matches($0) }
      #expect(one.overlaps(two) == common, "\(one.text) and \(two.text)")
    }
  }

  @Test("A client that does not read is cut off at its pending limit or write deadline")
  func slowConsumers() {
    var options = NATSServerOptions()
    options.maxPending = 1_000
    var server = NATSServer(options, random: RandomStream(seed: 1, name: "nats"))
    for client in 0...2 {
      _ = server.step(.connect(client: client), at: .zero)
      _ = server.step(
        .subscribe(client: client, id: 1, subject: client == 0 ? "none" : "s", queue: nil),
        at: .zero)
    }
    let message = NATSMessage("s", size: 400)
    for second in 0..<3 {
      let now = Instant.zero + .seconds(Int64(second))
      let outputs = server.step(.publish(client: 0, message), at: now)
      let cut = outputs.contains(.cutOff(client: 1, .slowConsumer, unread: 1_200))
      #expect(cut == (second == 2))
      _ = server.step(.taken(client: 2, bytes: 400), at: now)
    }
    #expect(!server.isConnected(1))
    let last = Instant.zero + .seconds(2)
    let stuck = server.step(.publish(client: 0, message), at: last)
    #expect(stuck.last == .wakeMe(last + .seconds(10)))
    let end = server.step(.wake, at: last + .seconds(10))
    #expect(end == [.cutOff(client: 2, .writeDeadline, unread: 400)])
    let violation = server.checkInvariants()
    #expect(violation == nil)
  }

  @Test(
    "Plain subscriptions get every message and a group gets one copy", arguments: UInt64(1)...20)
  func groups(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "groups")
    var server = NATSServer(random: RandomStream(seed: seed, name: "nats"))
    var live: [(client: Int, queue: String?)] = []
    for client in 0..<8 {
      _ = server.step(.connect(client: client), at: .zero)
      let queue = [nil, "g", "h"][random.below(3)]
      _ = server.step(.subscribe(client: client, id: 1, subject: "s", queue: queue), at: .zero)
      live.append((client, queue))
    }
    for _ in 0..<50 {
      if live.count > 1, random.chance(0.1) {
        let gone = live.remove(at: random.below(live.count))
        _ = server.step(.disconnect(client: gone.client), at: .zero)
      }
      let publisher = live[0].client
      let served: [String?] = server.step(.publish(client: publisher, NATSMessage("s")), at: .zero)
        .compactMap { output -> String?? in
          guard case .deliver(let client, _, _) = output else { return nil }
          return .some(live.first { $0.client == client }?.queue)
        }
      #expect(served.count { $0 == nil } == live.count { $0.queue == nil })
      for group in ["g", "h"] {
        let isThere = live.contains { $0.queue == group }
        #expect(served.count { $0 == group } == (isThere ? 1 : 0))
      }
    }
  }
}
