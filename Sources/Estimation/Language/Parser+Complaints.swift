extension Parser {
  /// What to say of the token, where only `wanted` can stand.
  func unexpected(_ wanted: String) -> EstimateComplaint {
    let last = tokens[..<place].last { $0.kind != .separator } ?? token
    switch token.kind {
    case .end, .separator:
      return complain(.endsEarly(wanted), SourceRange(last.range.end, last.range.end))
    case .word, .number, .open: return missingOperator(behind: last, wanted)
    case .close: return complain(isInside ? expected(wanted) : .notOpened, token.range)
    case .equals: return equals(wanted)
    case .comma where peek(-1).isNumber && peek(1).isNumber:
      let whole = last.range.joined(peek(1).range)
      return complain(.decimalComma(source.text(whole)), whole)
    case .colon: return complain(.colon, token.range)
    case .less, .atMost, .greater, .atLeast: return complain(.doubleComparison, token.range)
    default:
      if let doubled { return doubled }
      return complain(expected(wanted), token.range)
    }
  }

  private func expected(_ wanted: String) -> EstimateComplaint.Reason {
    .expected(wanted, instead: source.text(token.range))
  }

  /// A word, number or parenthesis directly behind something complete.
  private func missingOperator(behind last: Token, _ wanted: String) -> EstimateComplaint {
    let before = peek(-2)
    let word = source.text(token.range)
    guard last.kind == .word || last.isNumber || last.kind == .close || last.kind == .percent,
      last.range.start < token.range.start
    else { return complain(expected(wanted), token.range) }
    if last.kind == .word, before.isNumber {
      let unit = source.text(last.range)
      if unit == "B" {
        let range = before.range.joined(last.range)
        return complain(.billion(source.text(before.range)), range)
      }
      if table.unit(unit) == nil { return complain(table.unknown(unit), last.range) }
    }
    if last.isNumber, token.isNumber {
      return complain(.digitGroups, last.range.joined(token.range))
    }
    if let spaced = spacedName { return spaced }
    return complain(.missingOperator(word), token.range)
  }

  /// `peak qps = 5`: a name of several words.
  private var spacedName: EstimateComplaint? {
    guard token.kind == .word, peek(1).kind == .equals else { return nil }
    let start = tokens[..<place].lastIndex { $0.kind == .separator }.map { $0 + 1 } ?? 0
    let line = tokens[start...place]
    guard line.allSatisfy({ $0.kind == .word }) else { return nil }
    var words = line.map { source.text($0.range) }
    for spare in ["decide", "let", "var", "const", "def", "set"]
    where words.count > 1 && words[0] == spare { words.removeFirst() }
    return complain(
      .spacedName(words.joined(separator: "_")), line[start].range.joined(token.range))
  }

  /// A '=' where none can stand.
  private func equals(_ wanted: String) -> EstimateComplaint {
    if let doubled { return doubled }
    if peek(1).range.start == token.range.end {
      let pair = token.range.joined(peek(1).range)
      if peek(1).kind == .equals { return complain(.doubled("=="), pair) }
      if peek(1).kind == .greater { return complain(.doubled("=>"), pair) }
    }
    return complain(isInside ? expected(wanted) : .strayEquals, token.range)
  }

  /// Two signs in one, as other languages have them: `==`, `**`, `//`.
  private var doubled: EstimateComplaint? {
    let last = peek(-1)
    guard last.range.end == token.range.start else { return nil }
    let pair = last.range.joined(token.range)
    switch (last.kind, token.kind) {
    case (.equals, .equals), (.times, .times), (.over, .over), (.over, .times):
      return complain(.doubled(source.text(pair)), pair)
    default: return nil
    }
  }
}
