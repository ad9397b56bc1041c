import Kernel
import Presentation
import Progress

/// `history`: the newest entries of the log.
struct HistoryCommand: Command {
  let spec = CommandSpec(
    "history", .keeping, arguments: [.init("COUNT", isOptional: true)],
    examples: [("history 10", "the last ten things you did")],
    "Lists the last things you did, the newest last; undone ones are marked.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var limit = 20
    if let text = call.argument(0) {
      guard let count = Int(text), (1...10_000).contains(count) else {
        throw Diagnostic(
          "'\(text)' is no count.", found: text, expected: "a whole number from 1 to 10000")
      }
      limit = count
    }
    let entries = try session.remembering { () throws(StoreError) in
      try session.store.history(limit: limit)
    }
    guard !entries.isEmpty else { return Reply("Nothing has happened yet.") }
    let rows = entries.map { entry -> [Text] in
      let line = HistoryView.line(entry.event)
      return [
        .toned(DateText.minute(entry.event.atMilliseconds), .quiet),
        entry.isUndone ? .toned(line + " (undone)", .quiet) : Text(line),
      ]
    }
    return Reply(Document([.table(Table([.init("when (UTC)"), .init("what")], rows))]))
  }
}
