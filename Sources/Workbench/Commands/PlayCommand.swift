import Kernel
import Presentation

/// `play`: Opens a bench of the same topic to try things freely; nothing is counted.
struct PlayCommand: Command {
  let spec = CommandSpec(
    "play", .touching, isPromptOnly: true,
    "Opens a bench of the same topic to try things freely; nothing is counted.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.play(session))
  }
}
