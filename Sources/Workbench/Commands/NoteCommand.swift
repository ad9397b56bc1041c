import Kernel
import Presentation
import Progress

/// `note`: a note that stays with the open step.
struct NoteCommand: Command {
  let spec = CommandSpec(
    "note", .keeping, arguments: [.init("TEXT", isRest: true)],
    examples: [("note ask for the read:write ratio before picking a key", "keeps the sentence")],
    isPromptOnly: true, "Writes a note; it stays with the open step.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let lesson = session.desk as? LessonDesk
    let place = lesson?.stepPlace ?? session.desk.topic.map { Place(topic: $0, step: "") }
    try session.record(.noteAdded(place, text: call.text))
    let said = Document([.text("Noted.")])
    guard let lesson, lesson.isNoteAsked else { return Reply(said) }
    return Reply(said + (try lesson.finish(session, .done)))
  }
}
