import Drills
import Kernel
import Presentation

/// `traces`: Shows what followed from what in the last run, as traces.
struct TracesCommand: Command {
  let spec = CommandSpec(
    "traces", .drilling, arguments: [.init("NUMBER", isOptional: true, isRest: true)],
    isPromptOnly: true,
    "Shows what followed from what in the last run, as traces.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try RunTelemetry(try session.desk.lastOutcome()).traces(call.text))
  }
}
