import Curriculum
import Drills
import Kernel
import Presentation
import Progress

/// `search`: words in lessons, drills, cards, the glossary, notes and commands.
struct SearchCommand: Command {
  let spec = CommandSpec(
    "search", .keeping, arguments: [.init("WORDS", isRest: true)],
    examples: [("search hot key", "where hot keys are spoken of")],
    "Finds words in lessons, drills, cards, the glossary, your notes and the commands.")

  private static let limit = 30

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let words = call.text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    var rows: [[Text]] = []
    func offer(_ kind: String, _ name: String, _ title: String, _ text: String) {
      let all = "\(name) \(title) \(text)".lowercased()
      guard words.allSatisfy({ all.contains($0) }) else { return }
      rows.append([.toned(kind, .quiet), .code(name), Text(title)])
    }
    for topic in session.library.topics {
      let lesson = try session.library.lesson(topic)
      for (index, step) in lesson.steps.enumerated() {
        offer("step", "\(topic) \(index + 1)", step.title, PlainText.of(step))
      }
      for id in session.library.drillIDs(of: topic) {
        let drill = try session.library.drill(id)
        offer("drill", id, drill.title, drill.brief)
      }
      for card in try session.library.cards(of: topic) {
        offer("card", card.id, card.front, card.back + card.tags.joined(separator: " "))
      }
    }
    for term in try session.library.glossary().terms {
      offer("term", "glossary " + term.name, term.others.joined(separator: ", "), term.text)
    }
    for command in CommandRegistry.commands {
      offer("command", command.spec.name, command.spec.summary, "")
    }
    let notes = try session.remembering { () throws(StoreError) in
      try session.store.notes(matching: call.text)
    }
    for note in notes { rows.append([.toned("note", .quiet), Text(""), Text(note.text)]) }
    guard !rows.isEmpty else { return Reply(Text("Nothing holds '\(call.text)'.")) }
    var document = Document([
      .table(Table([.init("what"), .init("where"), .init("")], Array(rows.prefix(Self.limit))))
    ])
    if rows.count > Self.limit {
      document.add(.text("And \(rows.count - Self.limit) more; another word narrows it."))
    }
    return Reply(document)
  }
}

/// The words of a step, for searching.
enum PlainText {
  static func of(_ step: LessonStep) -> String {
    step.elements.map { element in
      switch element {
      case .prose(let document): document.blocks.map(of).joined(separator: " ")
      case .task(let task): LessonTaskView.title(task)
      }
    }.joined(separator: " ")
  }

  private static func of(_ block: Block) -> String {
    switch block {
    case .heading(_, let text), .paragraph(let text): text.plain
    case .code(let text, _): text
    case .list(let items, _): items.flatMap { $0 }.map(of).joined(separator: " ")
    case .aside(_, let blocks): blocks.map(of).joined(separator: " ")
    case .table(let table): table.rows.flatMap { $0 }.map(\.plain).joined(separator: " ")
    case .timeline(let moments): moments.map(\.text.plain).joined(separator: " ")
    case .bars, .chart, .diagram, .actions, .rule: ""
    }
  }
}
