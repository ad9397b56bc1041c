import Kernel
import Presentation

/// `set`: Turns knobs of the open bench or drill.
struct SetCommand: Command {
  let spec = CommandSpec(
    "set", .touching, arguments: [.init("KNOB=VALUE", isRest: true, completion: .knobs)],
    examples: [("set placement=ring vnodes=128", "two knobs at once, or none if one does not fit")],
    isPromptOnly: true,
    "Turns knobs of the open bench or drill.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.set(call.text, session))
  }
}
