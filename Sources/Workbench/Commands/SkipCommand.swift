import Kernel
import Presentation

/// `skip`: Passes over what is asked; it stays open for later.
struct SkipCommand: Command {
  let spec = CommandSpec(
    "skip", .answering, isPromptOnly: true,
    "Passes over what is asked; it stays open for later.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.skip(session))
  }
}
