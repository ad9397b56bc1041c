import Kernel
import Presentation

/// `run`: Runs the open drill, or makes happen what a prediction is about.
struct RunCommand: Command {
  let spec = CommandSpec(
    "run", .drilling, isPromptOnly: true,
    "Runs the open drill, or makes happen what a prediction is about.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.run(session))
  }
}
