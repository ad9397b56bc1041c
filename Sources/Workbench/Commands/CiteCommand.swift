import Curriculum
import Drills
import Estimation
import Kernel
import Presentation

/// `cite`: the sources of what is on the screen, or of a topic or drill.
struct CiteCommand: Command {
  let spec = CommandSpec(
    "cite", .answering, arguments: [.init("ID", isOptional: true, completion: .topics)],
    examples: [("cite sharding", "the sources of the lesson")],
    "Names the sources of what is on the screen, or of a topic, drill, source key or constant.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    if let id = call.argument(0), let shown = try constant(id, session) { return Reply(shown) }
    let sources = try sources(call.argument(0), session)
    guard !sources.isEmpty else {
      throw Diagnostic("Nothing on the screen cites a source.", expected: "'cite TOPIC'")
    }
    return Reply(
      Document([
        .list(
          sources.map { [.paragraph(CiteView.line($0.key, $0.title, $0.place))] },
          isOrdered: false)
      ]))
  }

  /// A constant or price list of estimates, with where it comes from.
  private func constant(_ id: String, _ session: Session) throws(Diagnostic) -> Document? {
    guard !session.library.hasLesson(id), !id.contains("/") else { return nil }
    let content = try session.library.estimates.reference.content()
    if let constant = content.constants.first(where: { $0.id == id }) {
      return Document([
        .paragraph(Text([.strong(id), .plain(" = \(constant.value)")])), .text(constant.summary),
        .paragraph(CiteView.line(constant.date, constant.source, constant.address)),
      ])
    }
    guard let list = content.tariffs.first(where: { $0.id == id }) else { return nil }
    let rows = list.tiers.map { tier in
      [Text(tier.upTo.map { "up to \($0)" } ?? "above"), Text("$\(tier.price)/\(list.per)")]
    }
    return Document([
      .paragraph(Text([.strong(id), .plain(": \(list.summary)")])),
      .table(Table([.init(""), .init("", .trailing)], rows)),
      .paragraph(CiteView.line(list.date, list.source, list.address)),
    ])
  }

  private func sources(_ id: String?, _ session: Session) throws(Diagnostic) -> [CitedSource] {
    guard let id else {
      if let drill = session.desk as? DrillDesk {
        return try self.drill(drill.drill.id, session)
      }
      let shown = session.desk.sources
      guard shown.isEmpty, let topic = session.desk.topic else { return shown }
      return try lesson(topic, session)
    }
    if id.contains("/") { return try drill(id, session) }
    if session.library.topics.contains(id) { return try lesson(id, session) }
    // The same key may stand in several lessons; the open one comes first.
    for topic in [session.desk.topic].compactMap(\.self) + session.library.topics {
      guard session.library.hasLesson(topic) else { continue }
      let own = try lesson(topic, session).filter { $0.key == id }
      if !own.isEmpty { return own }
    }
    var known = session.library.topics
    for topic in session.library.topics { known += try lesson(topic, session).map(\.key) }
    throw Diagnostic.unknown(
      "topic, drill, source key or constant", id, known: known
    ).listed(by: "roadmap")
  }

  private func lesson(_ id: String, _ session: Session) throws(Diagnostic) -> [CitedSource] {
    try session.library.lesson(id).sources.map {
      CitedSource(key: $0.key, title: $0.title, place: $0.place)
    }
  }

  private func drill(_ id: String, _ session: Session) throws(Diagnostic) -> [CitedSource] {
    let drill = try session.library.drill(id)
    return try lesson(drill.topic, session).filter { drill.sources.contains($0.key) }
  }
}

/// A source as a line.
enum CiteView {
  static func line(_ key: String, _ title: String, _ place: String) -> Text {
    Text([.strong(key), .plain("  \(title)  "), .toned(place, .quiet)])
  }
}
