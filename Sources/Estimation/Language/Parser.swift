import Kernel

/// Reads statements: `users = 500M users`, `decide shards = ceil(storage / 2 TB)`.
///
/// From loose to tight: `->`, comparisons, `+ -`, `* / per`, `to`, a sign, `^`, a number with its
/// unit.
struct Parser {
  let source: SourceText
  var table: UnitTable
  private let tokens: [Token]
  private var place = 0
  private var depth = 0
  private var parentheses = 0

  /// How deep formulas may nest: far beyond use, and before the stack ends.
  private static let deepest = 100

  /// A parser of `source` that knows the units of `table`.
  init(_ source: SourceText, table: UnitTable) throws(EstimateComplaint) {
    self.source = source
    self.table = table
    tokens = try Lexer.tokens(of: source)
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

  mutating func open() {
    parentheses += 1
    advance()
  }

  /// Closes a parenthesis that was opened at `start`.
  mutating func close(from start: SourceRange) throws(EstimateComplaint) {
    guard token.kind == .close else {
      throw token.kind == .end || token.kind == .separator
        ? complain(.notClosed, start) : complain(.expected("')' or an operator"), token.range)
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

  func complain(
    _ reason: EstimateComplaint.Reason, _ range: SourceRange
  ) -> EstimateComplaint {
    EstimateComplaint(reason, at: range, in: source)
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

  // MARK: Statements

  /// The next statement, or nil at the end.
  mutating func statement() throws(EstimateComplaint) -> Statement? {
    while token.kind == .separator { advance() }
    guard token.kind != .end else { return nil }
    let start = token.range
    let (kind, formula) = try body()
    let end = tokens[max(place - 1, 0)].range
    guard token.kind == .separator || token.kind == .end else { throw trailing() }
    return Statement(kind: kind, formula: formula, source: source, range: start.joined(end))
  }

  /// Passes over the rest of a statement that could not be read.
  mutating func skipStatement() {
    parentheses = 0
    depth = 0
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
        throw complain(.expected("',' and a second name"), token.range)
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
    guard take(.equals) else { throw complain(.expected("'=' and a formula"), token.range) }
    return try formula()
  }

  /// A name that is being defined or spoken of.
  private mutating func name() throws(EstimateComplaint) -> SourceRange {
    let range = token.range
    guard token.kind == .word else { throw complain(.expected("a name"), range) }
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

  /// What to say of a token where the statement should have ended.
  private func trailing() -> EstimateComplaint {
    switch token.kind {
    case .word where isWord(peek(-1), "B") && peek(-2).isNumber:
      complain(.billion(source.text(peek(-2).range)), peek(-2).range.joined(peek(-1).range))
    case .close: complain(.notOpened, token.range)
    case .equals: complain(.strayEquals, token.range)
    case .open, .number, .word: complain(.missingOperator(source.text(token.range)), token.range)
    default: complain(.expected("an operator or the end of the line"), token.range)
    }
  }
}

/// Words that the language keeps for itself.
enum Keywords {
  /// The words, in alphabetical order.
  static let all = ["_", "correlate", "decide", "expect", "per", "to", "unit"]
}
