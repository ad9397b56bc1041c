import Kernel
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

  @Test("every command's example works on a fresh bench, in any placement")
  func examples() throws {
    for placement in ["modulo", "range", "ring"] {
      for command in ShardingBench().commands {
        var session = BenchSession(ShardingBench())
        _ = try session.run("set placement=\(placement)")
        _ = try session.run(command.example)
      }
    }
  }
}
