import Drills
import Kernel
import Presentation

/// `dashboard`: the last run at a glance, as rate, errors, duration and what is in use.
struct DashboardCommand: Command {
  let spec = CommandSpec(
    "dashboard", .touching,
    examples: [("dashboard", "rate, errors, duration and saturation of the last run")],
    isPromptOnly: true,
    "Shows the last run as a dashboard: rate, errors, duration, utilisation, saturation.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let inspected = try session.inspectedRun()
    let telemetry = RunTelemetry(inspected.outcome)
    let clauses = inspected.run.judgements.map(\.clause)
    return Reply(Document([inspected.heading]) + (try telemetry.dashboard(clauses)))
  }
}
