import Drills
import Kernel
import Presentation
import Progress

/// `drill mystery`: a run with a hidden bug, to be named after as few questions as possible.
struct DrillMysteryCommand: Command {
  let spec = CommandSpec(
    "drill mystery", aliases: ["mystery"], .drilling,
    arguments: [.init("TOPIC", completion: .words(TopicRegistry.topics.map(\.id)))],
    options: [
      .init("--seed", "N", "brings a mystery back"),
      .init("--json", "prints the opening as one JSON document"),
    ],
    examples: [
      ("drill mystery sharding", "a hidden bug, or none, in a sharded store"),
      ("drill mystery circuit-breaker --seed 7", "the same one again"),
    ], "Hides a bug in a run, or none: ask within a budget, then name it.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let topic = call.argument(0) ?? ""
    let seed = try call.number("--seed")
    guard call.has("--json") else { return Reply(try session.openMystery(topic, seed: seed)) }
    let mystery = try Mystery(
      TopicRegistry.topic(topic), seed: seed ?? session.surroundings.freshSeed())
    return Reply(json: MysteryView.json(mystery).pretty())
  }
}
