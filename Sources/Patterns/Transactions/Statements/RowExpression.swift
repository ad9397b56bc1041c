/// What is computed from a row, or from all rows of a query.
public indirect enum RowExpression: Sendable, Hashable {
  /// An operation on numbers, or `||` on a list and an element.
  public enum Arithmetic: String, Sendable, Hashable {
    /// Sum.
    case plus = "+"
    /// Difference.
    case minus = "-"
    /// Product.
    case times = "*"
    /// Quotient without its fraction.
    case over = "/"
    /// Remainder, with the sign of the dividend.
    case modulo = "%"
    /// A list and one more element.
    case append = "||"
  }

  /// A comparison.
  public enum Comparison: String, Sendable, Hashable {
    /// Equal.
    case equal = "="
    /// Not equal.
    case notEqual = "<>"
    /// Less.
    case less = "<"
    /// Less or equal.
    case atMost = "<="
    /// Greater.
    case greater = ">"
    /// Greater or equal.
    case atLeast = ">="
  }

  /// What is computed over all rows.
  public enum Aggregate: String, Sendable, Hashable {
    /// The number of rows, or of values that are not null.
    case count
    /// The sum; null without rows.
    case sum
    /// The least; null without rows.
    case min
    /// The greatest; null without rows.
    case max
  }

  /// A fixed value.
  case constant(ColumnValue)
  /// A column of the row.
  case column(String)
  /// A column of the row that ON CONFLICT kept from being inserted.
  case excluded(String)
  /// An operation.
  case arithmetic(Arithmetic, RowExpression, RowExpression)
  /// A comparison; null when a side is null.
  case comparison(Comparison, RowExpression, RowExpression)
  /// Whether both hold.
  case and(RowExpression, RowExpression)
  /// Whether one holds.
  case or(RowExpression, RowExpression)
  /// Whether it does not hold.
  case not(RowExpression)
  /// Whether it is null.
  case isNull(RowExpression)
  /// Something over all rows of the query; without an expression the rows themselves.
  case aggregate(Aggregate, RowExpression?)
  /// The one value that a query gives, null when it gives no row.
  case query(SelectQuery)
}

extension RowExpression {
  /// The column compared for equality with the constant.
  public static func isEqual(_ column: String, _ value: ColumnValue) -> RowExpression {
    .comparison(.equal, .column(column), .constant(value))
  }

  /// Whether something in it is computed over all rows.
  var isAggregate: Bool {
    switch self {
    case .aggregate: true
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right),
      .and(let left, let right), .or(let left, let right):
      left.isAggregate || right.isAggregate
    case .not(let inner), .isNull(let inner): inner.isAggregate
    case .constant, .column, .excluded, .query: false
    }
  }

  /// The parts that must all hold.
  var conjuncts: [RowExpression] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// The expression with every query in it replaced by what `answer` says of it.
  func bound(
    _ answer: (SelectQuery) throws(TransactionError) -> ColumnValue
  ) throws(TransactionError) -> RowExpression {
    switch self {
    case .constant, .column, .excluded: self
    case .query(let query): .constant(try answer(query))
    case .arithmetic(let kind, let left, let right):
      .arithmetic(kind, try left.bound(answer), try right.bound(answer))
    case .comparison(let kind, let left, let right):
      .comparison(kind, try left.bound(answer), try right.bound(answer))
    case .and(let left, let right): .and(try left.bound(answer), try right.bound(answer))
    case .or(let left, let right): .or(try left.bound(answer), try right.bound(answer))
    case .not(let inner): .not(try inner.bound(answer))
    case .isNull(let inner): .isNull(try inner.bound(answer))
    case .aggregate(let kind, let inner): .aggregate(kind, try inner?.bound(answer))
    }
  }
}
