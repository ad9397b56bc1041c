import Blueprints
import Curriculum
import Drills
import Kernel
import Presentation

/// `case ablate`: what each guard of a design is worth under the faults given.
struct CaseAblateCommand: Command {
  let spec = CommandSpec(
    "case ablate", .cases, arguments: [.init("CASE|CASE/DESIGN|FILE", completion: .designs)],
    options: DesignCall.options + [.init("--json", "prints one JSON document")],
    examples: [
      (
        "case ablate netflix --fault \"at 20s slow recommender x50 for 30s\"",
        "which guard carried the design through a slow service"
      )
    ],
    "Takes one guard away at a time, runs again, and ranks what each was worth.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let file = try session.library.blueprint(call.argument(0) ?? "")
    let whole = try DesignCall.run(file, call)
    let objectives = try file.conditions().objectives
    let parts = try Ablation.parts(of: file.design, whole.request) {
      DrillRun(of: whole.scenario, objectives: objectives, $0)
    }
    guard call.has("--json") else {
      return Reply(AblationView.document(file.design.title, whole, parts))
    }
    let items = parts.map { part in
      JSON.members([
        "without": .text(part.knob), "success": part.success.map(JSON.number) ?? .null,
        "p99": part.p99.map(JSON.number) ?? .null, "passed": .boolean(part.isPassed),
      ])
    }
    return Reply(json: JSON.members(["guards": .list(items)]).pretty())
  }
}

/// The guards in the order of what they were worth.
enum AblationView {
  static func document(_ title: String, _ whole: DrillRun, _ parts: [Ablation]) -> Document {
    var document = Document([.heading(2, Text("\(title): one guard less at a time"))])
    func row(
      _ name: String, _ success: Double?, _ p99: Double?, _ isPassed: Bool
    ) -> [Text] {
      [
        Text(name), Text(success.map(Unit.fraction.text) ?? "none"),
        Text(p99.map(Unit.seconds.text) ?? "none"), Text([.mark(isPassed ? .met : .missed)]),
      ]
    }
    let first = row(
      "as it is", whole.outcome.measurement("success")?.value,
      whole.outcome.measurement("p99")?.value, whole.isPassed)
    let felt = parts.filter(\.isFelt)
    document.add(
      .table(
        Table(
          [
            .init("without"), .init("success", .trailing), .init("p99", .trailing),
            .init("objectives"),
          ], [first] + felt.map { row($0.knob, $0.success, $0.p99, $0.isPassed) })))
    let unfelt = parts.filter { !$0.isFelt }.map(\.knob)
    if !unfelt.isEmpty {
      document.add(
        .paragraph(
          Text([
            .toned("not felt in this run  ", .quiet), .plain(unfelt.joined(separator: ", ")),
          ])))
    }
    if parts.isEmpty { document.add(.text("The design has no guard to take away.")) }
    return document
  }
}
