import Kernel
import Presentation

/// The words of the field, each in one or two sentences, read from `lessons/glossary.yaml`.
public struct Glossary: Sendable {
  /// The terms, in the order of their names.
  public let terms: [GlossaryTerm]
  private let places: [String: Int]

  /// A glossary of `terms`, whose names and other words differ.
  init(_ terms: [GlossaryTerm]) {
    self.terms = terms.sorted { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }
    var places: [String: Int] = [:]
    for (place, term) in self.terms.enumerated() {
      for word in term.words { places[word.lowercased()] = place }
    }
    self.places = places
  }

  /// The term that is called `word`, by whichever of its names, in whatever case; nil when none is.
  public func term(_ word: String) -> GlossaryTerm? { places[word.lowercased()].map { terms[$0] } }

  /// The terms one of whose names, or whose explanation, holds `text`; by name first.
  public func terms(about text: String) -> [GlossaryTerm] {
    let wanted = text.lowercased()
    let named = terms.filter { term in
      term.words.contains { $0.lowercased().contains(wanted) }
    }
    guard named.isEmpty else { return named }
    return terms.filter { $0.text.lowercased().contains(wanted) }
  }

  /// The terms that stand out in `document`, in the order in which they come; each once.
  ///
  /// A lesson sets a word in bold where it says what the word means, so that is where a link helps.
  public func terms(in document: Document) -> [GlossaryTerm] {
    var found: [GlossaryTerm] = []
    for block in document.blocks {
      for text in Self.texts(of: block) {
        for case .strong(let words) in text.spans {
          guard let term = term(words.lowercased()), !found.contains(term) else { continue }
          found.append(term)
        }
      }
    }
    return found
  }

  private static func texts(of block: Block) -> [Text] {
    switch block {
    case .heading(_, let text), .paragraph(let text): [text]
    case .list(let items, _): items.flatMap { $0 }.flatMap(texts(of:))
    case .aside(_, let blocks): blocks.flatMap(texts(of:))
    case .table(let table): table.rows.flatMap { $0 }
    case .code, .bars, .chart, .diagram, .timeline, .actions, .rule: []
    }
  }
}

/// A word of the field.
public struct GlossaryTerm: Sendable, Hashable {
  /// The word.
  public let name: String
  /// Other words for it.
  public let others: [String]
  /// What it means.
  public let text: String
  /// The topic that it belongs to.
  public let topic: String
  /// Whether that topic's lesson or cards use the word; if not, they are only near it.
  public let isSpoken: Bool
  /// The names of terms to look at, too.
  public let related: [String]
  /// The line of the file, for messages.
  public let line: Int

  /// Everything that it is called.
  public var words: [String] { [name] + others }
}
