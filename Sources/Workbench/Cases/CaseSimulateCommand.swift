import Blueprints
import Curriculum
import Drills
import Kernel
import Presentation

/// `case simulate`: a design under its load, request by request.
struct CaseSimulateCommand: Command {
  let spec = CommandSpec(
    "case simulate", .cases, arguments: [.init("CASE|CASE/DESIGN|FILE", completion: .designs)],
    options: DesignCall.options + [.init("--json", "prints one JSON document")],
    examples: [
      ("case simulate netflix", "the reference design under the estimated load"),
      ("case simulate netflix --fault \"at 30s crash us_east\"", "and without a region"),
    ],
    "Runs a design request by request and judges it; exit status 1 when an objective is missed.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let file = try session.library.blueprint(call.argument(0) ?? "")
    let run = try DesignCall.run(file, call)
    guard call.has("--json") else {
      return Reply(DesignRunView.document(run, file.design), fallsShort: !run.isPassed)
    }
    return Reply(json: JSONView.run(run).pretty(), fallsShort: !run.isPassed)
  }
}

/// The options that commands about designs share.
enum DesignCall {
  static let options: [CommandSpec.Option] = [
    .init("--set", "KNOB=VALUE", repeats: true, "changes a figure of the design"),
    .init("--fault", "\"LINE\"", repeats: true, "lets something go wrong"),
    .init("--seed", "N", "runs from another seed"),
  ]

  static func run(_ file: DesignFile, _ call: CommandCall) throws(Diagnostic) -> DrillRun {
    try file.run(
      KnobChanges.read(call.values("--set")), faults: call.values("--fault"),
      seed: call.number("--seed"))
  }
}

/// The screen after a run of a design: objectives, the tree with what is hot, charts, why.
enum DesignRunView {
  static func document(_ run: DrillRun, _ design: Blueprint) -> Document {
    var document = RunView.document(run, title: "\(design.title) · seed \(run.request.seed)")
    let scenario = BlueprintScenario(design)
    let changed = (try? scenario.changed(run.request.settings)) ?? design
    document.add(.heading(3, "What was hot"))
    document.add(.table(TopologyView.table(changed, run.outcome)))
    if design.cells > 1 {
      document.add(
        .text(
          "One of \(Unit.count.text(design.cells)) equal cells was simulated, with its share of the "
            + "load."))
    }
    return document
  }
}
