import Curriculum
import Kernel
import Presentation
import Progress

/// `notes`: what was noted.
struct NotesCommand: Command {
  let spec = CommandSpec(
    "notes", .keeping, arguments: [.init("TOPIC", isOptional: true, completion: .topics)],
    options: [.init("--json", "prints one JSON document")], "Lists your notes.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let topic = call.argument(0)
    if let topic, topic != EstimateRecord.topic { _ = try session.library.folder(topic) }
    let notes = try session.remembering { () throws(StoreError) in
      try session.store.notes(in: topic)
    }
    guard !call.has("--json") else {
      let items = notes.map { note in
        JSON.members([
          "topic": note.place.map { .text($0.topic) }, "step": note.place.map { .text($0.step) },
          "text": .text(note.text),
        ])
      }
      return Reply(json: JSON.members(["notes": .list(items)]).pretty())
    }
    guard !notes.isEmpty else {
      let subject = topic.map { " on \($0)" } ?? ""
      return Reply(Text("No notes\(subject) yet. 'note TEXT' writes one."))
    }
    return Reply(
      Document([
        .table(
          Table(
            [.init("where"), .init("note")],
            notes.map { note in
              let place = note.place.map { [$0.topic, $0.step].filter { !$0.isEmpty } } ?? []
              return [.toned(place.joined(separator: " "), .quiet), Text(note.text)]
            }))
      ]))
  }
}
