import Kernel
import Presentation

/// `compare`: Puts the attempts at the open drill side by side.
struct CompareCommand: Command {
  let spec = CommandSpec(
    "compare", .drilling, isPromptOnly: true,
    "Puts the attempts at the open drill side by side.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.compare("", session))
  }
}
