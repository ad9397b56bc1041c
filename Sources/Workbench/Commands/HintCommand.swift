import Kernel
import Presentation

/// `hint`: Gives the next hint.
struct HintCommand: Command {
  let spec = CommandSpec(
    "hint", .answering, isPromptOnly: true,
    "Gives the next hint.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.hint(session))
  }
}
