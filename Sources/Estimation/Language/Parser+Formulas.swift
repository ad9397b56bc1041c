extension Parser {
  /// A whole formula, with its conversion.
  mutating func formula() throws(EstimateComplaint) -> Expression {
    try nested { (parser) throws(EstimateComplaint) in
      var result = try parser.comparison()
      while parser.token.kind == .arrow {
        parser.advance()
        let chain = try parser.targetUnit()
        try parser.countSign(chain.range)
        result = .converted(result, chain, result.range.joined(chain.range))
      }
      return result
    }
  }

  private mutating func comparison() throws(EstimateComplaint) -> Expression {
    let left = try sum()
    let sign: BinaryOperator
    switch token.kind {
    case .less: sign = .less
    case .atMost: sign = .atMost
    case .greater: sign = .greater
    case .atLeast: sign = .atLeast
    default: return left
    }
    advance()
    let right = try sum()
    return .binary(sign, left, right, left.range.joined(right.range))
  }

  private mutating func sum() throws(EstimateComplaint) -> Expression {
    var result = try product()
    while token.kind == .plus || token.kind == .minus {
      let sign: BinaryOperator = token.kind == .plus ? .plus : .minus
      advance()
      let right = try product()
      result = .binary(sign, result, right, result.range.joined(right.range))
      try countSign(right.range)
    }
    return result
  }

  private mutating func product() throws(EstimateComplaint) -> Expression {
    var result = try interval()
    while true {
      let sign: BinaryOperator
      if token.kind == .times {
        sign = .times
      } else if token.kind == .over || isWord(token, "per") {
        sign = .over
      } else {
        return result
      }
      advance()
      let right = try interval()
      result = .binary(sign, result, right, result.range.joined(right.range))
      try countSign(right.range)
    }
  }

  /// `5 to 20 requests/s`, `$5 to 20`: the end without a unit takes the unit of the other one, where
  /// people write it once.
  private mutating func interval() throws(EstimateComplaint) -> Expression {
    var low = try signed()
    guard isWord(token, "to") else { return low }
    advance()
    var high = try signed()
    if case .quantity(_, let chain, _) = high.unsigned {
      low = low.adopting(chain)
      if case .quantity(let value, let own, let range) = low, isDollar(own), isDollar(chain) {
        low = .quantity(value, chain, range)
      }
    } else if case .quantity(_, let chain, _) = low, let first = chain.links.first,
      source.text(first.word) == "$"
    {
      high = high.adopting(chain)
    }
    guard !isWord(token, "to") else { throw complain(.doubleRange, token.range) }
    return .range(low, high, low.range.joined(high.range))
  }

  /// `$0.01` before `to $0.05/GB` means the same unit: whoever writes the sign twice writes what it
  /// is for once.
  private func isDollar(_ chain: UnitChain) -> Bool {
    chain.links.first.map { source.text($0.word) == "$" } ?? false
  }

  private mutating func signed() throws(EstimateComplaint) -> Expression {
    guard token.kind == .minus else { return try power() }
    let start = token.range
    advance()
    let operand = try nested { (parser) throws(EstimateComplaint) in try parser.signed() }
    return .negative(operand, start.joined(operand.range))
  }

  private mutating func power() throws(EstimateComplaint) -> Expression {
    let base = try postfixed()
    guard token.kind == .caret else { return base }
    advance()
    let exponent = try nested { (parser) throws(EstimateComplaint) in try parser.signed() }
    return .power(base, exponent, base.range.joined(exponent.range))
  }

  /// A primary with percent signs behind it.
  private mutating func postfixed() throws(EstimateComplaint) -> Expression {
    var result = try primary()
    while token.kind == .percent {
      let range = result.range.joined(token.range)
      advance()
      if case .number(let value, _) = result {
        result = .quantity(value / 100, UnitChain(links: [], range: range), range)
      } else {
        result = .binary(.times, result, .number(0.01, range), range)
        try countSign(range)
      }
    }
    return result
  }

  private mutating func primary() throws(EstimateComplaint) -> Expression {
    let range = token.range
    switch token.kind {
    case .number(let value):
      try refuseThousands()
      advance()
      return try quantity(value, range)
    case .dollar:
      return try money()
    case .hole:
      advance()
      return .hole(range)
    case .open:
      open()
      let inner = try formula()
      let end = token.range
      try close(from: range)
      return inner.placed(range.joined(end))
    case .word:
      if isWord(token, "_") {
        advance()
        return .last(range)
      }
      let word = source.text(range)
      guard !Keywords.all.contains(word) else { throw complain(.keyword(word), range) }
      advance()
      return token.kind == .open ? .call(try call(range)) : .word(range)
    default: throw unexpected("a number, a name or '('")
    }
  }

  /// `min(1,000)`: the comma could group digits or part arguments.
  func refuseThousands() throws(EstimateComplaint) {
    let isGrouped = source.bytes[token.range.start..<token.range.end].contains(UInt8(ascii: ","))
    if isInside, isGrouped { throw complain(.thousandsComma, token.range) }
  }

  private mutating func call(_ name: SourceRange) throws(EstimateComplaint) -> Expression.Call {
    let start = token.range
    open()
    var arguments: [Expression.Call.Argument] = []
    while token.kind != .close {
      let isNamed = token.kind == .word && (peek(1).kind == .equals || peek(1).kind == .colon)
      let label = isNamed ? token.range : nil
      if isNamed {
        advance()
        advance()
      }
      arguments.append(.init(name: label, value: try formula()))
      guard take(.comma) else { break }
    }
    let end = token.range
    try close(from: start)
    return Expression.Call(name: name, arguments: arguments, range: name.joined(end))
  }
}

extension Expression {
  /// The formula without its sign.
  var unsigned: Expression {
    if case .negative(let inner, _) = self { inner.unsigned } else { self }
  }

  /// The same formula with its parentheses.
  func placed(_ range: SourceRange) -> Expression {
    switch self {
    case .number(let value, _): .number(value, range)
    case .quantity(let value, let chain, _): .quantity(value, chain, range)
    case .word, .last, .hole, .call: self
    case .binary(let sign, let left, let right, _): .binary(sign, left, right, range)
    case .negative(let inner, _): .negative(inner, range)
    case .power(let base, let exponent, _): .power(base, exponent, range)
    case .range(let low, let high, _): .range(low, high, range)
    case .converted(let inner, let chain, _): .converted(inner, chain, range)
    }
  }

  /// The formula without conversions around it.
  var unconverted: Expression {
    if case .converted(let inner, _, _) = self { inner.unconverted } else { self }
  }

  /// The low end of a range with the unit of the high one, unless it has its own.
  func adopting(_ chain: UnitChain) -> Expression {
    switch self {
    case .number(let value, let range):
      let isPercent = chain.links.isEmpty
      return .quantity(isPercent ? value / 100 : value, chain, range)
    case .negative(let inner, let range): return .negative(inner.adopting(chain), range)
    default: return self
    }
  }
}
