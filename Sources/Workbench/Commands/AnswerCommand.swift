import Kernel
import Presentation

/// `answer`: Answers the question; the bare answer does the same.
struct AnswerCommand: Command {
  let spec = CommandSpec(
    "answer", .answering, arguments: [.init("TEXT", isRest: true)],
    examples: [("answer b", "picks option b")], isPromptOnly: true,
    "Answers the question; the bare answer does the same.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.answer(call.text, session))
  }
}
