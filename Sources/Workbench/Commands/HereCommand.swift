import Kernel
import Presentation

/// `here`: Shows again where you are and what is asked.
struct HereCommand: Command {
  let spec = CommandSpec(
    "here", aliases: ["where-am-i"], .walking, isPromptOnly: true,
    "Shows again where you are and what is asked.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(try session.desk.show(session))
  }
}
