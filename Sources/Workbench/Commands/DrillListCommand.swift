import Curriculum
import Drills
import Kernel
import Presentation
import Progress

/// `drill list`: how many drills each topic has, or the drills of one topic, and how they went.
struct DrillListCommand: Command {
  let spec = CommandSpec(
    "drill list", aliases: ["drills"], .drilling,
    arguments: [.init("TOPIC", isOptional: true, completion: .topics)],
    options: [
      .init("--all", "lists every drill of every topic"),
      .init("--json", "prints one JSON document: every drill, or those of the topic"),
    ],
    examples: [
      ("drill list", "a line for each topic"),
      ("drill list sharding", "the drills of one topic, in the order of its lesson"),
    ],
    "Lists the topics with how many of their drills you passed, or the drills of one topic.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    // `drill list all` is what people type who have not seen `--all`.
    let topic = call.argument(0) == "all" ? nil : call.argument(0)
    if let topic { _ = try session.library.folder(topic) }
    let runs = try session.remembering { () throws(StoreError) in try session.store.drills() }
    guard !call.has("--json") else { return try json(topic, runs, session.library) }
    if let topic {
      return Reply(try drills(of: topic, runs, session) + Self.ways(from: topic, session.library))
    }
    guard call.argument(0) == "all" || call.has("--all") else {
      return Reply(topics(runs, session.library))
    }
    var document = Document()
    for topic in session.library.topics where !session.library.drillIDs(of: topic).isEmpty {
      document = document + (try drills(of: topic, runs, session))
    }
    document.add(.text("'open TOPIC/NAME' opens one; 'drill TOPIC' opens the next of a topic."))
    return Reply(document)
  }

  /// A line for each topic that has drills.
  private func topics(_ runs: [DrillProgress], _ library: Library) -> Document {
    var rows: [[Text]] = []
    var total = (drills: 0, passed: 0, tried: 0)
    for topic in library.topics {
      let ids = library.drillIDs(of: topic)
      guard !ids.isEmpty else { continue }
      let own = runs.filter { ids.contains($0.drill) }
      let passed = own.count(where: \.isPassed)
      let tried = own.count - passed
      total = (total.drills + ids.count, total.passed + passed, total.tried + tried)
      let share = "\(passed) of \(ids.count)"
      rows.append([
        Text(Self.title(of: topic, library)), .code(topic),
        passed == ids.count ? .toned(share, .good) : Text(share),
        tried > 0 ? .toned("\(tried)", .accent) : "",
      ])
    }
    let columns: [Table.Column] = [
      .init("topic"), .init("id"), .init("passed", .trailing), .init("tried", .trailing),
    ]
    let tried = total.tried > 0 ? ", \(total.tried) tried without passing" : ""
    return Document([
      .table(Table(columns, rows)),
      .text("\(total.drills) drills, \(total.passed) passed\(tried)."),
      .text(
        "'drill list ID' shows those of a topic, 'drill list --all' every one; 'drill ID' opens the "
          + "next of a topic at once."),
    ])
  }

  /// The drills of a topic below its title, in the order of its lesson.
  private func drills(
    of topic: String, _ runs: [DrillProgress], _ session: Session
  ) throws(Diagnostic) -> Document {
    var rows: [[Text]] = []
    for id in try session.drillsInOrder(of: topic) {
      let drill = try session.library.drill(id)
      let own = runs.first { $0.drill == id }
      rows.append([
        .code(String(id.dropFirst(topic.count + 1))), Text(drill.title),
        Text("\(drill.minutes) min"), Self.state(own),
      ])
    }
    let title = Text(Self.title(of: topic, session.library)) + .toned("  \(topic)", .quiet)
    let columns: [Table.Column] = [.init(""), .init(""), .init("", .trailing), .init("")]
    return Document([.heading(2, title), .table(Table(columns, rows))])
  }

  private static func state(_ progress: DrillProgress?) -> Text {
    guard let progress else { return "" }
    if progress.isPassed { return .toned("passed", .good) }
    let count = progress.attemptCount
    return .toned(count == 1 ? "1 try" : "\(count) tries", .accent)
  }

  /// What can be done with the drills of a topic, or instead of them where there are none.
  private static func ways(from topic: String, _ library: Library) -> Document {
    guard let first = library.drillIDs(of: topic).first else {
      return Document([
        .text(
          "No drills: this topic is practised with 'estimate practice'; 'estimate problems' lists "
            + "what there is.")
      ])
    }
    return Document([
      .text("'open \(first)' opens that one; 'drill \(topic)' the next that is not passed.")
    ])
  }

  private static func title(of topic: String, _ library: Library) -> String {
    library.roadmap.entries.first { $0.id == topic }?.title ?? topic
  }

  private func json(
    _ topic: String?, _ runs: [DrillProgress], _ library: Library
  ) throws(Diagnostic) -> Reply {
    var items: [JSON] = []
    for id in topic.map(library.drillIDs(of:)) ?? library.drillIDs {
      let drill = try library.drill(id)
      let own = runs.first { $0.drill == id }
      items.append(
        .members([
          "id": .text(id), "title": .text(drill.title), "minutes": .integer(drill.minutes),
          "attempts": .integer(own?.attemptCount ?? 0), "passed": .boolean(own?.isPassed ?? false),
        ]))
    }
    return Reply(json: JSON.members(["drills": .list(items)]).pretty())
  }
}
