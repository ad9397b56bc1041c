import Kernel
import Presentation

/// `undo`: Takes back the last bench command, setting, or review.
struct UndoCommand: Command {
  let spec = CommandSpec(
    "undo", .touching, isPromptOnly: true,
    "Takes back the last bench command, setting, or review.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    if session.desk is HomeDesk { return Reply(try session.takeBack()) }
    return Reply(try session.desk.undo(session))
  }
}
