import Kernel
import Patterns
import Testing

/// A check that never fails proves nothing: each wrong way to build Raft must be found by it.
@Suite("Raft built wrongly")
struct RaftShortcutTests {
  @Test(
    "is found out by the safety checks",
    arguments: [
      (RaftShortcut.votesTwice, ["election safety"]),
      (.forgetsVotes, ["election safety"]),
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
}
