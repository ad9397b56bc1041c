import Kernel
import Presentation

/// `estimate practice`: a problem with fresh figures.
struct EstimatePracticeCommand: Command {
  let spec = CommandSpec(
    "estimate practice", .estimating,
    arguments: [.init("PROBLEM", isOptional: true, completion: .problems)],
    options: [.init("--seed", "N", "brings back the figures of that seed")],
    examples: [
      ("estimate practice", "the shortest that you have not done yet"),
      ("estimate practice url-shortener", "this one, with fresh figures"),
    ], "Poses an estimation problem with fresh figures and grades it step by step.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.openPractice(call.argument(0), seed: call.number("--seed")))
  }
}
