import Estimation
import Kernel
import Presentation

/// A sheet of paper for estimates: every line is a definition or a formula, and what depends on a
/// changed line follows.
final class EstimateDesk: Desk {
  /// Words of the desk's own, with what they do.
  private static let ownWords: [(usage: String, effect: String)] = [
    ("explain [NAME]", "how a value came about, what it hangs on, what it stands beside"),
    ("chart [NAME]", "the distribution of a value"),
    ("sheet", "every line with what it comes to"),
    ("save FILE", "writes the sheet to a file"),
    ("load FILE|CASE", "reads a file, or a case such as netflix, in place of the sheet"),
    ("clear", "a fresh sheet"),
    ("language", "the language on one screen, by examples"),
    ("functions [NAME]", "the functions, or one with formula and source"),
    ("constants [WORD]", "numbers to use by name, with sources"),
  ]

  var name: String { "estimate" }
  let words = ownWords.map { String($0.usage.prefix { $0 != " " }) }
  var formulaWords: [String] {
    names + FunctionPages.all.map { $0.name + "(" } + UnitTable().words
  }
  private var names: [String] = []

  var actions: [Action] {
    names.isEmpty
      ? [
        Action("users = 50M users", "a first line"), Action("estimate practice"), Action("back"),
      ]
      : [Action("explain"), Action("chart"), Action("sheet"), Action("undo"), Action("back")]
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    names = session.notebook.model.names
    guard names.isEmpty else { return try sheet(session) }
    return Document([
      .text(
        "A sheet for an estimate: one line a step. Say the unit of everything; what you do not know "
          + "well, say as a range you are 90 % sure of."),
      .code(
        """
        users = 50M to 80M users
        rate = users * 40 messages/user/day -> messages/s
        """, language: nil),
      .table(
        Table(
          [.init(""), .init("")], Self.ownWords.map { [.code($0.usage), Text($0.effect)] })),
    ])
  }

  func undo(_ session: Session) throws(Diagnostic) -> Document {
    guard session.notebook.undo() else { throw refusal("There is nothing to undo on this sheet.") }
    names = session.notebook.model.names
    return Document([.text("Taken back.")]) + (try sheet(session))
  }

  func restart(_ session: Session) throws(Diagnostic) -> Document {
    session.notebook.clear()
    names = []
    return Document([.text("A fresh sheet; 'undo' brings the old one back.")])
  }

  // MARK: Lines

  func claims(_ line: String) -> Bool {
    guard let first = line.first else { return false }
    if first.isNumber || "($?-.=".contains(first) { return true }
    let words = line.split(whereSeparator: \.isWhitespace)
    let word = String(words[0])
    if ["decide", "expect", "correlate"].contains(word) { return words.count > 1 }
    if words.count > 1, words[1].first == "=" { return true }
    if word.contains("=") || word.contains("(") { return true }
    return self.words.contains(word) || names.contains(word)
  }

  func help(of word: String) -> Document? {
    guard let own = words.firstIndex(of: word).map({ Self.ownWords[$0] }) else { return nil }
    return Document([.paragraph(Text([.code(own.usage), .plain("  \(own.effect)")]))])
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    // `= 3 GB in MB` is typed here out of habit; the sheet reckons without the sign.
    if line.first == "=" { return try enter(String(line.dropFirst()).trimmed, session) }
    let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    let isDefinition = words.count > 1 && words[1].first == "="
    let rest = words.count > 1 ? words[1].trimmed : ""
    guard !isDefinition else { return try enter(line, session) }
    switch words[0] {
    case "explain": return try look(rest, session, ExplainView.document)
    case "chart": return try look(rest, session, ExplainView.chart)
    case "sheet" where rest.isEmpty: return try sheet(session)
    case "clear" where rest.isEmpty: return try restart(session)
    case "functions", "constants", "language":
      return try session.call(["estimate", words[0]] + (rest.isEmpty ? [] : [rest])).document
    case "save": return try save(rest, session)
    case "load": return try load(rest, session)
    default: return try enter(line, session)
    }
  }

  private func enter(_ line: String, _ session: Session) throws(Diagnostic) -> Document {
    let entry = try session.notebook.enter(line)
    names = session.notebook.model.names
    return EstimateView.entry(entry)
  }

  private func sheet(_ session: Session) throws(Diagnostic) -> Document {
    guard !session.notebook.model.isEmpty else { return Document([.text("The sheet is empty.")]) }
    let estimator = session.notebook.estimator
    let document = try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
      try EstimateView.model(estimator)
    }
    session.notebook.note(estimator.remarks)
    return document
  }

  /// A view of the value called `name`, or of the last result.
  private func look(
    _ name: String, _ session: Session,
    _ view: (Estimator, Int) throws(EstimateComplaint) -> Document
  ) throws(Diagnostic) -> Document {
    let place = try session.notebook.place(of: name)
    let estimator = session.notebook.estimator
    return try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
      try view(estimator, place)
    }
  }

  private func save(_ path: String, _ session: Session) throws(Diagnostic) -> Document {
    guard !path.isEmpty else { throw Diagnostic("Say where to: 'save FILE.est'.") }
    guard !session.notebook.model.isEmpty else { throw refusal("The sheet is empty.") }
    do { try session.surroundings.write(session.notebook.model.text, path) } catch {
      throw error as? Diagnostic ?? Diagnostic("The file cannot be written.", file: path)
    }
    return Document([.text("Written to \(path). 'drillhall estimate \(path)' evaluates it.")])
  }

  private func load(_ path: String, _ session: Session) throws(Diagnostic) -> Document {
    guard !path.isEmpty else { throw Diagnostic("Say which file: 'load FILE.est'.") }
    try session.notebook.read(try session.estimateSource(path))
    names = session.notebook.model.names
    return try sheet(session)
  }
}

extension EstimateNotebook {
  /// The place of the value called `name`; of the last result when it is empty.
  func place(of name: String) throws(Diagnostic) -> Int {
    if name.isEmpty {
      guard let last = model.lastPlace else {
        throw Diagnostic("There is no result yet.", expected: "a line such as 'users = 50M users'")
      }
      return last
    }
    guard let place = model.definition(of: name) else {
      throw .unknown("value on this sheet", name, known: model.names)
    }
    return place
  }
}
