import Curriculum
import Drills
import Kernel
import Presentation

/// `glossary`: what a word of the field means and which lesson lets one touch it.
struct GlossaryCommand: Command {
  let spec = CommandSpec(
    "glossary", .keeping,
    arguments: [.init("TERM", isOptional: true, isRest: true, completion: .terms)],
    options: [.init("--json", "prints one JSON document")],
    examples: [
      ("glossary goodput", "what the word means, and the lesson that has it"),
      ("glossary", "all words"),
    ],
    "Says what a word of the field means and where a lesson lets you touch it.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let glossary = try session.library.glossary()
    guard !call.text.isEmpty else {
      guard call.has("--json") else { return Reply(GlossaryView.index(glossary)) }
      return Reply(json: JSON.members(["terms": .list(glossary.terms.map(json))]).pretty())
    }
    let exact = glossary.term(call.text)
    let found = exact.map { [$0] } ?? glossary.terms(about: call.text)
    guard !found.isEmpty else {
      throw Diagnostic.unknown("term", call.text, known: glossary.terms.flatMap(\.words))
        .listed(by: "glossary")
    }
    guard !call.has("--json") else {
      return Reply(json: JSON.members(["terms": .list(found.map(json))]).pretty())
    }
    if found.count == 1 { return Reply(try GlossaryView.document(found[0], session.library)) }
    let rows = found.map { [Text.code($0.name), Text($0.text)] }
    return Reply(Document([.table(Table([.init("term"), .init("")], rows))]))
  }

  private func json(_ term: GlossaryTerm) -> JSON {
    .members([
      "term": .text(term.name), "also": .list(term.others.map(JSON.text)),
      "text": .text(term.text), "topic": .text(term.topic),
      "see": .list(term.related.map(JSON.text)),
    ])
  }
}
