import Kernel
import Presentation

/// `back`: Goes back a step, or leaves the drill, bench or lesson.
struct BackCommand: Command {
  let spec = CommandSpec(
    "back", .walking, isPromptOnly: true,
    "Goes back a step, or leaves the drill, bench or lesson.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    if let document = try session.desk.back(session) { return Reply(document) }
    return Reply(try session.leave())
  }
}
