import Curriculum
import Drills
import Kernel
import Presentation
import Simulation

/// `drill replay`: exactly the run that a token names.
struct DrillReplayCommand: Command {
  let spec = CommandSpec(
    "drill replay", aliases: ["replay"], .drilling, arguments: [.init("TOKEN")],
    options: [.init("--json", "prints one JSON document")],
    "Brings back exactly the run that a token names, on any machine.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let run = try replay(ReplayToken(call.argument(0) ?? ""), session.library)
    guard call.has("--json") else {
      var document = RunView.document(run, title: "\(run.drill?.id ?? run.scenario.id) · replayed")
      document.add(
        .paragraph(Text([.toned("digest  ", .quiet), .code(run.outcome.digest.text)])))
      return Reply(document)
    }
    return Reply(json: JSONView.run(run).pretty())
  }

  private func replay(_ token: ReplayToken, _ library: Library) throws(Diagnostic) -> DrillRun {
    let isDesign = library.blueprintIDs.contains(token.subject)
    let drill = token.subject.contains("/") && !isDesign ? try library.drill(token.subject) : nil
    let scenario: any Scenario
    if let drill {
      scenario = drill.scenario
    } else if isDesign {
      scenario = BlueprintScenario(try library.blueprint(token.subject).design)
    } else {
      scenario = try TopicRegistry.scenario(token.subject)
    }
    guard token.version == scenario.version else {
      throw Diagnostic(
        "This token is of version \(token.version) of '\(scenario.id)'; here it is version "
          + "\(scenario.version), which tells another story.", found: "\(token.version)",
        expected: "a token of version \(scenario.version)")
    }
    var settings = Settings(scenario.knobs)
    for change in token.changes { try settings.set(change.name, change.text) }
    try scenario.validate(settings)
    let plan = try FaultPlan.parse(
      token.faults.joined(separator: "\n"), roster: scenario.roster(settings))
    return DrillRun(
      drill, of: scenario, ScenarioRequest(settings: settings, faults: plan, seed: token.seed))
  }
}
