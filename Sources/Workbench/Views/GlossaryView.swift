import Curriculum
import Kernel
import Presentation

/// The words of the field as a screen.
enum GlossaryView {
  /// The quiet line below prose that introduces terms; nil when it introduces none.
  static func line(of prose: Document, _ library: Library) -> Text? {
    guard let terms = try? library.glossary().terms(in: prose), !terms.isEmpty else { return nil }
    return .toned("glossary  " + terms.map(\.name).joined(separator: ", "), .quiet)
  }

  /// One term: what it means, what else it is called, where a lesson speaks of it.
  static func document(_ term: GlossaryTerm, _ library: Library) throws(Diagnostic) -> Document {
    var title = Text.strong(term.name)
    if !term.others.isEmpty {
      title = title + .toned("  also: " + term.others.joined(separator: ", "), .quiet)
    }
    var document = Document([.paragraph(title), .text(term.text)])
    if !term.related.isEmpty {
      document.add(
        Text([.toned("see also  ", .quiet), .plain(term.related.joined(separator: ", "))]))
    }
    document.add(try place(of: term, library))
    return document
  }

  /// Every term, by first letter.
  static func index(_ glossary: Glossary) -> Document {
    var document = Document()
    var letters: [(letter: String, names: [String])] = []
    for term in glossary.terms {
      let letter = term.name.prefix(1).uppercased()
      if letters.last?.letter != letter { letters.append((letter, [])) }
      letters[letters.count - 1].names.append(term.name)
    }
    for (letter, names) in letters {
      document.add(Text([.strong(letter + "  "), .plain(names.joined(separator: ", "))]))
    }
    document.add(
      .text(
        "\(glossary.terms.count) terms. 'glossary TERM' says what one means and where to touch it.")
    )
    return document
  }

  /// Where a lesson speaks of the term: the step that sets it in bold, else the first with the word.
  private static func place(
    of term: GlossaryTerm, _ library: Library
  ) throws(Diagnostic) -> Text {
    guard library.hasLesson(term.topic) else {
      return .toned("The lesson '\(term.topic)' is not built yet.", .quiet)
    }
    guard term.isSpoken else { return Text([.plain("near  "), .code("open \(term.topic)")]) }
    let lesson = try library.lesson(term.topic)
    let glossary = try library.glossary()
    let texts = lesson.steps.map { PlainText.of($0).lowercased() }
    let bold = lesson.steps.firstIndex { step in
      step.elements.contains { element in
        guard case .prose(let prose) = element else { return false }
        return glossary.terms(in: prose).contains(term)
      }
    }
    let spoken = texts.firstIndex { text in
      term.words.contains { text.contains($0.lowercased()) }
    }
    guard let step = bold ?? spoken else {
      return Text([.plain("lesson  "), .code("open \(term.topic)")])
    }
    return Text([
      .plain("lesson  "), .code("open \(term.topic) \(step + 1)"),
      .plain("  \(lesson.steps[step].title)"),
    ])
  }
}
