/// The rows that an expression is computed from.
struct RowScope {
  let schema: TableSchema?
  var row: [ColumnValue] = []
  var excluded: [ColumnValue] = []
  var group: [[ColumnValue]] = []

  func value(_ expression: RowExpression) throws(TransactionError) -> ColumnValue {
    switch expression {
    case .constant(let value): return value
    case .column(let name): return try column(name, of: row)
    case .excluded(let name): return try column(name, of: excluded)
    case .arithmetic(let kind, let left, let right):
      return try Self.computed(kind, try value(left), try value(right))
    case .comparison(let kind, let left, let right):
      return Self.compared(kind, try value(left), try value(right))
    case .and(let left, let right):
      let (left, right) = (try value(left), try value(right))
      if left == .flag(false) || right == .flag(false) { return .flag(false) }
      return left == .null || right == .null ? .null : .flag(true)
    case .or(let left, let right):
      let (left, right) = (try value(left), try value(right))
      if left == .flag(true) || right == .flag(true) { return .flag(true) }
      return left == .null || right == .null ? .null : .flag(false)
    case .not(let inner):
      guard case .flag(let flag) = try value(inner) else { return .null }
      return .flag(!flag)
    case .isNull(let inner): return .flag(try value(inner) == .null)
    case .aggregate(let kind, let inner): return try total(kind, inner)
    case .query: preconditionFailure("queries inside expressions are answered beforehand")
    }
  }

  /// Whether the condition holds; null does not.
  func holds(_ condition: RowExpression?) throws(TransactionError) -> Bool {
    guard let condition else { return true }
    return try value(condition) == .flag(true)
  }

  private func column(
    _ name: String, of row: [ColumnValue]
  ) throws(TransactionError) -> ColumnValue {
    guard let place = schema?.place(of: name), row.indices.contains(place) else {
      throw TransactionError(.undefinedColumn, "column \"\(name)\" does not exist")
    }
    return row[place]
  }

  private func total(
    _ kind: RowExpression.Aggregate, _ inner: RowExpression?
  ) throws(TransactionError) -> ColumnValue {
    guard let inner else { return .integer(group.count) }
    var values: [ColumnValue] = []
    for row in group {
      let value = try RowScope(schema: schema, row: row).value(inner)
      if value != .null { values.append(value) }
    }
    switch kind {
    case .count: return .integer(values.count)
    case .min: return values.min() ?? .null
    case .max: return values.max() ?? .null
    case .sum:
      guard !values.isEmpty else { return .null }
      var sum = ColumnValue.integer(0)
      for value in values { sum = try Self.computed(.plus, sum, value) }
      return sum
    }
  }

  private static func computed(
    _ kind: RowExpression.Arithmetic, _ left: ColumnValue, _ right: ColumnValue
  ) throws(TransactionError) -> ColumnValue {
    switch (left, right) {
    case (.null, _), (_, .null): return .null
    case (.list(let items), .integer(let item)) where kind == .append: return .list(items + [item])
    case (.text(let left), .text(let right)) where kind == .append: return .text(left + right)
    case (.integer(let left), .integer(let right)):
      switch kind {
      case .plus: return .integer(left &+ right)
      case .minus: return .integer(left &- right)
      case .times: return .integer(left &* right)
      case .over, .modulo:
        guard right != 0 else { throw TransactionError(.divisionByZero, "division by zero") }
        return .integer(kind == .over ? left / right : left % right)
      case .append: break
      }
    default: break
    }
    throw TransactionError(
      .typeMismatch, "operator does not exist: \(left) \(kind.rawValue) \(right)")
  }

  private static func compared(
    _ kind: RowExpression.Comparison, _ left: ColumnValue, _ right: ColumnValue
  ) -> ColumnValue {
    guard left != .null, right != .null else { return .null }
    return switch kind {
    case .equal: .flag(left == right)
    case .notEqual: .flag(left != right)
    case .less: .flag(left < right)
    case .atMost: .flag(left <= right)
    case .greater: .flag(left > right)
    case .atLeast: .flag(left >= right)
    }
  }
}
