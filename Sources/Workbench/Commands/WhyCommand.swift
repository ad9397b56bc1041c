import Kernel
import Presentation

/// `why`: Tells why: the causal chain of the last run, or the reason behind the last answer.
struct WhyCommand: Command {
  let spec = CommandSpec(
    "why", .answering, isPromptOnly: true,
    "Tells why: the causal chain of the last run, or the reason behind the last answer.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.why(session))
  }
}
