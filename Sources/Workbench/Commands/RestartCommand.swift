import Curriculum
import Kernel
import Presentation
import Progress

/// `restart`: the bench or the drill as it was at the start, or the whole lesson.
struct RestartCommand: Command {
  let spec = CommandSpec(
    "restart", .walking,
    arguments: [.init("WHAT", isOptional: true, completion: .words(["lesson"]))],
    examples: [
      ("restart", "a fresh bench, or the drill's own settings"),
      ("restart lesson", "every step open again; notes and reviews stay"),
    ], isPromptOnly: true,
    "Brings the bench or the drill back to its start, or begins the lesson anew.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    guard let what = call.argument(0) else { return Reply(try session.desk.restart(session)) }
    guard what == "lesson" else {
      throw .unknown("thing to restart", what, known: ["lesson"])
    }
    guard let lesson = session.desk as? LessonDesk else {
      throw session.desk.refusal("No lesson is open here.")
    }
    try session.record(.restarted(topic: lesson.lesson.id))
    return Reply(try lesson.goto("1", session))
  }
}
