import Kernel
import Patterns
import Simulation
import Testing

@Suite("Raft in a faulty world")
struct RaftSwarmTests {
  @Test("holds the four properties after every step and lives when healed", arguments: 0..<40)
  func holds(batch: Int) {
    var committed = 0
    var reads = 0
    for seed in (batch * 50)..<(batch * 50 + 50) {
      let swarm = RaftSwarm(seed: UInt64(seed), reads: seed % 4 == 0 ? .lease : .quorum)
      let outcome = swarm.run()
      committed += outcome.committed
      reads += outcome.reads
      let names = Roster((1...6).map { "n\($0)" })
      #expect(
        outcome.failure == nil,
        "seed \(seed): \(outcome.failure ?? "") under\n\(swarm.plan.text(names))")
    }
    #expect(committed > 500 && reads > 100, "too little happened: \(committed), \(reads)")
  }
}
