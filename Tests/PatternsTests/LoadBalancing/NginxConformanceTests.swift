import Kernel
import Patterns
import Recordings
import Testing

/// nginx as recorded: orders of picks, failures, rings and repeats, to the letter.
@Suite(.enabled(if: Recording.areThere, "no recordings beside the repository"))
struct NginxConformanceTests {
  /// A request is tried on one server after the other until one is good.
  static func tries(
    _ balancer: inout Balancer, down: (Int) -> Bool, _ random: inout RandomStream
  ) -> [Int] {
    var tried = HostsTried()
    var hosts: [Int] = []
    while let host = balancer.pick(key: 0, tried: tried, at: .zero, using: &random) {
      tried.insert(host)
      hosts.append(host)
      balancer.started(host, at: .zero)
      balancer.finished(host, succeeded: !down(host), latency: .zero, at: .zero)
      if !down(host) { break }
      // A single server is tried once for a request; nginx sets its tries to 0.
      if balancer.hosts.count == 1 { break }
    }
    return hosts
  }

  @Test(arguments: Recording.family("nginx-wrr-"))
  func roundRobin(recording: Recording) throws {
    var random = RandomStream(seed: 1, name: "none")
    for row in try #require(recording.observed.items) {
      let members = try #require(row["weights"]?.members)
      let names = members.map(\.name)
      var options = Balancer.Options()
      options.maxFails = row["max_fails"]?.integer ?? 1
      let span = row["fail_timeout"]?.string.flatMap(TimeSpan.init(text:))
      options.failTimeout = span ?? .seconds(10)
      var balancer = Balancer(
        .weightedRoundRobin, weights: members.compactMap(\.value.integer), options: options)
      if let picks = row["picks"]?.string {
        let mine = picks.map { _ in
          Self.tries(&balancer, down: { _ in false }, &random).map { names[$0] }.joined()
        }
        #expect(mine.joined() == picks)
      }
      if let tried = row["tried"]?.items {
        let down = row["down"]?.string
        let mine = tried.map { _ in
          Self.tries(&balancer, down: { down?.contains(names[$0]) ?? false }, &random)
            .map { names[$0] }.joined()
        }
        #expect(mine == tried.compactMap(\.string))
      }
    }
  }

  @Test(arguments: Recording.family("nginx-least-conn-"))
  func leastConnections(recording: Recording) throws {
    var options = Balancer.Options()
    options.maxFails = 1
    try HeldRequests.replay(recording, as: .leastConnections, options)
  }

  @Test(arguments: Recording.family("nginx-all-backends-down"))
  func nobodyIsLeft(recording: Recording) throws {
    var random = RandomStream(seed: 1, name: "none")
    for member in recording.observed.members {
      let rows = try #require(member.value.items)
      // As in: A,B max_fails=1 fail_timeout=30s, both refused
      let text = try #require(recording.configuration[member.name]?.string)
      let words = text.split { $0 == " " || $0 == "," || $0 == "=" }.map(String.init)
      func after(_ word: String) -> String? {
        words.firstIndex(of: word).map { words[$0 + 1] }
      }
      let letters = Array("ABCDEFGH").map(String.init)
      let before = words.prefix { $0 != "max_fails" }
      let count = before.count { letters.contains($0) }
      var options = Balancer.Options()
      options.maxFails = after("max_fails").flatMap(Int.init) ?? 1
      options.failTimeout = after("fail_timeout").flatMap(TimeSpan.init(text:)) ?? .seconds(10)
      var balancer = Balancer(
        .weightedRoundRobin, weights: Array(repeating: 1, count: count), options: options)
      for row in rows {
        let start = row.members.first { $0.name.hasPrefix("after_start_of_") }
        let started = start.flatMap { letters.firstIndex(of: String($0.name.suffix(1))) }
        let hosts = Self.tries(&balancer, down: { $0 != started }, &random)
        if let tried = row["tried"]?.items?.compactMap(\.string) {
          #expect((hosts.isEmpty ? ["u"] : hosts.map { letters[$0] }) == tried)
        }
        let isGood = started != nil && hosts.last == started
        #expect(row["status"]?.integer == (isGood ? 200 : 502))
      }
    }
  }

  @Test(arguments: Recording.family("nginx-hash-"))
  func hashes(recording: Recording) throws {
    let text = try #require(recording.configuration["upstream"]?.string)
    // Servers stand there as A=127.0.0.1:18101.
    var known: [(name: String, host: String, port: String, weight: Int)] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == ";" || $0 == "," }) {
      let parts = word.split { $0 == "=" || $0 == ":" }.map(String.init)
      if parts.count == 3 { known.append((parts[0], parts[1], parts[2], 1)) }
      if parts.count == 2, parts[0] == "weight", let weight = Int(parts[1]), !known.isEmpty {
        known[known.count - 1].weight = weight
      }
    }
    let keys = try #require(recording.steps["keys_as_sent"]?.items).compactMap(\.string)
    for row in try #require(recording.observed.items) {
      let names = try #require(row["servers"]?.string).map(String.init)
      let servers = names.compactMap { name in known.first { $0.name == name } }
      let ring = KetamaRing(servers.map { ($0.host, $0.port, $0.weight) })
      let weights = servers.map(\.weight)
      let isConsistent = text.contains("consistent")
      var balancer = Balancer(.weightedRoundRobin, weights: weights)
      var random = RandomStream(seed: 1, name: "none")
      let mine = keys.map { key in
        let host =
          isConsistent ? ring.server(of: key) : NginxModuloHash.server(of: key, weights: weights)
        let turn = host ?? balancer.pick(key: 0, at: .zero, using: &random)
        return turn.map { names[$0] } ?? "-"
      }
      #expect(mine.joined() == row["map"]?.string)
    }
  }

  @Test(arguments: Recording.family("nginx-proxy-next-upstream"))
  func repeats(recording: Recording) throws {
    let directives = try #require(recording.configuration["directive"]?.members)
    for row in try #require(recording.observed.items) {
      let name = try #require(row["proxy_next_upstream"]?.string)
      let text = directives.first { $0.name == name }?.value.string ?? name
      let parts = text.split(separator: ";").map(String.init)
      let words = (parts.first ?? "").split(separator: " ").map(String.init)
      var rule =
        words.first?.hasPrefix("(") ?? true
        ? NextUpstream() : try #require(NextUpstream(words: words))
      for part in parts.dropFirst() {
        let words = part.split(separator: " ").map(String.init)
        if words.first == "proxy_next_upstream_tries" {
          rule.tries = words.last.flatMap(Int.init) ?? 0
        }
      }
      let path = try #require(row["path"]?.string)
      let ending: NextUpstream.Ending =
        switch path {
        case "/close": .closed
        case "/slow": .timedOut
        default: .status(Int(path.dropFirst()) ?? 0)
        }
      let isRepeated = rule.repeats(
        after: ending, method: row["method"]?.string ?? "GET", attempt: 1)
      #expect((isRepeated ? "AB" : "A") == row["tried"]?.string, "\(row)")
    }
  }
}
