import Kernel
import Patterns
import Testing

/// A check that never fails proves nothing: each wrong way to build Raft must be found by it.
///
/// The two that need a story of their own are in `RaftPaperTests`.
@Suite("Raft built wrongly")
struct RaftShortcutTests {
  @Test(
    "is found out by the safety checks",
    arguments: [
      (RaftShortcut.votesTwice, ["election safety"]),
      (.votesForAnyLog, ["leader completeness", "state machine safety"]),
      (.appendsUnchecked, ["log matching", "state machine safety"]),
      (.readsUnchecked, ["stale read"]),
    ])
  func isFound(shortcut: RaftShortcut, names: [String]) {
    var found: String?
    for seed in 0..<600 where found == nil {
      var chaos = RaftChaos(seed: UInt64(seed), shortcuts: [shortcut])
      chaos.disturb(steps: 300)
      found = chaos.lab.violation?.invariant ?? chaos.staleRead.map { _ in "stale read" }
    }
    #expect(names.contains(found ?? "nothing"), "\(shortcut) led to \(found ?? "nothing")")
  }

  @Test("is missed by the audit nowhere that the plain properties see it")
  func auditMissesNothing() {
    var found = 0
    for seed in 0..<120 as Range<UInt64> {
      let shortcuts: Set = [.votesTwice, .votesForAnyLog, RaftShortcut.appendsUnchecked]
      var chaos = RaftChaos(seed: seed, shortcuts: shortcuts)
      chaos.lab.checksPlainly = true
      chaos.disturb(steps: 300)
      if chaos.lab.violation != nil { found += 1 }
      let missed = chaos.lab.missed
      #expect(missed == nil, "seed \(seed): \(missed?.description ?? "")")
    }
    #expect(found > 10)
  }
}
