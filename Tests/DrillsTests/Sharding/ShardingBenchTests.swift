import Kernel
import Patterns
import Presentation
import Testing

@testable import Drills

@Suite("The sharding bench")
struct ShardingBenchTests {
  static func figure(_ name: String, _ session: BenchSession) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test("modulo moves four fifths, undo takes it back, a ring moves a fifth")
  func theWalk() throws {
    var session = BenchSession(ShardingBench())
    #expect(Self.figure("moved_fraction", session) == nil)
    _ = try session.run("add shard-5")
    let modulo = try #require(Self.figure("moved_fraction", session))
    #expect(abs(modulo - 0.8) < 0.01)
    #expect(Self.figure("shards", session) == 5)
    _ = try session.run("undo")
    #expect(Self.figure("shards", session) == 4)
    #expect(Self.figure("moved_fraction", session) == nil)
    _ = try session.run("set placement=ring vnodes=128")
    _ = try session.run("add shard-5")
    let ring = try #require(Self.figure("moved_fraction", session))
    #expect(abs(ring - 0.2) < 0.05)
    #expect(session.bench.checkInvariants() == nil)
  }

  @Test("every command's example works on a fresh bench, plain and as each tool")
  func examples() throws {
    for preset in [nil] + ShardingPreset.all.map(Optional.some) {
      let fresh = ShardingBench(preset: preset)
      for command in fresh.commands {
        var session = BenchSession(fresh)
        _ = try session.run(command.example)
      }
    }
  }

  @Test("a tool's parameters place the keys as the tool does")
  func presets() throws {
    func session(_ id: String) throws -> BenchSession {
      BenchSession(try Topic.sharding.bench(as: id))
    }
    var redis = try session("redis-cluster")
    #expect(try redis.run("where {user:7}:a").plain.contains("slot 2780"))
    _ = try redis.run("crash shard-1")
    _ = try redis.run("get user:42")
    #expect(Self.figure("refused", redis) == 1)
    _ = try redis.run("set cluster-require-full-coverage=off")
    _ = try redis.run("get user:43")
    var cassandra = try session("cassandra")
    let few = try #require(Self.figure("skew", cassandra))
    _ = try cassandra.run("set num_tokens=256")
    let many = try #require(Self.figure("skew", cassandra))
    #expect(many < few)
    var haproxy = try session("haproxy")
    _ = try haproxy.run("set hash-balance-factor=110")
    #expect(try #require(Self.figure("skew", haproxy)) <= 1.101)
    var dynamo = try session("dynamodb")
    _ = try dynamo.run("load 20000 1.5")
    #expect(try #require(Self.figure("throttled", dynamo)) > 0)
  }

  @Test("a limited move goes on by ticks, and requests meet MOVED on the way")
  func ticking() throws {
    var session = BenchSession(ShardingBench())
    _ = try session.run("set placement=ring copy.rate=100/s")
    _ = try session.run("add shard-5")
    let all = try #require(Self.figure("pending_keys", session))
    #expect(all > 1_000)
    #expect(throws: Diagnostic.self) { try session.run("add shard-6") }
    #expect(throws: Diagnostic.self) { try session.run("set vnodes=4") }
    _ = try session.run("tick 10s")
    let left = try #require(Self.figure("pending_keys", session))
    #expect(left < all && left > 0)
    for user in 1...60 { _ = try session.run("get user:\(user)") }
    _ = try session.run("tick 1m")
    #expect(Self.figure("pending_keys", session) == 0)
    for user in 1...60 { _ = try session.run("put user:\(user)") }
    #expect(try #require(Self.figure("redirects", session)) > 0)
    #expect(Self.figure("wrong_shard_reads", session) == 0)
    #expect(Self.figure("lost_writes", session) == 0)
    #expect(session.bench.checkInvariants() == nil)
  }

  @Test("without the owner's check an old map reads the wrong shard and loses writes")
  func unchecked() throws {
    var session = BenchSession(ShardingBench())
    _ = try session.run("set placement=ring shard.check=off")
    _ = try session.run("add shard-5")
    for user in 1...40 { _ = try session.run("get user:\(user)") }
    #expect(try #require(Self.figure("wrong_shard_reads", session)) > 0)
    for user in 1...40 { _ = try session.run("put user:\(user)") }
    #expect(try #require(Self.figure("lost_writes", session)) > 0)
    // Turning the check on again does not bring them back, and is no fault of the bench.
    _ = try session.run("set shard.check=on")
  }

  @Test("a shard that is down stops its own keys and its own copies, nothing else")
  func crash() throws {
    var session = BenchSession(ShardingBench())
    _ = try session.run("set placement=ring")
    _ = try session.run("crash shard-2")
    #expect(throws: Diagnostic.self) { try session.run("remove shard-2") }
    _ = try session.run("add shard-5")
    #expect(try #require(Self.figure("pending_keys", session)) > 0)
    _ = try session.run("restart shard-2")
    _ = try session.run("tick 10s")
    #expect(Self.figure("pending_keys", session) == 0)
    #expect(Self.figure("lost_writes", session) == 0)
  }

  @Test("ranges split, but not inside one key")
  func splitting() throws {
    var session = BenchSession(ShardingBench())
    _ = try session.run("set placement=range ranges=4")
    _ = try session.run("split user:42")
    #expect(Self.figure("ranges", session) == 5)
    #expect(throws: Diagnostic.self) { try session.run("split user:42") }
    _ = try session.run("split user:5000 shard-1")
    #expect(try #require(Self.figure("moved_keys", session)) > 0)
  }
}

extension Document {
  /// The words of a reply, one block after the other.
  fileprivate var plain: String {
    blocks.map { block in
      if case .paragraph(let text) = block { return text.plain }
      return ""
    }.joined(separator: "\n")
  }
}
