import Drills
import Kernel
import Presentation

/// The run that `metrics`, `logs`, `traces` and `alerts` look into: the last one that was shown.
struct InspectedRun {
  let title: String
  let run: DrillRun

  var outcome: Outcome { run.outcome }

  /// The line that says what is being looked at.
  var heading: Block { .paragraph(.toned(title, .quiet)) }
}

extension Session {
  /// The run to look into.
  func inspectedRun() throws(Diagnostic) -> InspectedRun {
    guard !(desk is MysteryDesk) else {
      throw Diagnostic(
        "In a mystery questions are paid for.",
        expected: "one of: \(desk.words.joined(separator: ", "))")
    }
    guard let inspected else {
      throw Diagnostic(
        "Nothing has run yet that could be looked into.",
        expected: "'drill run ID', or 'open ID' and 'run'")
    }
    return inspected
  }
}
