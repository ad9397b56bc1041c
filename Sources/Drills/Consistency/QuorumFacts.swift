import Kernel
import Patterns
import Simulation

extension QuorumNode.Output {
  /// The fact that a node of a leaderless store states; nil for what it asks for.
  ///
  /// `name` tells what is kept under a key.
  func fact(at now: Instant, naming name: (Int) -> String) -> Fact? {
    switch self {
    case .reply, .send, .wakeMe, .persist: nil
    case .suspects(let other, let silent):
      Fact(
        "suspects", "has not heard from n\(other.index + 1) for \(silent)", about: other,
        since: now - silent)
    case .handsOff(let count, let other):
      Fact(
        "hands-off",
        "hands \(count) kept \(count == 1 ? "write" : "writes") over to n\(other.index + 1)")
    case .refusesHint(let other):
      Fact(
        "no-hint",
        "keeps nothing more for n\(other.index + 1), which is down for longer than the window",
        weight: .harm, about: other)
    case .forgets(let key): Fact("forgets", "forgets that \(name(key)) was deleted")
    }
  }
}
