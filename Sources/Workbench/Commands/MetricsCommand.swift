import Drills
import Kernel
import Presentation

/// `metrics`: Shows the metrics of the last run, or asks them in PromQL.
struct MetricsCommand: Command {
  let spec = CommandSpec(
    "metrics", .drilling, arguments: [.init("QUERY", isOptional: true, isRest: true)],
    isPromptOnly: true,
    "Shows the metrics of the last run, or asks them in PromQL.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try RunTelemetry(try session.desk.lastOutcome()).metrics(call.text))
  }
}
