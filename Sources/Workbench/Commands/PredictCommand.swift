import Kernel
import Presentation

/// `predict`: Says what a figure will be: a number, or a range you are 90 % sure of.
struct PredictCommand: Command {
  let spec = CommandSpec(
    "predict", .answering, arguments: [.init("TEXT", isRest: true)],
    examples: [("predict 20 to 30 %", "a range that holds nine times in ten")], isPromptOnly: true,
    "Says what a figure will be: a number, or a range you are 90 % sure of.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.predict(call.text, session))
  }
}
