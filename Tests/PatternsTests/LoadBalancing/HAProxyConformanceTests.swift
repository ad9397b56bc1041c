import Kernel
import Patterns
import Recordings
import Testing

/// HAProxy as recorded: schedulers, hashes, health and slow start.
@Suite(.enabled(if: Recording.areThere, "no recordings beside the repository"))
struct HAProxyConformanceTests {
  @Test(arguments: Recording.family("haproxy-roundrobin"))
  func roundRobin(recording: Recording) throws {
    var random = RandomStream(seed: 1, name: "none")
    for row in try #require(recording.observed.items) {
      let members = try #require(row["weights"]?.members)
      let isStatic = row["balance"]?.string == "static-rr"
      var balancer = Balancer(
        isStatic ? .staticRoundRobin : .elasticRoundRobin,
        weights: members.compactMap(\.value.integer))
      let picks = try #require(row["picks"]?.string)
      let mine = picks.compactMap { _ in
        balancer.pick(key: 0, at: .zero, using: &random).map { members[$0].name }
      }
      #expect(mine.joined() == picks, "\(members.map(\.value))")
    }
  }

  @Test(arguments: Recording.family("haproxy-leastconn"))
  func leastConnections(recording: Recording) throws {
    try HeldRequests.replay(recording, as: .leastConnectionsTree, Balancer.Options())
  }

  @Test(arguments: Recording.family("haproxy-health-"))
  func health(recording: Recording) throws {
    for row in try #require(recording.observed.items) {
      guard let rise = row["rise"]?.integer, let fall = row["fall"]?.integer,
        let checks = row["checks"]?.string
      else { continue }
      var health = RiseFallHealth(rise: rise, fall: fall)
      let mine = checks.map { check in
        health.checked(check == "K")
        return health.status
      }
      #expect(mine == row["status_after_each_check"]?.items?.compactMap(\.string))
    }
  }

  /// The weight that `weight N` in the description of the servers gives them all.
  private func weight(_ recording: Recording) -> Int {
    let text = recording.configuration["servers"]?.string ?? ""
    let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    return words.firstIndex(of: "weight").flatMap { Int(words[$0 + 1]) } ?? 1
  }

  @Test(arguments: Recording.family("haproxy-hash-"))
  func hashes(recording: Recording) throws {
    let weight = weight(recording)
    guard let rows = recording.observed.items else {
      let picks = try #require(recording.observed.string)
      let tree = HAProxyHashTree(ids: [1, 2, 3, 4], weights: Array(repeating: weight, count: 4))
      let mine = (1...picks.count).compactMap { number in
        tree.server(
          of: HAProxyHash.avalanched(127 << 24 | UInt32(number % 3) << 8 | UInt32(number)))
      }
      #expect(mine.map { Array("ABCD")[$0] } == Array(picks))
      return
    }
    for row in rows {
      let isURI = row["balance"]?.string == "uri"
      for member in row.members where member.name.hasPrefix("map_") {
        let names = Array(member.name.dropFirst(4))
        let picks = try #require(member.value.string)
        let ids = names.map { name in Int(name.asciiValue ?? 65) - 64 }
        let weights = names.map { _ in weight }
        let isConsistent = row["hash_type"]?.string == "consistent"
        let tree = HAProxyHashTree(ids: ids, weights: weights)
        let map = StaticServerMap(weights: weights)
        let mine = picks.indices.enumerated().compactMap { number, _ in
          let hash = HAProxyHash.sdbm(isURI ? "/k\(number)" : "k\(number)")
          return isConsistent
            ? tree.server(of: HAProxyHash.avalanched(hash)) : map.server(of: hash)
        }
        #expect(mine.map { names[$0] } == Array(picks), "\(member.name)")
      }
    }
  }

  /// The window and the weights are those of the recording's configuration; a look comes each second.
  @Test(arguments: Recording.family("haproxy-slowstart"))
  func slowStart(recording: Recording) throws {
    let words = try #require(recording.configuration["B"]?.string).split(separator: " ")
    func after(_ word: String) -> String? {
      words.firstIndex { $0 == word }.map { String(words[$0 + 1]) }
    }
    let weight = try #require(after("weight").flatMap(Int.init))
    var options = Balancer.Options()
    options.slowStart = try #require(after("slowstart").flatMap(TimeSpan.init(text:)))
    options.ramp = .steps
    var balancer = Balancer(.elasticRoundRobin, weights: [weight, weight], options: options)
    var random = RandomStream(seed: 1, name: "none")
    balancer.setEligible(1, false, at: .zero)
    _ = balancer.pick(key: 0, at: .zero, using: &random)
    balancer.setEligible(1, true, at: .zero)
    for row in try #require(recording.observed.items) {
      let now = Instant.zero + TimeSpan(seconds: try #require(row["t_s"]?.double))
      let recorded = try #require(row["user_weight_in_3_runs"]?.items).compactMap(\.integer)
      // The edges of steps may be off by 0.2 s.
      let seen = [-200, 0, 200].map { shift in
        (balancer.rampedSixteenths(1, at: max(.zero, now + .milliseconds(shift))) + 15) / 16
      }
      for weight in recorded { #expect(seen[0] <= weight && weight <= seen[2], "at \(now)") }
      var taken = 0
      for _ in 0..<20 where balancer.pick(key: 0, at: now, using: &random) == 1 { taken += 1 }
      for count in row["B_requests_of_20_in_3_runs"]?.items?.compactMap(\.integer) ?? [] {
        #expect(abs(count - taken) <= 1, "at \(now): \(taken) of 20")
      }
    }
  }
}
