import Kernel
import Presentation

/// `estimate flaw`: a worked estimate with one wrong line.
struct EstimateFlawCommand: Command {
  let spec = CommandSpec(
    "estimate flaw", .estimating, arguments: [.init("NAME", isOptional: true, completion: .flaws)],
    examples: [("estimate flaw", "the first one that you have not found yet")],
    "Shows a worked estimate with one wrong line, planted or published: find it.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.openFlaw(call.argument(0)))
  }
}
