/// What a session can ask for: the part of SQL that transactions are about.
public enum Statement: Sendable, Hashable {
  /// Begins a transaction; without a level at READ COMMITTED.
  case begin(TransactionLevel = .readCommitted, isReadOnly: Bool = false)
  /// Sets the level of the transaction under way, before its first query.
  case setLevel(TransactionLevel)
  /// Ends the transaction and keeps what it did.
  case commit
  /// Ends the transaction and undoes what it did.
  case rollback
  /// Reads.
  case select(SelectQuery)
  /// Adds rows.
  case insert(InsertCommand)
  /// Changes rows.
  case update(UpdateCommand)
  /// Removes rows.
  case delete(DeleteCommand)
}

/// A query of one table, or of none.
public struct SelectQuery: Sendable, Hashable {
  /// How rows that are read are locked.
  public struct Locking: Sendable, Hashable {
    /// What happens when a row is locked by somebody else.
    public enum Policy: String, Sendable, Hashable {
      /// Wait.
      case wait
      /// Fail at once.
      case noWait
      /// Leave the row out.
      case skipLocked
    }

    /// How strongly.
    public var strength: RowLockStrength
    /// What happens when the row is locked.
    public var policy: Policy

    /// A locking clause.
    public init(_ strength: RowLockStrength, _ policy: Policy = .wait) {
      self.strength = strength
      self.policy = policy
    }
  }

  /// How rows are ordered.
  public struct Order: Sendable, Hashable {
    /// By what.
    public var key: RowExpression
    /// Whether the greatest comes first.
    public var isDescending: Bool

    /// An order.
    public init(_ key: RowExpression, isDescending: Bool = false) {
      self.key = key
      self.isDescending = isDescending
    }
  }

  /// What is shown of each row; empty for all columns.
  public var targets: [RowExpression]
  /// The table; nil for a query of constants.
  public var table: String?
  /// Which rows.
  public var condition: RowExpression?
  /// The order.
  public var order: [Order]
  /// The most rows.
  public var limit: Int?
  /// The locking clause.
  public var locking: Locking?

  /// A query.
  public init(
    _ targets: [RowExpression] = [], from table: String?, where condition: RowExpression? = nil,
    order: [Order] = [], limit: Int? = nil, locking: Locking? = nil
  ) {
    self.targets = targets
    self.table = table
    self.condition = condition
    self.order = order
    self.limit = limit
    self.locking = locking
  }
}

/// How strongly a row is locked: PostgreSQL's four row-level lock modes.
///
/// Source: PostgreSQL documentation, 13.3.2, "Row-Level Locks".
public enum RowLockStrength: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// FOR KEY SHARE.
  case keyShare
  /// FOR SHARE.
  case share
  /// FOR NO KEY UPDATE: what an UPDATE takes that leaves the key alone.
  case noKeyUpdate
  /// FOR UPDATE: also what a DELETE takes, and an UPDATE of the key.
  case update

  /// Whether the left lock is weaker.
  public static func < (left: RowLockStrength, right: RowLockStrength) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Whether two transactions cannot hold these locks on one row together.
  public func conflicts(with other: RowLockStrength) -> Bool {
    switch (self, other) {
    case (.update, _), (_, .update): true
    case (.noKeyUpdate, .keyShare), (.keyShare, .noKeyUpdate): false
    case (.noKeyUpdate, _), (_, .noKeyUpdate): true
    case (.keyShare, _), (.share, _): false
    }
  }
}

/// A column and the value it gets.
public struct Assignment: Sendable, Hashable {
  /// The column.
  public var column: String
  /// Its new value, computed from the row as it was.
  public var value: RowExpression

  /// An assignment.
  public init(_ column: String, _ value: RowExpression) {
    self.column = column
    self.value = value
  }
}

/// Adds rows to a table.
public struct InsertCommand: Sendable, Hashable {
  /// What happens when the key exists.
  public enum Conflict: Sendable, Hashable {
    /// The statement fails.
    case fail
    /// The row is not inserted: ON CONFLICT DO NOTHING.
    case nothing
    /// The row that exists is changed: ON CONFLICT DO UPDATE.
    case update([Assignment], where: RowExpression? = nil)
  }

  /// The table.
  public var table: String
  /// The columns given; empty for all of them.
  public var columns: [String]
  /// The rows.
  public var rows: [[RowExpression]]
  /// What happens when the key exists.
  public var conflict: Conflict
  /// What is shown of each row; nil to show nothing.
  public var returning: [RowExpression]?

  /// An insertion.
  public init(
    into table: String, columns: [String] = [], rows: [[RowExpression]],
    conflict: Conflict = .fail, returning: [RowExpression]? = nil
  ) {
    self.table = table
    self.columns = columns
    self.rows = rows
    self.conflict = conflict
    self.returning = returning
  }
}

/// Changes rows of a table.
public struct UpdateCommand: Sendable, Hashable {
  /// The table.
  public var table: String
  /// The new values.
  public var assignments: [Assignment]
  /// Which rows.
  public var condition: RowExpression?
  /// What is shown of each row; nil to show nothing.
  public var returning: [RowExpression]?

  /// A change.
  public init(
    _ table: String, set assignments: [Assignment], where condition: RowExpression? = nil,
    returning: [RowExpression]? = nil
  ) {
    self.table = table
    self.assignments = assignments
    self.condition = condition
    self.returning = returning
  }
}

/// Removes rows from a table.
public struct DeleteCommand: Sendable, Hashable {
  /// The table.
  public var table: String
  /// Which rows.
  public var condition: RowExpression?
  /// What is shown of each row; nil to show nothing.
  public var returning: [RowExpression]?

  /// A removal.
  public init(
    from table: String, where condition: RowExpression? = nil, returning: [RowExpression]? = nil
  ) {
    self.table = table
    self.condition = condition
    self.returning = returning
  }
}

/// What a session is answered.
public enum StatementReply: Sendable, Hashable {
  /// The rows of a query, or of a RETURNING clause.
  case rows([[ColumnValue]])
  /// What was done, as the server's command tag: `UPDATE 1`.
  case done(String)
  /// Why nothing was done.
  case failed(TransactionError)
}
