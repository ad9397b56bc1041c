import Foundation
import Kernel
import Testing

@testable import Drills
@testable import Patterns

/// A cluster whose first master is killed or stopped, as in the recorded failovers.
private struct FailoverReplay {
  let masters: Int
  var nodes: RedisNodes
  let key = "failover:1"
  let old: NodeID
  /// The replicas of the master that is ended.
  let heirs: [NodeID]
  private let patience: TimeSpan

  init(masters: Int, replicas: Int, _ options: RedisClusterOptions, seed: UInt64) {
    self.masters = masters
    patience = options.nodeTimeout * 4 + .seconds(30)
    nodes = RedisNodes.cluster(
      masters: masters, replicas: replicas / masters, options,
      latency: .microseconds(50) ... .milliseconds(1), seed: seed)
    let old = nodes[NodeID(0)].owner(of: Int(HashSlot.slot(of: key))) ?? NodeID(0)
    self.old = old
    heirs = (1...(replicas / masters)).map { NodeID(masters * $0 + old.index) }
    nodes.run(until: .zero + .seconds(10))
  }

  struct Result {
    var failSeen: Double?
    var acceptsWrites: Double?
    /// The answers of the first replica.
    var replies: [String] = []
    var present = 0
    var roleAfterReturn = ""
  }

  /// `count` acknowledged writes, a pause, the end of the master, and a write at its replicas every
  /// 20 ms.
  mutating func run(seed: UInt64, count: Int) -> Result {
    var random = RandomStream(seed: seed, name: "moment")
    nodes.run(until: nodes.now + random.span(.zero, to: .seconds(3)))
    var result = Result()
    let written = (0..<count).map { "{\(key)}:\($0)" }
    for name in written {
      #expect(nodes.command(["SET", name, "1"], to: old) == .ok)
    }
    nodes.run(until: nodes.now + .milliseconds(300))
    let end = nodes.now
    nodes.stop(old)
    let witness = NodeID((old.index + 1) % masters)
    var winner = heirs[0]
    while nodes.now < end + patience, result.acceptsWrites == nil {
      nodes.run(until: nodes.now + .milliseconds(20))
      if result.failSeen == nil, nodes[witness].hasFailed(old) {
        result.failSeen = (nodes.now - end).seconds
      }
      for heir in heirs where result.acceptsWrites == nil {
        let word = Self.word(nodes.command(["SET", "{\(key)}:probe", "1"], to: heir))
        if heir == heirs[0], result.replies.last != word { result.replies.append(word) }
        guard word == "OK" else { continue }
        result.acceptsWrites = (nodes.now - end).seconds
        winner = heir
      }
    }
    result.present = written.count { nodes[winner].value($0) != nil }
    nodes.start(old)
    nodes.run(until: nodes.now + .seconds(3))
    result.roleAfterReturn = nodes[old].master == winner ? "slave" : "master"
    return result
  }

  private static func word(_ reply: RedisReply?) -> String {
    switch reply {
    case .simple(let text): text
    case .error(let text): "-" + (text.split(separator: " ").first.map(String.init) ?? "")
    case .moved: "-MOVED"
    case .ask: "-ASK"
    case .integer, .bulk, .null, .array, nil: "?"
    }
  }
}

@Suite("Redis Cluster failover as recorded")
struct RedisFailoverConformanceTests {
  private static let family = "redis-cluster-failover-time"
  static let own = ShardingRecordings.own(family)
  static let files = ShardingRecordings.files(family) + own
  static let seeds = UInt64(1)...16

  @Test("our own recordings are there") func recordings() { #expect(Self.own.count == 4) }

  @Test("a replica takes over within the recorded bounds", arguments: files)
  func failover(file: String) throws {
    let recording = try ShardingRecordings.read(file)
    guard let configuration = recording["configuration"] as? [String: Any],
      let runs = recording["observed"] as? [[String: Any]], !runs.isEmpty
    else { throw ShardingRecordings.Unreadable("\(file) has no configuration or observes nothing") }
    let (masters, replicas) = try Self.size(configuration, file)
    var options = RedisClusterOptions()
    for (name, value) in configuration where name != "nodes" {
      switch (name, value as? Int, value as? String) {
      case ("cluster-node-timeout", let value?, _):
        options.nodeTimeout = .milliseconds(Int64(value))
      case ("cluster-replica-validity-factor", let value?, _):
        options.replicaValidityFactor = value
      case ("cluster-require-full-coverage", _, let word?):
        options.requiresFullCoverage = word == "yes"
      case ("cluster-allow-reads-when-down", _, let word?):
        options.allowsReadsWhenDown = word == "yes"
      default: throw ShardingRecordings.Unreadable("\(file): \(name) = \(value) is unknown")
      }
    }
    let steps = recording["steps"] as? String ?? ""
    let count = steps.firstMatch(of: #/(\d+) acknowledged/#).flatMap { Int($0.1) } ?? 200
    let results = Self.seeds.map { seed in
      var replay = FailoverReplay(masters: masters, replicas: replicas, options, seed: seed)
      return replay.run(seed: seed, count: count)
    }
    try Self.compare(
      results.compactMap(\.failSeen), "fail_flag_seen_by_another_master_s", runs, file)
    try Self.compare(results.compactMap(\.acceptsWrites), "replica_accepts_writes_s", runs, file)
    for result in results {
      for run in runs {
        let words = (run["replies_at_replica_over_time"] as? [[Any]])?.compactMap {
          $0[1] as? String
        }
        #expect(words == nil || words == result.replies, "\(file)")
        if let role = run["old_master_role_after_return"] as? String {
          #expect(result.roleAfterReturn == role, "\(file)")
        }
        if run["present_after"] as? Int == count { #expect(result.present == count, "\(file)") }
      }
    }
  }

  /// `3 masters, 3 replicas`.
  private static func size(
    _ configuration: [String: Any], _ file: String
  ) throws -> (masters: Int, replicas: Int) {
    let words = (configuration["nodes"] as? String ?? "").split { " ,".contains($0) }.map(
      String.init)
    func count(_ kind: String) -> Int? {
      words.firstIndex { $0.hasPrefix(kind) }.flatMap { $0 > 0 ? Int(words[$0 - 1]) : nil }
    }
    guard let masters = count("master"), let replicas = count("replica"), masters >= 3,
      replicas >= masters, replicas % masters == 0
    else { throw ShardingRecordings.Unreadable("\(file): cannot build \(words)") }
    return (masters, replicas)
  }

  /// A handful of recorded runs does not reach the ends of what can happen, and neither do ours: the
  /// middle of ours lies in the recorded bounds, and the recorded ones in the range of ours, each
  /// widened by a tenth.
  private static func compare(
    _ ours: [Double], _ name: String, _ runs: [[String: Any]], _ file: String
  ) throws {
    let recorded = runs.compactMap { $0[name] as? Double }
    guard let low = recorded.min(), let high = recorded.max() else {
      throw ShardingRecordings.Unreadable("\(file) records no \(name)")
    }
    let sorted = ours.sorted()
    guard let least = sorted.first, let most = sorted.last, sorted.count == seeds.count else {
      Issue.record("\(file): \(name) never came in some runs")
      return
    }
    let middle = sorted[sorted.count / 2]
    #expect((low * 0.9...high * 1.1).contains(middle), "\(file): \(name) \(sorted)")
    #expect(least * 0.9 <= low && high <= most * 1.1, "\(file): \(name) \(sorted)")
  }
}
