import Curriculum
import Kernel
import Presentation
import Progress

/// `drill`: the next drill of a topic on the desk at once, without a walk through the lesson.
struct DrillCommand: Command {
  let spec = CommandSpec(
    "drill", .drilling,
    arguments: [.init("TOPIC", isOptional: true, isRest: true, completion: .topics)],
    examples: [
      ("drill circuit-breaker", "the first drill of the topic that you have not passed"),
      ("drill", "the same for what is open here, or comes next"),
    ], "Opens the next drill of a topic at once: the first that you have not passed.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let words = call.text.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.count == 1, session.library.drillIDs.contains(words[0]) {
      return Reply(try session.open(drill: words[0]))
    }
    let known = session.library.topics
    if let word = words.first, !known.contains(word) { throw Self.refusal(word, known) }
    guard words.count < 2 else {
      throw Diagnostic(
        "'drill' does not know what to do with '\(words[1])'.", found: words[1],
        expected: "'drill \(words[0])'")
    }
    if let topic = words.first ?? session.desk.topic {
      return Reply(try session.openDrill(of: topic))
    }
    return Reply(try session.openDrill(of: session.overview().nextTopic ?? known[0]))
  }

  /// A word that is no topic may also be meant for `drill run` and its like.
  private static func refusal(_ word: String, _ topics: [String]) -> Diagnostic {
    let verbs = CommandRegistry.continuations(of: "drill")
    let nearest =
      NearestWord.nearest(to: word, in: verbs) ?? NearestWord.nearest(to: word, in: topics)
    return Diagnostic(
      "There is no topic called '\(word)', and no 'drill \(word)'.", found: word,
      expected: "a topic, or one of: \(verbs.map { "drill \($0)" }.joined(separator: ", "))",
      suggestion: nearest.map { "drill \($0)" })
  }
}

extension Session {
  /// What is typed for the first drill of a topic at once; nil when one was run already.
  func firstDrillLine(of topic: String) throws(Diagnostic) -> String? {
    let runs = try remembering { () throws(StoreError) in try store.drills() }
    let ids = library.drillIDs(of: topic)
    guard !runs.contains(where: { ids.contains($0.drill) }) else { return nil }
    return ids.isEmpty ? "estimate practice" : "drill"
  }

  /// Opens the first drill of a topic that is not passed, in the order of its lesson.
  ///
  /// Where there are no drills the topic is about estimates, and a problem of the coach opens.
  func openDrill(of topic: String) throws(Diagnostic) -> Document {
    let ids = try drillsInOrder(of: topic)
    guard !ids.isEmpty else { return try openPractice(nil, seed: nil) }
    for id in ids where try !isPassed(id) {
      // One drill gives way to the next, so that `back` leads where the first came from.
      if desk is DrillDesk { _ = try leave() }
      return try open(drill: id)
    }
    throw Diagnostic(
      "All \(ids.count) drills of \(topic) are passed.", found: topic,
      expected: "'open ID' to run one again; 'drill list \(topic)' names them")
  }

  /// The drills of a topic, those of its lesson first, in the lesson's order.
  func drillsInOrder(of topic: String) throws(Diagnostic) -> [String] {
    let linked = try library.lesson(topic).steps.flatMap(\.tasks).compactMap { task -> String? in
      if case .drill(let id) = task.kind { id } else { nil }
    }
    let known = library.drillIDs(of: topic)
    return linked.filter { known.contains($0) } + known.filter { !linked.contains($0) }
  }
}
