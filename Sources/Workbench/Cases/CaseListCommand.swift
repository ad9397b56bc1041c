import Curriculum
import Kernel
import Presentation

/// `case list`: the case studies, their designs and drills.
struct CaseListCommand: Command {
  let spec = CommandSpec(
    "case list", aliases: ["cases"], .cases,
    options: [.init("--json", "prints one JSON document")],
    "Lists the case studies with their designs and drills.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let library = session.library
    var rows: [[Text]] = []
    var items: [JSON] = []
    for folder in library.folders where folder.isCase {
      let lesson = try library.lesson(folder.topic)
      let designs = library.blueprintIDs(of: folder.topic)
      let drills = library.drillIDs(of: folder.topic)
      rows.append([
        .code(folder.topic), Text(lesson.title), Text("\(lesson.minutes) min"),
        Text(designs.map { String($0.dropFirst(folder.topic.count + 1)) }.joined(separator: ", ")),
        Text("\(drills.count)"),
      ])
      items.append(
        .members([
          "id": .text(folder.topic), "title": .text(lesson.title),
          "minutes": .integer(lesson.minutes), "designs": .list(designs.map(JSON.text)),
          "drills": .list(drills.map(JSON.text)),
        ]))
    }
    guard call.has("--json") else {
      var document = Document([
        .table(
          Table(
            [
              .init("case"), .init("title"), .init("time", .trailing), .init("designs"),
              .init("drills", .trailing),
            ], rows))
      ])
      document.add(.text("'open CASE' begins one; 'case show CASE' draws its design."))
      return Reply(document)
    }
    return Reply(json: JSON.members(["cases": .list(items)]).pretty())
  }
}
