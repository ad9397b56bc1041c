import Blueprints
import Curriculum
import Drills
import Kernel
import Presentation

/// `case capacity`: the highest load that a design carries.
struct CaseCapacityCommand: Command {
  let spec = CommandSpec(
    "case capacity", .cases, arguments: [.init("CASE|CASE/DESIGN|FILE", completion: .designs)],
    options: DesignCall.options + [.init("--json", "prints one JSON document")],
    examples: [("case capacity url-shortener", "how far the reference is from its limit")],
    "Searches the highest load, as a factor of the designed one, that meets the objectives.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let file = try session.library.blueprint(call.argument(0) ?? "")
    let first = try DesignCall.run(file, call)
    let objectives = try file.conditions().objectives
    guard !objectives.isEmpty else {
      throw Diagnostic(
        "The design has no objectives, so no load is too high for it.",
        expected: "'objectives:' in \(file.file)")
    }
    let search = try CapacitySearch(file.design, first.request) {
      DrillRun(of: first.scenario, objectives: objectives, $0)
    }
    guard call.has("--json") else { return Reply(document(file.design.title, search)) }
    return Reply(
      json: JSON.members([
        "factor": search.factor.map(JSON.number) ?? .null,
        "limited_by": search.missed.map(JSON.text) ?? .null,
        "hottest": search.hottest.map(JSON.text) ?? .null,
      ]).pretty())
  }

  private func document(_ title: String, _ search: CapacitySearch) -> Document {
    var document = Document([.heading(2, Text("\(title): how much load it carries"))])
    let rows = search.trials.map { trial -> [Text] in
      [
        Text("\(Unit.ratio.text(trial.factor)) ×"),
        Text([.mark(trial.run.isPassed ? .met : .missed)]),
        Text(trial.run.outcome.measurement("success")?.text ?? ""),
        Text(trial.run.outcome.measurement("p99")?.text ?? ""),
      ]
    }
    document.add(
      .table(
        Table(
          [
            .init("load", .trailing), .init("objectives"), .init("success", .trailing),
            .init("p99", .trailing),
          ], rows)))
    document.add(.text(search.sentence))
    return document
  }
}
