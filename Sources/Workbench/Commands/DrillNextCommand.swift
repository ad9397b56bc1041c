import Curriculum
import Kernel
import Presentation
import Progress

/// `drill next`: the shortest way from anywhere to a working drill.
struct DrillNextCommand: Command {
  let spec = CommandSpec(
    "drill next", .drilling, arguments: [.init("TOPIC", isOptional: true, completion: .topics)],
    examples: [("drill next caching", "the first drill of caching that you have not passed")],
    isPromptOnly: true, "Opens a topic's next drill, in the order of its lesson.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var asked = call.argument(0) ?? session.desk.topic
    if asked == nil { asked = try session.overview().nextTopic }
    guard let topic = asked else {
      throw Diagnostic("Which topic?", found: "drill next", expected: spec.usage)
    }
    let drills = try session.drillsInOrder(of: topic)
    guard !drills.isEmpty else {
      throw Diagnostic(
        "\(topic) has no drills: its lesson is the exercise.", found: topic,
        expected: "'open \(topic)', or 'drill next' with another topic",
        suggestion: "open \(topic)")
    }
    for id in drills where try !session.isPassed(id) {
      return Reply(try session.open(drill: id))
    }
    return Reply(
      Document([
        .text(
          "All \(drills.count) drills of \(topic) are passed. 'drill list \(topic)' shows them.")
      ]))
  }
}

extension Session {
  /// The drills of a topic: those of its lesson in the lesson's order, then the others.
  func drillsInOrder(of topic: String) throws(Diagnostic) -> [String] {
    let linked = try library.lesson(topic).steps.flatMap(\.tasks).compactMap { task -> String? in
      if case .drill(let id) = task.kind { id } else { nil }
    }
    return linked + library.drillIDs(of: topic).filter { !linked.contains($0) }
  }
}
