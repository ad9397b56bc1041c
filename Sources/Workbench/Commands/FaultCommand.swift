import Kernel
import Presentation

/// `fault`: Adds a fault line to the open drill; `fault reset` brings back its own.
struct FaultCommand: Command {
  let spec = CommandSpec(
    "fault", .drilling, arguments: [.init("LINE", isRest: true)],
    examples: [("fault at 30s crash shard-2", "one more thing that goes wrong")],
    isPromptOnly: true,
    "Adds a fault line to the open drill; `fault reset` brings back its own.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.fault(call.text, session))
  }
}
