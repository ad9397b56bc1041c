import Kernel

/// Reads a query: `sum by (job) (rate(requests_total{code=~"5.."}[5m])) > 0.1`.
///
/// Complaints carry the column, and the words of Prometheus where it has some.
public struct PromParser {
  let tokens: [PromToken]
  var place = 0
  private var depth = 0

  /// Reads `text` as a query.
  public static func expression(_ text: String) throws(Diagnostic) -> PromExpression {
    var parser = PromParser(tokens: try PromLexer.tokens(text))
    let expression = try parser.binary(1)
    guard parser.peek.content == .end else { throw parser.unexpected("end of input") }
    return expression
  }

  /// Reads `text` as the name and labels of one series.
  public static func series(_ text: String) throws(Diagnostic) -> MetricLabels {
    var parser = PromParser(tokens: try PromLexer.tokens(text))
    var labels = MetricLabels()
    if case .word(let name) = parser.peek.content {
      parser.place += 1
      labels[MetricLabels.nameLabel] = name
    }
    if parser.take("{") {
      for matcher in try parser.matchers() {
        guard matcher.kind == .equal else { throw parser.unexpected("'='") }
        labels[matcher.label] = matcher.value
      }
    }
    guard parser.peek.content == .end else { throw parser.unexpected("end of input") }
    return labels
  }

  var peek: PromToken { tokens[min(place, tokens.count - 1)] }

  mutating func take(_ sign: String) -> Bool {
    guard peek.content == .sign(sign) else { return false }
    place += 1
    return true
  }

  mutating func takeWord(_ words: [String]) -> String? {
    guard case .word(let word) = peek.content, words.contains(word.lowercased()) else { return nil }
    place += 1
    return word.lowercased()
  }

  mutating func need(_ sign: String) throws(Diagnostic) {
    guard take(sign) else { throw unexpected("\"\(sign)\"") }
  }

  func unexpected(_ expected: String) -> Diagnostic {
    Diagnostic(
      "parse error: unexpected \(peek.reading)", column: peek.column, found: peek.reading,
      expected: expected)
  }

  func refused(_ message: String, at column: Int) -> Diagnostic {
    Diagnostic("parse error: " + message, column: column)
  }

  /// An expression whose operators bind at least as tightly as `least`.
  mutating func binary(_ least: Int) throws(Diagnostic) -> PromExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 200 else { throw refused("expression is nested too deeply", at: peek.column) }
    var left = try unary()
    while let sign = operatorSign(), sign.precedence >= least {
      let column = peek.column
      place += 1
      var matching = try self.matching()
      let right = try binary(sign == .power ? sign.precedence : sign.precedence + 1)
      if sign.isSetOperator, matching.cardinality == .oneToOne {
        matching.cardinality = .manyToMany
      }
      try check(sign, left, right, matching, column)
      left = .binary(sign, left, right, matching)
    }
    return left
  }

  private func operatorSign() -> PromOperator? {
    switch peek.content {
    case .sign(let sign): PromOperator(rawValue: sign)
    case .word(let word):
      ["and", "or", "unless", "atan2"].contains(word.lowercased())
        ? PromOperator(rawValue: word.lowercased()) : nil
    case .number, .duration, .text, .end: nil
    }
  }

  private mutating func unary() throws(Diagnostic) -> PromExpression {
    let column = peek.column
    if take("-") {
      let inner = try binary(PromOperator.power.precedence)
      guard inner.kind == .scalar || inner.kind == .vector else {
        throw refused(
          "unary expression only allowed on expressions of type scalar or instant vector, got "
            + GoText.quoted(inner.kind.rawValue), at: column)
      }
      if case .number(let value) = inner { return .number(-value) }
      return .negative(inner)
    }
    if take("+") { return try binary(PromOperator.power.precedence) }
    return try postfix(primary())
  }

  private mutating func primary() throws(Diagnostic) -> PromExpression {
    let token = peek
    switch token.content {
    case .number(let value):
      place += 1
      return .number(value)
    case .text(let text):
      place += 1
      return .text(text)
    case .sign("("):
      place += 1
      let inner = try binary(1)
      try need(")")
      return .grouped(inner)
    case .sign("{"):
      return try selector(nil)
    case .word(let word):
      return try named(word)
    case .sign, .duration, .end:
      throw unexpected("a number, a selector, a function or an aggregation")
    }
  }

  private mutating func named(_ word: String) throws(Diagnostic) -> PromExpression {
    let lower = word.lowercased()
    if lower == "inf" || lower == "nan" {
      place += 1
      return .number(lower == "inf" ? .infinity : .nan)
    }
    let next = tokens[min(place + 1, tokens.count - 1)].content
    if let operation = PromAggregate.Operation(rawValue: lower), isAggregation(next) {
      place += 1
      return try aggregate(operation)
    }
    if next == .sign("(") { return try call(word) }
    return try selector(word)
  }

  private func isAggregation(_ next: PromToken.Content) -> Bool {
    if case .word(let word) = next { return ["by", "without"].contains(word.lowercased()) }
    return next == .sign("(")
  }

  private mutating func aggregate(
    _ operation: PromAggregate.Operation
  ) throws(Diagnostic) -> PromExpression {
    let column = peek.column
    var grouping = try self.grouping()
    try need("(")
    var arguments = [try binary(1)]
    while take(",") { arguments.append(try binary(1)) }
    try need(")")
    if grouping == nil { grouping = try self.grouping() }
    let wanted = operation.hasParameter ? 2 : 1
    guard arguments.count == wanted else {
      throw refused(
        "wrong number of arguments for aggregate expression provided, expected \(wanted), got "
          + "\(arguments.count)", at: column)
    }
    guard arguments[wanted - 1].kind == .vector else {
      throw refused(
        "expected type instant vector in aggregation expression, got "
          + arguments[wanted - 1].kind.rawValue, at: column)
    }
    let parameterKind: PromExpression.Kind = operation == .countValues ? .text : .scalar
    if wanted == 2, arguments[0].kind != parameterKind {
      throw refused(
        "expected type \(parameterKind.rawValue) in aggregation parameter, got "
          + arguments[0].kind.rawValue, at: column)
    }
    let aggregate = PromAggregate(
      operation: operation, labels: grouping?.labels ?? [],
      isWithout: grouping?.isWithout ?? false)
    return .aggregate(
      aggregate, arguments[wanted - 1], parameter: wanted == 2 ? arguments[0] : nil)
  }

  private mutating func grouping() throws(Diagnostic) -> (labels: [String], isWithout: Bool)? {
    guard let word = takeWord(["by", "without"]) else { return nil }
    return (try labelNames(), word == "without")
  }

  mutating func labelNames() throws(Diagnostic) -> [String] {
    try need("(")
    var names: [String] = []
    while !take(")") {
      guard case .word(let name) = peek.content, !name.contains(":") else {
        throw unexpected("a label name")
      }
      place += 1
      names.append(name)
      if take(")") { break }
      try need(",")
    }
    return names
  }

  private mutating func call(_ name: String) throws(Diagnostic) -> PromExpression {
    let column = peek.column
    guard let function = PromFunction(rawValue: name) else {
      throw Diagnostic(
        "parse error: unknown function with name \(GoText.quoted(name))", column: column,
        found: name,
        suggestion: NearestWord.nearest(to: name, in: PromFunction.allCases.map(\.rawValue)))
    }
    place += 2
    var arguments: [PromExpression] = []
    while !take(")") {
      arguments.append(try binary(1))
      if take(")") { break }
      try need(",")
    }
    try check(function, arguments, column)
    return .call(function, arguments)
  }
}
