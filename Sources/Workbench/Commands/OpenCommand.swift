import Kernel
import Presentation

/// `open`: a lesson where it was left, or a drill.
struct OpenCommand: Command {
  let spec = CommandSpec(
    "open", .walking, arguments: [.init("ID", completion: .topics)],
    examples: [
      ("open sharding", "the lesson, where you left it"),
      ("open sharding/grow-under-load", "a drill"),
    ], isPromptOnly: true, "Opens a lesson where you left it, or a drill.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let id = call.text
    if id.contains("/") { return Reply(try session.open(drill: id)) }
    return Reply(try session.open(lesson: id))
  }
}
