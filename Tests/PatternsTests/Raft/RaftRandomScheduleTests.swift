import Kernel
import Patterns
import Testing

/// Random schedules without a clock's mercy: any message may come at any time, twice or never, any
/// timer may ring, any node may crash; then the faults end and the cluster must get somewhere.
@Suite("Raft under random schedules")
struct RaftRandomScheduleTests {
  @Test("holds the four safety properties, and lives when healed", arguments: 0..<8)
  func holds(batch: Int) {
    for seed in (batch * 60)..<(batch * 60 + 60) {
      var chaos = RaftChaos(seed: UInt64(seed))
      chaos.disturb(steps: 300)
      let broken = chaos.lab.violation
      #expect(broken == nil, "seed \(seed): \(broken?.description ?? "")")
      chaos.heal()
      let failure = chaos.failureToLive
      #expect(failure == nil, "seed \(seed): \(failure ?? "")")
    }
  }
}
