extension Parser {
  /// A number with what stands behind it: a magnitude word, a unit, both or nothing.
  mutating func quantity(_ number: Double, _ range: SourceRange) throws(EstimateComplaint)
    -> Expression
  {
    var value = number
    var whole = range
    if let scale = magnitudeWord {
      value *= scale
      whole = whole.joined(token.range)
      advance()
    }
    guard let chain = try unitChain() else { return .number(value, whole) }
    return .quantity(value, chain, whole.joined(chain.range))
  }

  /// `$0.09/GB`, or a lone `$` as a unit.
  mutating func money() throws(EstimateComplaint) -> Expression {
    let sign = token.range
    advance()
    let dollar = UnitChain.Link(word: sign, exponent: 1, unit: table.unit("$"))
    guard case .number(let number) = token.kind else {
      return .quantity(1, UnitChain(links: [dollar], range: sign), sign)
    }
    try refuseThousands()
    var range = sign.joined(token.range)
    advance()
    var value = number
    if let scale = magnitudeWord {
      value *= scale
      range = range.joined(token.range)
      advance()
    }
    let rest = try denominators()
    let chain = UnitChain(links: [dollar] + rest.links, range: range.joined(rest.range ?? range))
    return .quantity(value, chain, chain.range)
  }

  /// The factor of `million` and its like, when one stands here.
  private var magnitudeWord: Double? {
    guard token.kind == .word else { return nil }
    switch source.text(token.range) {
    case "thousand": return 1e3
    case "million", "mn": return 1e6
    case "billion", "bn": return 1e9
    case "trillion", "tn": return 1e12
    default: return nil
    }
  }

  /// The unit behind a number: a word, then `/ word` as long as the words are units.
  private mutating func unitChain() throws(EstimateComplaint) -> UnitChain? {
    let isUnit =
      token.kind == .dollar
      || token.kind == .word && peek(1).kind != .open && !isWord(token, "to")
        && !isWord(token, "per")
    guard isUnit else { return nil }
    let first = try link(sign: 1)
    let rest = try denominators()
    return UnitChain(
      links: [first] + rest.links, range: first.word.joined(rest.range ?? first.word))
  }

  /// `/user/day` or `per day`; stops before a word that is no unit, which is a division.
  private mutating func denominators() throws(EstimateComplaint) -> (
    links: [UnitChain.Link], range: SourceRange?
  ) {
    var links: [UnitChain.Link] = []
    var range: SourceRange?
    while token.kind == .over || isWord(token, "per"), peek(1).kind == .word,
      peek(2).kind != .open, table.unit(source.text(peek(1).range)) != nil
    {
      let start = token.range
      advance()
      let next = try link(sign: -1)
      range = (range ?? start).joined(next.word)
      links.append(next)
    }
    return (links, range)
  }

  private mutating func link(sign: Int) throws(EstimateComplaint) -> UnitChain.Link {
    let range = token.range
    let unit = table.unit(source.text(range))
    advance()
    let exponent = try unitExponent()
    return UnitChain.Link(word: range, exponent: sign * exponent, unit: unit)
  }

  /// `^2` behind a unit; 1 when there is none.
  private mutating func unitExponent() throws(EstimateComplaint) -> Int {
    guard token.kind == .caret else { return 1 }
    advance()
    let isNegative = take(.minus)
    guard case .number(let value) = token.kind, value == value.rounded(), value >= 1, value <= 9
    else { throw unexpected("a whole exponent from 1 to 9") }
    advance()
    return isNegative ? -Int(value) : Int(value)
  }

  /// The unit behind an arrow: `GB/day`, `/s`, `1/s`, `users*GB`, `%`.
  mutating func targetUnit() throws(EstimateComplaint) -> UnitChain {
    let start = token.range
    var links: [UnitChain.Link] = []
    var sign = 1
    if token.kind == .percent {
      advance()
      return UnitChain(links: [], range: start)
    }
    if case .number(1) = token.kind, peek(1).kind == .over { advance() }
    if token.kind == .over || isWord(token, "per") {
      sign = -1
      advance()
    }
    while true {
      guard token.kind == .word || token.kind == .dollar else {
        throw unexpected("a unit such as GB/day")
      }
      links.append(try link(sign: sign))
      if token.kind == .over || isWord(token, "per") {
        sign = -1
      } else if token.kind == .times {
        sign = 1
      } else {
        break
      }
      advance()
    }
    return UnitChain(links: links, range: start.joined(links[links.count - 1].word))
  }
}
