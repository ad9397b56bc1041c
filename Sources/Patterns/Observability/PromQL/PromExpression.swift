import Kernel

/// A query in PromQL, as read.
public indirect enum PromExpression: Sendable, Hashable {
  /// A number.
  case number(Double)
  /// A text, for functions that take one.
  case text(String)
  /// The newest samples of some series.
  case selector(PromSelector)
  /// The samples of some series over a range that ends now, in milliseconds.
  case range(PromSelector, Int64)
  /// An expression evaluated at even steps over a range.
  case subquery(PromExpression, range: Int64, step: Int64?, PromModifiers)
  /// A function applied to arguments.
  case call(PromFunction, [PromExpression])
  /// Many samples made one for each group.
  case aggregate(PromAggregate, PromExpression, parameter: PromExpression?)
  /// An operator between two expressions.
  case binary(PromOperator, PromExpression, PromExpression, PromMatching)
  /// The other sign.
  case negative(PromExpression)
  /// An expression in parentheses.
  case grouped(PromExpression)

  /// What an expression yields.
  public enum Kind: String, Sendable {
    /// One number.
    case scalar
    /// One sample for each series.
    case vector = "instant vector"
    /// Many samples for each series.
    case matrix = "range vector"
    /// A text.
    case text = "string"
  }

  /// What the expression yields.
  public var kind: Kind {
    switch self {
    case .number: .scalar
    case .text: .text
    case .selector, .aggregate: .vector
    case .range, .subquery: .matrix
    case .call(let function, _): function.kind
    case .binary(_, let left, let right, _):
      left.kind == .scalar && right.kind == .scalar ? .scalar : .vector
    case .negative(let inner), .grouped(let inner): inner.kind
    }
  }

  /// The expression without parentheses around it.
  var bare: PromExpression {
    if case .grouped(let inner) = self { inner.bare } else { self }
  }
}

extension PromExpression {
  /// The text that it is; empty for anything else.
  var writtenText: String {
    if case .text(let text) = bare { text } else { "" }
  }
}

/// Which series are meant, and as of when.
public struct PromSelector: Sendable, Hashable {
  /// The conditions on labels, the name among them.
  public let matchers: [LabelMatcher]
  /// As of when.
  public var modifiers = PromModifiers()
}

/// `offset` and `@`: as of when an expression is evaluated.
public struct PromModifiers: Sendable, Hashable {
  /// A fixed time in an `@`.
  public enum Anchor: Sendable, Hashable {
    /// Milliseconds since the start.
    case time(Int64)
    /// The time of the query, or the first of a range of times.
    case start
    /// The time of the query, or the last of a range of times.
    case end
  }

  /// Milliseconds back.
  public var offset: Int64 = 0
  /// The fixed time, if there is one.
  public var anchor: Anchor?
}

/// How samples are made one.
public struct PromAggregate: Sendable, Hashable {
  /// What is made of the values of a group.
  public enum Operation: String, Sendable, CaseIterable {
    /// As named.
    case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile
    /// How many samples have each value.
    case countValues = "count_values"

    /// Whether it takes a parameter before the expression.
    var hasParameter: Bool {
      switch self {
      case .topk, .bottomk, .quantile, .countValues: true
      case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: false
      }
    }
  }

  /// What is made of the values of a group.
  public let operation: Operation
  /// The labels named.
  public let labels: [String]
  /// Whether groups are by all labels but those named.
  public let isWithout: Bool
}

/// How the two sides of an operator find each other.
public struct PromMatching: Sendable, Hashable {
  /// Which side may have many samples for one of the other.
  public enum Cardinality: Sendable, Hashable {
    /// Neither.
    case oneToOne
    /// The left one: `group_left`.
    case manyToOne
    /// The right one: `group_right`.
    case oneToMany
    /// Both, for set operators.
    case manyToMany
  }

  /// Which side may have many.
  public var cardinality = Cardinality.oneToOne
  /// The labels named in `on` or `ignoring`.
  public var labels: [String] = []
  /// Whether only the labels named count.
  public var isOn = false
  /// Labels to copy from the side that has one.
  public var included: [String] = []
  /// Whether comparisons yield 0 or 1 instead of filtering.
  public var isBool = false

  /// What samples of both sides must share.
  func signature(_ labels: MetricLabels) -> MetricLabels {
    isOn ? labels.keeping(self.labels) : labels.without(self.labels + [MetricLabels.nameLabel])
  }
}

/// An operator between two expressions.
public enum PromOperator: String, Sendable, Hashable, CaseIterable {
  case add = "+", subtract = "-", multiply = "*", divide = "/", modulo = "%", power = "^"
  case equal = "==", unequal = "!=", greater = ">", less = "<"
  case notLess = ">=", notGreater = "<="
  case atan2, and, or, unless

  /// The tighter, the higher.
  var precedence: Int {
    switch self {
    case .or: 1
    case .and, .unless: 2
    case .equal, .unequal, .greater, .less, .notLess, .notGreater: 3
    case .add, .subtract: 4
    case .multiply, .divide, .modulo, .atan2: 5
    case .power: 6
    }
  }

  var isComparison: Bool { precedence == 3 }
  var isSetOperator: Bool { precedence < 3 }
  /// Whether results keep the name of the metric; that those of `atan2` do is so in 2.42.
  var keepsName: Bool { isComparison || self == .atan2 }

  /// What it makes of two numbers, and whether a comparison holds.
  func apply(_ left: Double, _ right: Double) -> (value: Double, isKept: Bool) {
    switch self {
    case .add: (left + right, true)
    case .subtract: (left - right, true)
    case .multiply: (left * right, true)
    case .divide: (left / right, true)
    case .modulo: (left.truncatingRemainder(dividingBy: right), true)
    case .power: (PromMath.power(left, right), true)
    case .atan2: (PortableMath.atan2(left, right), true)
    case .equal: (left, left == right)
    case .unequal: (left, left != right)
    case .greater: (left, left > right)
    case .less: (left, left < right)
    case .notLess: (left, left >= right)
    case .notGreater: (left, left <= right)
    case .and, .or, .unless: (left, true)
    }
  }
}
