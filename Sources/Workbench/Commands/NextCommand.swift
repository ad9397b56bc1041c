import Kernel
import Presentation

/// `next`: Goes on: the next step, question, card or run.
struct NextCommand: Command {
  let spec = CommandSpec(
    "next", aliases: ["n"], .walking, examples: [("next", "goes on to whatever comes next")],
    isPromptOnly: true,
    "Goes on: the next step, question, card or run.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.next(session))
  }
}
