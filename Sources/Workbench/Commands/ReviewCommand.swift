import Kernel
import Presentation
import Progress

/// `review`: what is due, one after the other.
struct ReviewCommand: Command {
  let spec = CommandSpec(
    "review", .keeping, options: [.init("--json", "lists what is due as JSON and ends")],
    "Reviews what is due: cards of begun lessons and drills that did not go well.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let due = try session.dueReviews()
    guard !call.has("--json") else {
      let items = due.map { JSON.text($0.text) }
      return Reply(json: JSON.members(["due": .list(items)]).pretty())
    }
    guard !due.isEmpty else {
      return Reply("Nothing is due. Cards join the reviews when you begin a lesson.")
    }
    return Reply(try session.open(ReviewDesk(due)))
  }
}
