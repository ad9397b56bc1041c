import Curriculum
import Kernel
import Presentation
import Progress

/// `roadmap`: every phase and topic: what is done, what is weak, what is due, what comes next.
struct RoadmapCommand: Command {
  let spec = CommandSpec(
    "roadmap", .walking, options: [.init("--json", "prints one JSON document")],
    examples: [("roadmap", "what there is, what is done, what comes next")],
    "Shows every topic: how far it has come, what is weak, what is due, what comes next.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var document = Document()
    var phases: [JSON] = []
    let due = try dueByTopic(session)
    let weak = Set(try session.backlog().weak.map(\.subject))
    let next = try session.overview().nextTopic
    for phase in session.library.roadmap.phases {
      var rows: [[Text]] = []
      var entries: [JSON] = []
      for entry in phase.entries {
        let state = try State(entry.id, session)
        let count = due[entry.id] ?? 0
        var marks: [Text] = []
        if weak.contains(entry.id) { marks.append(.toned("weak", .bad)) }
        if count > 0 { marks.append(Text("\(count) due")) }
        if entry.id == next { marks.append(.toned("next", .accent)) }
        let notes = marks.enumerated().reduce(Text("")) { text, mark in
          text + (mark.offset == 0 ? "" : ", ") + mark.element
        }
        rows.append([Text(entry.title), .code(entry.id), state.text, notes])
        entries.append(
          .members([
            "id": .text(entry.id), "title": .text(entry.title), "state": .text(state.word),
            "steps": .integer(state.stepCount), "finished": .integer(state.finishedCount),
            "due": .integer(count), "weak": .boolean(weak.contains(entry.id)),
            "next": .boolean(entry.id == next),
          ]))
      }
      document.add(.heading(2, Text("Phase \(phase.number): \(phase.title)")))
      document.add(.table(Table([.init("topic"), .init("id"), .init("state"), .init("")], rows)))
      phases.append(.members(["title": .text(phase.title), "topics": .list(entries)]))
    }
    document.add(
      .text(
        "'open ID' opens a topic, 'drill next ID' goes straight to its first drill; "
          + "'plan --date DAY' makes a plan of it all."))
    guard call.has("--json") else { return Reply(document) }
    return Reply(json: JSON.members(["phases": .list(phases)]).pretty())
  }

  /// How many cards and drills of each topic are due.
  private func dueByTopic(_ session: Session) throws(Diagnostic) -> [String: Int] {
    var due: [String: Int] = [:]
    for item in try session.dueReviews() {
      let id =
        switch item {
        case .card(let id), .drill(let id): id
        }
      due[String(id.prefix { $0 != "/" }), default: 0] += 1
    }
    return due
  }

  /// How far one topic has come.
  private struct State {
    let word: String
    var stepCount = 0
    var finishedCount = 0

    init(_ id: String, _ session: Session) throws(Diagnostic) {
      guard session.library.hasLesson(id) else {
        word = "not built yet"
        return
      }
      let steps = try session.library.lesson(id).steps.map(\.id)
      let progress = try session.remembering { () throws(StoreError) in
        try session.store.topic(id)
      }
      let finished = steps.count { progress.isDone($0) || progress.skipped.contains($0) }
      stepCount = steps.count
      finishedCount = finished
      word = finished == 0 ? "open" : finished == steps.count ? "done" : "begun"
    }

    var text: Text {
      switch word {
      case "done": .toned("done", .good)
      case "begun": .toned("\(finishedCount) of \(stepCount) steps", .accent)
      case "open": Text("\(stepCount) steps")
      default: .toned(word, .quiet)
      }
    }
  }
}
