import Kernel

/// Reads statements: `users = 500M users`, `decide shards = ceil(storage / 2 TB)`.
///
/// From loose to tight: `->`, comparisons, `+ -`, `* / per`, `to`, a sign, `^`, a number with its
/// unit.
struct Parser {
  let source: SourceText
  var table: UnitTable
  let tokens: [Token]
  private(set) var place = 0
  private var depth = 0
  private var parentheses = 0
  /// How many signs the statement has so far: no formula is deeper than that.
  private var signs = 0

  /// How deep formulas may nest, and how many signs a statement may have: far beyond use, and before
  /// the stack ends.
  private static let (deepest, longest) = (100, 400)

  /// A parser of `source` that knows the units of `table`.
  init(_ source: SourceText, table: UnitTable) {
    self.source = source
    self.table = table
    tokens = Lexer.tokens(of: source)
  }

  // MARK: Tokens

  var token: Token { tokens[place] }

  func peek(_ offset: Int) -> Token { tokens[max(0, min(place + offset, tokens.count - 1))] }

  mutating func advance() {
    if place < tokens.count - 1 { place += 1 }
    // Inside parentheses a line feed is white space.
    while parentheses > 0, token.kind == .separator, place < tokens.count - 1 { place += 1 }
  }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  /// Whether a parenthesis is open.
  var isInside: Bool { parentheses > 0 }

  mutating func open() {
    parentheses += 1
    advance()
  }

  /// Closes a parenthesis that was opened at `start`.
  mutating func close(from start: SourceRange) throws(EstimateComplaint) {
    guard token.kind == .close else {
      // Within parentheses lines run on, so a forgotten ')' shows at the next statement.
      let isNextLine =
        token.kind == .end || peek(-1).kind == .separator
        || token.kind == .equals && source.bytes[start.start..<token.range.start].contains(10)
      throw isNextLine ? complain(.notClosed, start) : unexpected("')' or an operator")
    }
    parentheses -= 1
    advance()
  }

  func isWord(_ token: Token, _ word: StaticString) -> Bool {
    guard token.kind == .word, token.range.end - token.range.start == word.utf8CodeUnitCount else {
      return false
    }
    return word.withUTF8Buffer { bytes in
      source.bytes[token.range.start..<token.range.end].elementsEqual(bytes)
    }
  }

  /// A complaint; where the token cannot be read at all, it is about that.
  func complain(
    _ reason: EstimateComplaint.Reason, _ range: SourceRange
  ) -> EstimateComplaint {
    guard case .broken(let broken) = token.kind else {
      return EstimateComplaint(reason, at: range, in: source)
    }
    return EstimateComplaint(broken, at: token.range, in: source)
  }

  /// Runs `body` one level deeper; complains before the stack ends.
  mutating func nested<Value>(
    _ body: (inout Parser) throws(EstimateComplaint) -> Value
  ) throws(EstimateComplaint) -> Value {
    guard depth < Self.deepest else { throw complain(.tooDeep, token.range) }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// Counts a sign at `range`; long chains do not nest, but walking them later uses the stack too.
  mutating func countSign(_ range: SourceRange) throws(EstimateComplaint) {
    signs += 1
    guard signs <= Self.longest else { throw complain(.tooDeep, range) }
  }

  // MARK: Statements

  /// The next statement, or nil at the end.
  mutating func statement() throws(EstimateComplaint) -> Statement? {
    while token.kind == .separator { advance() }
    guard token.kind != .end else { return nil }
    let start = token.range
    signs = 0
    let (kind, formula) = try body()
    let end = tokens[max(place - 1, 0)].range
    guard token.kind == .separator || token.kind == .end else {
      throw unexpected("an operator or the end of the line")
    }
    return Statement(kind: kind, formula: formula, source: source, range: start.joined(end))
  }

  /// Passes over the rest of a statement that could not be read; where a parenthesis was not closed,
  /// over the line in which it was opened.
  mutating func skipStatement(after complaint: EstimateComplaint) {
    parentheses = 0
    depth = 0
    if case .notClosed = complaint.reason {
      while place > 0, tokens[place].range.start > complaint.range.start { place -= 1 }
    }
    while token.kind != .separator, token.kind != .end { place += 1 }
  }

  private mutating func body() throws(EstimateComplaint) -> (Statement.Kind, Expression?) {
    let isName = peek(1).kind == .word
    if isName, isWord(token, "decide") {
      advance()
      let name = try self.name()
      return (.define(name: name, isDecision: true), try definition())
    }
    if isName, isWord(token, "expect") {
      advance()
      let name = try self.name()
      return (.expect(name: name), try definition())
    }
    if isName, isWord(token, "unit") { return try unitDeclaration() }
    if isName, isWord(token, "correlate") {
      advance()
      let first = try name()
      guard take(.comma) || isWord(token, "with") && skip() else {
        throw unexpected("',' and a second name")
      }
      let second = try name()
      return (.correlate(first, second), try definition())
    }
    if token.kind == .word, peek(1).kind == .equals {
      let name = try self.name()
      return (.define(name: name, isDecision: false), try definition())
    }
    return (.show, try formula())
  }

  private mutating func skip() -> Bool {
    advance()
    return true
  }

  private mutating func definition() throws(EstimateComplaint) -> Expression {
    guard take(.equals) else { throw unexpected("'=' and a formula") }
    return try formula()
  }

  /// A name that is being defined or spoken of.
  private mutating func name() throws(EstimateComplaint) -> SourceRange {
    let range = token.range
    guard token.kind == .word else { throw unexpected("a name") }
    let word = source.text(range)
    guard !Keywords.all.contains(word) else { throw complain(.keyword(word), range) }
    advance()
    return range
  }

  private mutating func unitDeclaration() throws(EstimateComplaint) -> (
    Statement.Kind, Expression?
  ) {
    advance()
    let word = try name()
    let hasPlural = token.kind == .comma && peek(1).kind == .word
    if hasPlural { advance() }
    let plural = hasPlural || token.kind == .word ? try name() : nil
    guard take(.equals) else { return (.unit(word: word, plural: plural), nil) }
    return (.unit(word: word, plural: plural), try formula())
  }
}

/// Words that the language keeps for itself.
enum Keywords {
  /// The words, in alphabetical order.
  static let all = ["_", "correlate", "decide", "expect", "per", "to", "unit"]
}
