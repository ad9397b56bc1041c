import Kernel
import Testing

@testable import Drills
@testable import Patterns

@Suite("Redis Cluster keeps its promises, and no more")
struct RedisClusterSafetyTests {
  static let timeout = TimeSpan.milliseconds(1_000)

  /// Three masters and so many replicas each, well acquainted.
  static func cluster(replicas: Int, seed: UInt64) -> RedisNodes {
    RedisNodes.cluster(
      masters: 3, replicas: replicas, RedisClusterOptions(nodeTimeout: timeout),
      latency: .microseconds(50) ... .milliseconds(2), seed: seed)
  }

  /// Every node's own invariants hold.
  static func check(_ cluster: RedisNodes) {
    for node in cluster.nodes {
      let violation = node.checkInvariants()
      #expect(violation == nil)
    }
  }

  @Test("of several replicas exactly one takes over", arguments: UInt64(1)...6)
  func oneHeir(seed: UInt64) throws {
    var cluster = Self.cluster(replicas: 2, seed: seed)
    cluster.run(until: .zero + .seconds(5))
    let key = "k"
    let owner = NodeID(
      SlotPlacement((0..<3).map { ShardMember(NodeID($0), name: "") })
        .owners[Int(HashSlot.slot(of: key))].index)
    #expect(cluster.command(["SET", key, "1"], to: owner) == .ok)
    cluster.run(until: cluster.now + .milliseconds(200))
    cluster.stop(owner)
    cluster.run(until: cluster.now + .seconds(12))
    let heirs = cluster.nodes.filter {
      $0.node != owner && $0.master == nil && $0.owner(of: Int(HashSlot.slot(of: key))) == $0.node
    }
    #expect(heirs.count == 1)
    let promotions = cluster.facts.compactMap { fact -> UInt64? in
      if case .promoted(let epoch) = fact.fact { return epoch }
      return nil
    }
    #expect(Set(promotions).count == promotions.count)
    Self.check(cluster)
    if let heir = heirs.first {
      #expect(cluster.command(["GET", key], to: heir.node) == .bulk("1"))
      for node in cluster.nodes where node.node != owner {
        #expect(node.owner(of: Int(HashSlot.slot(of: key))) == heir.node)
      }
    }
  }

  @Test("a master in the minority stops after the node timeout, and what it took is lost")
  func minority() throws {
    var cluster = Self.cluster(replicas: 1, seed: 4)
    cluster.run(until: .zero + .seconds(5))
    let key = "k"
    let slot = Int(HashSlot.slot(of: key))
    let old = try #require(cluster[NodeID(0)].owner(of: slot))
    cluster.cut(old)
    let start = cluster.now
    var accepted = 0
    var stopped: Instant?
    while cluster.now < start + .seconds(8) {
      if cluster.command(["SET", key, "lost \(accepted)"], to: old) == .ok {
        accepted += 1
      } else if stopped == nil {
        stopped = cluster.now
      }
      cluster.run(until: cluster.now + .milliseconds(50))
    }
    #expect(accepted > 0)
    let after = try #require(stopped) - start
    #expect(after > Self.timeout && after < Self.timeout * 3)
    cluster.mend()
    cluster.run(until: cluster.now + .seconds(6))
    #expect(cluster[old].master != nil)
    let heir = try #require(cluster[old].master)
    #expect(cluster.command(["GET", key], to: heir) == .null)
    Self.check(cluster)
  }

  @Test("without replicas a lost slot stops the whole cluster, or only itself")
  func coverage() throws {
    var cluster = Self.cluster(replicas: 0, seed: 2)
    cluster.run(until: .zero + .seconds(3))
    #expect(cluster.command(["SET", "{b}1", "x"], to: NodeID(0)) == .ok)
    cluster.stop(NodeID(2))
    cluster.run(until: cluster.now + .seconds(4))
    #expect(
      cluster.command(["GET", "{b}1"], to: NodeID(0)) == .error("CLUSTERDOWN The cluster is down"))
  }

  @Test("a transaction with a refused command is not run")
  func transactions() {
    var cluster = Self.cluster(replicas: 0, seed: 1)
    cluster.run(until: .zero + .seconds(3))
    let node = NodeID(0)
    #expect(cluster.command(["MULTI"], to: node) == .ok)
    #expect(cluster.command(["SET", "{b}1", "x"], to: node) == .simple("QUEUED"))
    #expect(cluster.command(["NOSUCH"], to: node)?.isError == true)
    #expect(
      cluster.command(["EXEC"], to: node)
        == .error("EXECABORT Transaction discarded because of previous errors."))
    #expect(cluster.command(["EXISTS", "{b}1"], to: node) == .integer(0))
  }

  @Test("commands do to strings what Redis does")
  func strings() {
    var cluster = Self.cluster(replicas: 0, seed: 1)
    cluster.run(until: .zero + .seconds(3))
    let rows: [([String], RedisReply)] = [
      (["SET", "{b}", "1"], .ok), (["SET", "{b}", "2", "NX"], .null),
      (["INCR", "{b}"], .integer(2)),
      (["INCRBY", "{b}", "40"], .integer(42)), (["APPEND", "{b}", "!"], .integer(3)),
      (["INCR", "{b}"], .error("ERR value is not an integer or out of range")),
      (["GETSET", "{b}", "x"], .bulk("42!")), (["MSETNX", "{b}", "y", "{b}2", "z"], .integer(0)),
      (["DEL", "{b}", "{b}", "{b}9"], .integer(1)), (["GET", "{b}"], .null),
      (["GET"], .error("ERR wrong number of arguments for 'get' command")),
    ]
    for (words, reply) in rows { #expect(cluster.command(words, to: NodeID(0)) == reply) }
  }
}
