import Kernel
import Presentation

/// `quit`: Leaves; everything is already saved.
struct QuitCommand: Command {
  let spec = CommandSpec(
    "quit", aliases: ["exit"], .tending, isPromptOnly: true,
    "Leaves; everything is already saved.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var reply = Reply(
      session.isKept ? "Saved. Until next time." : "Until next time. Nothing was saved.")
    reply.leaves = true
    return reply
  }
}
