import Kernel

/// What can be set on a transaction store, under PostgreSQL's names.
public struct TransactionOptions: Sendable, Hashable {
  /// `deadlock_timeout`: how long a session waits for a lock before it looks for a deadlock.
  public var deadlockTimeout = TimeSpan.seconds(1)
  /// `lock_timeout`: how long a session waits for a lock at most; zero for no limit.
  public var lockTimeout = TimeSpan.zero
  /// `max_pred_locks_per_page`: with more SIREAD locks on rows of a page, the page is locked.
  public var predicateLocksPerPage = 2
  /// With more SIREAD locks on rows and pages of a table, the table is locked: 31 by the defaults
  /// of `max_pred_locks_per_relation` and `max_pred_locks_per_transaction`.
  public var predicateLocksPerRelation = 31
  /// How many row versions lie on a page of a table.
  public var rowsPerPage = 226
  /// How many keys next to each other lie on a leaf page of a key's index.
  public var keysPerLeaf = 366
  /// Wrong ways to build the store, for drills; none by default.
  public var shortcuts: Set<TransactionShortcut> = []

  /// The defaults of PostgreSQL, with pages of rows of two small columns.
  public init() {}
}

/// A way to build transactions wrongly.
public enum TransactionShortcut: String, Sendable, Hashable, CaseIterable {
  /// At REPEATABLE READ each statement has a snapshot of its own.
  case snapshotPerStatement
  /// At REPEATABLE READ and above a row that a concurrent transaction changed is overwritten.
  case noFirstUpdaterCheck
  /// Locks on rows are released after each statement, not at the end of the transaction.
  case rowLocksEndWithStatement
  /// The SIREAD locks of a transaction are forgotten when it commits.
  case readLocksEndAtCommit
  /// An UPDATE that waited at READ COMMITTED goes on with the row as it was before the wait.
  case noRecheckAfterWait
  /// Nobody looks for deadlocks.
  case noDeadlockCheck
  /// What a transaction did so far is seen by others before it commits.
  case uncommittedIsSeen
}
