import Kernel
import Presentation

/// `goto`: Goes to a step of the open lesson by its number or id.
struct GotoCommand: Command {
  let spec = CommandSpec(
    "goto", .walking, arguments: [.init("STEP", completion: .steps)],
    examples: [("goto 4", "the fourth step of the open lesson")], isPromptOnly: true,
    "Goes to a step of the open lesson by its number or id.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.goto(call.text, session))
  }
}
