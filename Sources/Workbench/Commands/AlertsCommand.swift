import Drills
import Kernel
import Presentation

/// `alerts`: Shows when the alert on harm fired in the last run.
struct AlertsCommand: Command {
  let spec = CommandSpec(
    "alerts", .drilling, isPromptOnly: true, "Shows when the alert on harm fired in the last run.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(RunTelemetry(try session.desk.lastOutcome()).alerts())
  }
}
