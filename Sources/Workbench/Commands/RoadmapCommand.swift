import Curriculum
import Kernel
import Presentation
import Progress

/// `roadmap`: every phase and topic, and how far each has come.
struct RoadmapCommand: Command {
  let spec = CommandSpec(
    "roadmap", .walking, options: [.init("--json", "prints one JSON document")],
    examples: [("roadmap", "what there is, what is done, what comes next")],
    "Shows every topic and how far each has come.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var document = Document()
    var phases: [JSON] = []
    for phase in session.library.roadmap.phases {
      var rows: [[Text]] = []
      var entries: [JSON] = []
      for entry in phase.entries {
        let state = try State(entry.id, session)
        rows.append([Text(entry.title), .code(entry.id), state.text])
        entries.append(
          .members([
            "id": .text(entry.id), "title": .text(entry.title), "state": .text(state.word),
            "steps": .integer(state.stepCount), "finished": .integer(state.finishedCount),
          ]))
      }
      document.add(.heading(2, Text("Phase \(phase.number): \(phase.title)")))
      document.add(.table(Table([.init("topic"), .init("id"), .init("state")], rows)))
      phases.append(.members(["title": .text(phase.title), "topics": .list(entries)]))
    }
    guard call.has("--json") else { return Reply(document) }
    return Reply(json: JSON.members(["phases": .list(phases)]).pretty())
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
