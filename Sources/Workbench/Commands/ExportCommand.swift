import Curriculum
import Drills
import Export
import Kernel
import Presentation
import Progress

/// `export`: notes, progress or cards as files for other programs.
struct ExportCommand: Command {
  let spec = CommandSpec(
    "export", .keeping,
    arguments: [
      .init("WHAT", completion: .words(["notes", "progress", "cards", "interview"]))
    ],
    options: [
      .init(
        "--format", "NAME", completion: .words(["markdown", "json", "anki"]),
        "markdown, json or anki; the first that fits unless given"),
      .init("--output", "PATH", completion: .files, "writes a file instead of showing the text"),
    ],
    examples: [
      ("export notes --output notes.md", "your notes as Markdown"),
      ("export progress --format json --output progress.json", "what 'import' reads elsewhere"),
      ("export interview --output interview.md", "the last interview: transcript and report"),
      ("export cards --output cards.txt", "every card for Anki's text import"),
    ],
    "Exports notes or the last interview (markdown), progress (markdown, json) or cards (anki).")

  /// What can be exported.
  static var things: [String] { formats.keys.sorted() }

  private static let formats = [
    "notes": ["markdown"], "progress": ["markdown", "json"], "cards": ["anki"],
    "interview": ["markdown"],
  ]

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let what = call.argument(0) ?? ""
    guard let formats = Self.formats[what] else {
      throw .unknown("thing to export", what, known: ["notes", "progress", "cards", "interview"])
    }
    let format = call.value("--format") ?? formats[0]
    guard formats.contains(format) else {
      throw Diagnostic(
        "\(what) cannot be exported as '\(format)'.", found: format,
        expected: Diagnostic.oneOf(formats),
        suggestion: NearestWord.nearest(to: format, in: formats))
    }
    let text = try text(what, format, session)
    guard let path = call.value("--output") else { return Reply(json: text) }
    do { try session.surroundings.write(text, path) } catch {
      throw error as? Diagnostic ?? Diagnostic("The file cannot be written.", file: path)
    }
    return Reply(Text("Wrote \(text.utf8.count) bytes to \(path)."))
  }

  private func text(
    _ what: String, _ format: String, _ session: Session
  ) throws(Diagnostic) -> String {
    switch (what, format) {
    case ("interview", _):
      return try InterviewTranscript.markdown(session.lastInterview().interview, session.library)
    case ("cards", _): return AnkiText.text(of: try cards(session))
    case ("progress", "json"):
      return try session.remembering { () throws(StoreError) in try session.store.exportLog() }
    case ("progress", _):
      let summary = try session.remembering { () throws(StoreError) in
        try session.store.summary()
      }
      return ProgressReport.markdown(summary, titles: try titles(session))
    default:
      let notes = try session.remembering { () throws(StoreError) in try session.store.notes() }
      return NotesReport.markdown(
        notes.map { ExportNote($0, text: MarkdownParser.document($0.text)) },
        titles: try titles(session))
    }
  }

  private func cards(_ session: Session) throws(Diagnostic) -> [ExportCard] {
    var cards: [ExportCard] = []
    for topic in session.library.topics {
      let title = session.library.roadmap.entries.first { $0.id == topic }?.title ?? topic
      for card in try session.library.cards(of: topic) {
        cards.append(
          ExportCard(
            id: card.id, front: MarkdownParser.document(card.front),
            back: MarkdownParser.document(card.back), topic: title, tags: card.tags))
      }
    }
    return cards
  }

  private func titles(_ session: Session) throws(Diagnostic) -> Titles {
    var titles = Titles()
    for entry in session.library.roadmap.entries { titles.topics[entry.id] = entry.title }
    titles.topics[EstimateRecord.topic] = "Estimation practice"
    for topic in session.library.topics {
      for step in try session.library.lesson(topic).steps {
        titles.steps[Place(topic: topic, step: step.id)] = step.title
      }
      for id in session.library.drillIDs(of: topic) {
        titles.drills[id] = try session.library.drill(id).title
      }
    }
    return titles
  }
}
