import Drills
import Kernel
import Presentation

/// `fidelity`: what a model keeps and what it leaves out.
struct FidelityCommand: Command {
  let spec = CommandSpec(
    "fidelity", .answering,
    arguments: [
      .init("TOPIC", isOptional: true, completion: .topics),
      .init("TOOL", isOptional: true, completion: .presets),
    ],
    examples: [
      ("fidelity sharding", "what the model leaves out"),
      ("fidelity circuit-breaker hystrix", "a tool's parameters, defaults and sources"),
    ], "Says what a model keeps and what it leaves out, with its sources.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    guard let id = call.argument(0) ?? session.desk.topic else {
      throw Diagnostic(
        "Say of which topic.", found: "fidelity",
        expected: Diagnostic.oneOf(TopicRegistry.topics.map(\.id)))
    }
    let topic = try TopicRegistry.topic(id)
    if let tool = call.argument(1) {
      guard let preset = topic.presets.first(where: { $0.id == tool }) else {
        throw .unknown("tool preset of \(id)", tool, known: topic.presets.map(\.id))
      }
      return Reply(FidelityView.document(preset))
    }
    var document = Document()
    for scenario in topic.scenarios {
      document = document + FidelityView.document(scenario.title, scenario.fidelity)
    }
    document = document + FidelityView.document("The bench", topic.makeBench(nil).fidelity)
    let tools = topic.presets.map(\.id).joined(separator: ", ")
    if !tools.isEmpty { document.add(.text("Tool presets, each with its own page: \(tools).")) }
    return Reply(document)
  }
}
