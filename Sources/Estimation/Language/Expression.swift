/// A formula as it was written.
indirect enum Expression: Sendable, Hashable {
  /// A plain number.
  case number(Double, SourceRange)
  /// A number with its unit: `5 messages/user/day`, `$0.09/GB`, `40%`.
  case quantity(Double, UnitChain, SourceRange)
  /// A name, or a unit that stands alone.
  case word(SourceRange)
  /// The last result, `_`.
  case last(SourceRange)
  /// What is to be found out: `?`.
  case hole(SourceRange)
  /// A sign between two formulas.
  case binary(BinaryOperator, Expression, Expression, SourceRange)
  /// A formula with its sign turned.
  case negative(Expression, SourceRange)
  /// A power.
  case power(Expression, Expression, SourceRange)
  /// A range that is meant to hold the value nine times in ten.
  case range(Expression, Expression, SourceRange)
  /// A function with its arguments.
  case call(Call)
  /// A formula in another unit.
  case converted(Expression, UnitChain, SourceRange)

  /// A call: `mmc_wait(rate = 12k requests/s, service = 20 ms, servers = 268)`.
  struct Call: Sendable, Hashable {
    /// One argument; the name is nil where the place says which it is.
    struct Argument: Sendable, Hashable {
      let name: SourceRange?
      let value: Expression
    }

    let name: SourceRange
    let arguments: [Argument]
    let range: SourceRange
  }

  /// Where it stands in the source.
  var range: SourceRange {
    switch self {
    case .number(_, let range), .quantity(_, _, let range), .word(let range), .last(let range),
      .hole(let range), .binary(_, _, _, let range), .negative(_, let range),
      .power(_, _, let range), .range(_, _, let range), .converted(_, _, let range):
      range
    case .call(let call): call.range
    }
  }
}

/// Signs between two formulas.
enum BinaryOperator: Sendable, Hashable {
  case plus, minus, times, over
  case less, atMost, greater, atLeast

  /// The sign as it is written.
  var sign: String {
    switch self {
    case .plus: "+"
    case .minus: "-"
    case .times: "*"
    case .over: "/"
    case .less: "<"
    case .atMost: "<="
    case .greater: ">"
    case .atLeast: ">="
    }
  }

  var isComparison: Bool {
    switch self {
    case .less, .atMost, .greater, .atLeast: true
    case .plus, .minus, .times, .over: false
    }
  }
}

/// A unit as it was written: words with exponents.
struct UnitChain: Sendable, Hashable {
  /// One word of a unit.
  struct Link: Sendable, Hashable {
    let word: SourceRange
    /// Its exponent; below 0 behind a `/` or `per`.
    let exponent: Int
    /// What the word means; nil when it is no unit, which the checker complains about.
    let unit: CompoundUnit?
  }

  let links: [Link]
  let range: SourceRange
}
