import Kernel
import Testing

@testable import Drills

@Suite("The bench of Redis nodes")
struct RedisClusterBenchTests {
  static func figure(_ name: String, _ session: BenchSession) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  static func session() throws -> BenchSession {
    BenchSession(try Topic.sharding.bench(as: "redis-nodes"))
  }

  @Test("every command's example works on a fresh bench")
  func examples() throws {
    for command in RedisClusterBench().commands {
      var session = try Self.session()
      _ = try session.run(command.example)
    }
  }

  @Test("a dead master is replaced, and what was acknowledged before is there")
  func failover() throws {
    var session = try Self.session()
    _ = try session.run("set cluster-node-timeout=2s")
    _ = try session.run("client SET {b}1 x")
    _ = try session.run("tick 300ms")
    _ = try session.run("crash m1")
    #expect(Self.figure("failover_time", session) == nil)
    _ = try session.run("tick 8s")
    let time = try #require(Self.figure("failover_time", session))
    #expect(time > 2.5 && time < 5.5)
    #expect(Self.figure("masters", session) == 3)
    #expect(Self.figure("lost_writes", session) == 0)
    _ = try session.run("client GET {b}1")
    _ = try session.run("restart m1")
    _ = try session.run("tick 3s")
    #expect(Self.figure("masters", session) == 3)
  }

  @Test("a master cut off takes writes for a while, and loses them")
  func minority() throws {
    var session = try Self.session()
    _ = try session.run("set cluster-node-timeout=2s")
    _ = try session.run("cut m1")
    _ = try session.run("at m1 SET {b}1 lost")
    #expect(Self.figure("keys_written", session) == 1)
    _ = try session.run("tick 10s")
    _ = try session.run("mend")
    _ = try session.run("tick 10s")
    #expect(Self.figure("lost_writes", session) == 1)
  }

  @Test("a slot is handed over by hand, with ASK on the way")
  func handOver() throws {
    var session = try Self.session()
    for line in [
      "client SET {foo}1 a", "at m1 CLUSTER SETSLOT 12182 IMPORTING <m3>",
      "at m3 CLUSTER SETSLOT 12182 MIGRATING <m1>", "client SET {foo}2 b", "client GET {foo}2",
      "at m3 MIGRATE host 1 \"\" 0 5000 KEYS {foo}1", "at m3 CLUSTER SETSLOT 12182 NODE <m1>",
      "at m1 CLUSTER SETSLOT 12182 NODE <m1>", "tick 3s", "client GET {foo}1",
    ] { _ = try session.run(line) }
    #expect(Self.figure("lost_writes", session) == 0)
    #expect(try #require(Self.figure("redirects", session)) >= 2)
    let bench = try #require(session.bench as? RedisClusterBench)
    #expect(bench.owner(of: 12_182) == NodeID(0))
  }
}
