/// What a statement or a transaction sees: everything committed up to a moment.
struct Snapshot: Sendable, Hashable {
  /// How many transactions had committed.
  let commits: Int
  /// The oldest transaction under way that had written anything, by its write number; the number
  /// that the next will get when there was none.
  let oldestWriter: Int
}

/// A transaction under way.
struct Transaction: Sendable, Hashable {
  let id: TransactionID
  let session: SessionID
  var level: TransactionLevel
  let isReadOnly: Bool
  /// Whether it is a single statement outside BEGIN and COMMIT.
  let isImplicit: Bool
  /// The snapshot of the whole transaction above READ COMMITTED; taken by the first query.
  var snapshot: Snapshot?
  /// Counted from 1 in the order of first writes; nil while it has only read.
  var writeNumber: Int?
  /// The rows it wrote or locked, each once, in order.
  var touched: [RowPlace] = []
}

/// A row, by its table and number.
struct RowPlace: Sendable, Hashable {
  let table: Int
  let row: Int
}
