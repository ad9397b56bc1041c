import Curriculum
import Drills
import Kernel
import Presentation

/// `case compare`: two designs, or one under two settings, on the same seed and faults.
struct CaseCompareCommand: Command {
  let spec = CommandSpec(
    "case compare", .cases,
    arguments: [
      .init("DESIGN", completion: .designs), .init("DESIGN", completion: .designs),
    ], options: DesignCall.options + [.init("--json", "prints one JSON document")],
    examples: [("case compare netflix netflix/app_servers", "the reference and the tempting one")],
    "Puts two designs side by side, same seed and faults.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var runs: [(label: String, run: DrillRun)] = []
    for name in call.arguments {
      runs.append((name, try DesignCall.run(session.library.blueprint(name), call)))
    }
    guard call.has("--json") else {
      return Reply(
        ComparisonView.document(
          runs, title: "\(call.arguments.joined(separator: " and ")), same seed and faults"))
    }
    let items = runs.map { JSON.members(["label": .text($0.label), "run": JSONView.run($0.run)]) }
    return Reply(json: JSON.members(["runs": .list(items)]).pretty())
  }
}
