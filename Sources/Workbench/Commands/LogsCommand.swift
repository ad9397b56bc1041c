import Drills
import Kernel
import Presentation

/// `logs`: Finds lines in the log of the last run; weight=harm and part=NAME narrow it.
struct LogsCommand: Command {
  let spec = CommandSpec(
    "logs", .drilling, arguments: [.init("WORDS", isOptional: true, isRest: true)],
    isPromptOnly: true,
    "Finds lines in the log of the last run; weight=harm and part=NAME narrow it.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(RunTelemetry(try session.desk.lastOutcome()).logs(call.text))
  }
}
