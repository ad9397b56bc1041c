import Kernel

/// A statement that is being carried out, and how far it has come: what a wait is resumed from.
struct StatementWork: Sendable, Hashable {
  /// A row to look at.
  struct Candidate: Sendable, Hashable {
    let row: Int
    /// The place of the version that the snapshot shows, once it was looked at and matched.
    var seen: Int?
  }

  /// The statement, with the queries inside it answered.
  let statement: Statement
  let snapshot: Snapshot
  let lockTimeout: TimeSpan
  /// How the table is gone through; nil for an INSERT.
  var scan: TableScan?
  var candidates: [Candidate] = []
  /// The next row to work on.
  var cursor = 0
  /// What is shown.
  var shown: [[ColumnValue]] = []
  /// How many rows were inserted, changed or removed.
  var count = 0
}

/// How far a statement came.
enum StatementProgress {
  case finished(StatementReply)
  case blocked(LockWaiter.Target)
}

/// How a table is gone through, which decides what SIREAD locks cover.
///
/// PostgreSQL's planner decides by statistics; the rules here are what it does with small tables
/// that were never analysed: the key's index where the key is compared or asked for in order, and
/// the whole table otherwise.
enum TableScan: Sendable, Hashable {
  /// The whole table in the order of insertion.
  case table
  /// Some keys through the index.
  case keys([ColumnValue])
  /// All keys in order, through the index.
  case keyOrder(isDescending: Bool)
  /// The keys that a condition leaves, through the index.
  case keyRange(RowExpression)

  /// The scan for a condition and an order.
  init(
    _ schema: TableSchema, _ condition: RowExpression?, order: [SelectQuery.Order] = [],
    limit: Int? = nil
  ) {
    guard let place = schema.key else {
      self = .table
      return
    }
    let key = schema.columns[place]
    for part in condition?.conjuncts ?? [] {
      if let keys = Self.keys(part, key) {
        self = .keys(keys)
        return
      }
    }
    let ranges = (condition?.conjuncts ?? []).filter { Self.isRange($0, key) }
    if let range = ranges.first {
      self = .keyRange(ranges.dropFirst().reduce(range) { .and($0, $1) })
    } else if let first = order.first, first.key == .column(key), condition == nil || limit != nil {
      self = .keyOrder(isDescending: first.isDescending)
    } else {
      self = .table
    }
  }

  private static func keys(_ part: RowExpression, _ key: String) -> [ColumnValue]? {
    switch part {
    case .comparison(.equal, .column(key), .constant(let value)),
      .comparison(.equal, .constant(let value), .column(key)):
      return [value]
    case .or(let left, let right):
      guard let left = keys(left, key), let right = keys(right, key) else { return nil }
      return left + right
    default: return nil
    }
  }

  private static func isRange(_ part: RowExpression, _ key: String) -> Bool {
    switch part {
    case .comparison(let kind, .column(key), .constant),
      .comparison(let kind, .constant, .column(key)):
      kind != .equal && kind != .notEqual
    default: false
    }
  }

  /// Whether rows come in the order of the key, and in which.
  var isInKeyOrder: Bool { if case .keyOrder = self { true } else { false } }
}
