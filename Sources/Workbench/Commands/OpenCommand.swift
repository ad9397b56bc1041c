import Kernel
import Presentation

/// `open`: a lesson where it was left, or a drill.
struct OpenCommand: Command {
  let spec = CommandSpec(
    "open", .walking,
    arguments: [.init("ID", completion: .topics), .init("STEP", isOptional: true)],
    examples: [
      ("open sharding", "the lesson, where you left it"),
      ("open sharding 2", "its second step"),
      ("open sharding/grow-under-load", "a drill"),
    ], isPromptOnly: true, "Opens a lesson where you left it, or a drill.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let id = call.argument(0) ?? ""
    guard let step = call.argument(1) else {
      return Reply(try id.contains("/") ? session.open(drill: id) : session.open(lesson: id))
    }
    guard !id.contains("/") else {
      throw Diagnostic(
        "A drill has no steps, so '\(step)' goes nowhere.", found: step, expected: "'open \(id)'")
    }
    return Reply(try session.open(lesson: id, at: step))
  }
}
