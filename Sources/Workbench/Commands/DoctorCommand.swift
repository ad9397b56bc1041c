import Curriculum
import Kernel
import Presentation
import Progress

/// `doctor`: whether everything is where it should be.
struct DoctorCommand: Command {
  let spec = CommandSpec(
    "doctor", .tending,
    "Says the version, where content and progress lie and whether both can be used.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let count = try session.remembering { () throws(StoreError) in try session.store.examine() }
    let last = try session.remembering { () throws(StoreError) in
      try session.store.history(limit: 1)
    }.last
    var rows: [[Text]] = [
      ["program", Text("drillhall \(ProgramVersion.text)")],
      ["content", Text(session.library.root)],
      ["lessons", Text("\(session.library.topics.count)")],
      ["drills", Text("\(session.library.drillIDs.count)")],
      ["progress", Text(session.store.path ?? "in memory only: it ends with the program")],
      ["log", Text("\(count) events, all of them sound")],
      ["last event", Text(last.map { HistoryView.line($0.event) } ?? "none yet")],
    ]
    rows += session.surroundings.facts.map { [Text($0.name), Text($0.value)] }
    return Reply(Document([.table(Table([.init("what"), .init("found")], rows))]))
  }
}
