import Kernel
import Presentation

/// `restart`: Brings the bench or the drill back to its start.
struct RestartCommand: Command {
  let spec = CommandSpec(
    "restart", .walking, isPromptOnly: true,
    "Brings the bench or the drill back to its start.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.restart(session))
  }
}
