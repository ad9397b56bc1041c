import Curriculum
import Drills
import Kernel
import Presentation

/// `drill compare`: the same drill, seed and faults under two or more settings.
struct DrillCompareCommand: Command {
  let spec = CommandSpec(
    "drill compare", .drilling, arguments: [.init("ID", completion: .drills)],
    options: [
      .init("--vary", "KNOB=A,B,...", "one run for each value of a knob"),
      .init("--with", "\"KNOB=VALUE ...\"", repeats: true, "one run with these settings"),
      .init("--set", "KNOB=VALUE", repeats: true, "turns a knob in every run"),
      .init("--fault", "\"LINE\"", repeats: true, "replaces the drill's faults in every run"),
      .init("--seed", "N", "runs from another seed"),
      .init("--json", "prints one JSON document"),
    ],
    examples: [
      (
        "drill compare sharding/grow-under-load --vary placement=modulo,ring,jump",
        "three placements side by side"
      )
    ], "Puts runs under several settings side by side, same seed and faults.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let drill = try session.library.drill(call.argument(0) ?? "")
    let scenario = drill.scenario
    let shared = try KnobChanges.read(call.values("--set"))
    var runs: [(label: String, run: DrillRun)] = []
    for variant in try variants(call) {
      var request = try drill.request(
        changing: shared + variant.changes, faults: call.values("--fault"))
      if let seed = try call.number("--seed") { request.seed = seed }
      runs.append((variant.label, DrillRun(drill, of: scenario, request)))
    }
    guard call.has("--json") else {
      return Reply(ComparisonView.document(runs, title: "\(drill.id), same seed and faults"))
    }
    let items = runs.map { JSON.members(["label": .text($0.label), "run": JSONView.run($0.run)]) }
    return Reply(json: JSON.members(["runs": .list(items)]).pretty())
  }

  private typealias Variant = (label: String, changes: [(name: String, text: String)])

  private func variants(_ call: CommandCall) throws(Diagnostic) -> [Variant] {
    var variants: [Variant] = []
    if let vary = call.value("--vary") {
      let sides = vary.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        throw Diagnostic("'\(vary)' varies nothing.", found: vary, expected: "KNOB=A,B")
      }
      for value in sides[1].split(separator: ",").map(String.init) {
        variants.append((value, [(sides[0], value)]))
      }
    }
    for text in call.values("--with") {
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      variants.append((text, try KnobChanges.read(words)))
    }
    if variants.count == 1 { variants.insert(("as it starts", []), at: 0) }
    guard variants.count > 1 else {
      throw Diagnostic(
        "Say what to compare.", found: "drill compare",
        expected: "--vary KNOB=A,B or --with \"KNOB=VALUE\" twice")
    }
    return variants
  }
}
