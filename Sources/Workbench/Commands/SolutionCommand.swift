import Kernel
import Presentation

/// `solution`: Shows a solution, after an attempt.
struct SolutionCommand: Command {
  let spec = CommandSpec(
    "solution", .answering, isPromptOnly: true,
    "Shows a solution, after an attempt.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.solution(session))
  }
}
