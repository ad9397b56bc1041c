import Curriculum
import Drills
import Kernel
import Presentation

/// `drill run`: one run of a drill with settings, faults and seed from the command line.
struct DrillRunCommand: Command {
  let spec = CommandSpec(
    "drill run", .drilling, arguments: [.init("ID", completion: .drills)],
    options: [
      .init("--set", "KNOB=VALUE", repeats: true, "turns a knob, load included"),
      .init("--fault", "\"LINE\"", repeats: true, "replaces the drill's faults"),
      .init("--seed", "N", "runs from another seed"),
      .init("--json", "prints one JSON document"),
    ],
    examples: [
      ("drill run sharding/grow-under-load", "the drill as it starts"),
      ("drill run sharding/grow-under-load --set placement=ring --seed 8", "another try"),
    ], "Runs a drill once and judges it; exit status 1 when an objective is missed.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let drill = try session.library.drill(call.argument(0) ?? "")
    var request = try drill.request(
      changing: KnobChanges.read(call.values("--set")), faults: call.values("--fault"))
    if let seed = try call.number("--seed") { request.seed = seed }
    let run = DrillRun(drill, of: drill.scenario, request)
    let title = "\(drill.id) · seed \(request.seed)"
    session.inspected = InspectedRun(title: title, run: run)
    guard call.has("--json") else {
      return Reply(
        RunView.document(run, title: title),
        fallsShort: !run.isPassed)
    }
    return Reply(json: JSONView.run(run).pretty(), fallsShort: !run.isPassed)
  }
}

/// Reads `KNOB=VALUE` texts of options.
enum KnobChanges {
  static func read(_ texts: [String]) throws(Diagnostic) -> [(name: String, text: String)] {
    var changes: [(name: String, text: String)] = []
    for text in texts {
      let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        throw Diagnostic("'\(text)' sets nothing.", found: text, expected: "KNOB=VALUE")
      }
      changes.append((sides[0], sides[1]))
    }
    return changes
  }
}
