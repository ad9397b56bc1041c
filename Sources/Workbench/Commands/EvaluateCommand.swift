import Kernel
import Presentation

/// `=`: one line of the estimate, from anywhere.
struct EvaluateCommand: Command {
  let spec = CommandSpec(
    "=", .estimating, arguments: [.init("LINE", isRest: true)],
    examples: [
      ("= 12_000 requests/s * 20 ms", "Little's law by hand"),
      ("= sharded = ceil(40 TB / 2 TB)", "a name that later lines can use"),
    ], "Evaluates a line with units and ranges, wherever you are.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(EstimateView.entry(try session.notebook.enter(call.text)))
  }
}
