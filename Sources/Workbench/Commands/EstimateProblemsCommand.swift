import Curriculum
import Drills
import Estimation
import Kernel
import Presentation

/// `estimate problems`: the kinds of problems and the flawed estimates there are.
struct EstimateProblemsCommand: Command {
  let spec = CommandSpec(
    "estimate problems", .estimating,
    arguments: [.init("TOPIC", isOptional: true, completion: .topics)],
    examples: [("estimate problems sharding", "those of one topic")],
    "Lists the estimation problems and flawed estimates, and how yours went.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let shelf = session.library.estimates
    let practised = try session.practised()
    var rows: [[Text]] = []
    var topics: [String] = []
    for id in shelf.problemIDs {
      let family = try shelf.problem(id)
      if !topics.contains(family.topic) { topics.append(family.topic) }
      guard call.argument(0).map({ $0 == family.topic }) ?? true else { continue }
      rows.append([
        Self.mark(id, practised), .code(id), Text(family.title),
        Text("\(family.minutes) min"),
      ])
    }
    guard !rows.isEmpty else {
      throw Diagnostic.unknown("topic with problems", call.argument(0) ?? "", known: topics)
        .listed(by: "estimate problems")
    }
    let columns: [Table.Column] = [.init(""), .init("problem"), .init(""), .init("", .trailing)]
    var document = Document([.table(Table(columns, rows))])
    if call.argument(0) == nil {
      let flaws = try shelf.flaws().map { flaw in
        [Self.mark("flaw/\(flaw.id)", practised), Text.code(flaw.id), Text(flaw.title)]
      }
      document.add(
        .table(Table([.init(""), .init("flawed estimate"), .init("")], flaws)))
    }
    document.add(
      .text("'estimate practice PROBLEM' poses one; 'estimate flaw NAME' shows a flawed one."))
    return Reply(document)
  }

  private static func mark(_ id: String, _ practised: [(id: String, isRight: Bool)]) -> Text {
    guard let known = practised.first(where: { $0.id == id }) else { return Text("") }
    return Text([.mark(known.isRight ? .met : .missed)])
  }
}
