import Blueprints
import Curriculum
import Drills
import Kernel
import Presentation
import Progress

/// `case show`: a design as a picture, with what reviewers would stop at.
struct CaseShowCommand: Command {
  let spec = CommandSpec(
    "case show", .cases, arguments: [.init("CASE|CASE/DESIGN|FILE", completion: .designs)],
    options: [.init("--set", "KNOB=VALUE", repeats: true, "changes the design first")],
    examples: [
      ("case show netflix", "the reference design of a case"),
      ("case show netflix/app_servers", "another design of it"),
    ],
    "Draws a design: who calls whom, with what guards, and what a reviewer would stop at.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let file = try session.library.blueprint(call.argument(0) ?? "")
    let scenario = BlueprintScenario(file.design)
    var settings = Settings(scenario.knobs)
    for change in try KnobChanges.read(call.values("--set")) {
      try settings.set(change.name, change.text)
    }
    let design = try scenario.changed(settings)
    var document = Document([.heading(2, Text(design.title))])
    document.add(.table(TopologyView.table(design)))
    document.add(TopologyView.calls(design))
    document = document + LintView.document(design.lints())
    if !design.objectives.isEmpty {
      document.add(
        .paragraph(
          Text([
            .toned("objectives  ", .quiet), .plain(design.objectives.joined(separator: ", ")),
          ])))
    }
    document.add(.text("'case simulate \(call.argument(0) ?? "")' runs it, request by request."))
    return Reply(document)
  }
}
