import Curriculum
import Drills
import Kernel
import Presentation
import Progress

/// `drill list`: every drill and how it went.
struct DrillListCommand: Command {
  let spec = CommandSpec(
    "drill list", aliases: ["drills"], .drilling,
    arguments: [.init("TOPIC", isOptional: true, completion: .topics)],
    options: [.init("--json", "prints one JSON document")],
    "Lists the drills, with minutes and how yours went.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    var ids = session.library.drillIDs
    if let topic = call.argument(0) {
      _ = try session.library.folder(topic)
      ids = session.library.drillIDs(of: topic)
    }
    var rows: [[Text]] = []
    var items: [JSON] = []
    for id in ids {
      let drill = try session.library.drill(id)
      let progress = try session.remembering { () throws(StoreError) in try session.store.drill(id)
      }
      let state: Text =
        progress.isPassed
        ? .toned("passed", .good)
        : progress.attemptCount > 0 ? .toned("\(progress.attemptCount) tries", .accent) : ""
      rows.append([.code(id), Text(drill.title), Text("\(drill.minutes) min"), state])
      items.append(
        .members([
          "id": .text(id), "title": .text(drill.title), "minutes": .integer(drill.minutes),
          "attempts": .integer(progress.attemptCount), "passed": .boolean(progress.isPassed),
        ]))
    }
    guard call.has("--json") else {
      return Reply(
        Document([
          .table(
            Table([.init("drill"), .init("title"), .init("time", .trailing), .init("yours")], rows))
        ]))
    }
    return Reply(json: JSON.members(["drills": .list(items)]).pretty())
  }
}
