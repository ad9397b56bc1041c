/// Why a statement failed, in PostgreSQL's words.
///
/// Source: PostgreSQL documentation, appendix "PostgreSQL Error Codes", and the recorded answers.
public struct TransactionError: Error, Sendable, Hashable {
  /// The SQLSTATE code.
  public enum State: String, Sendable, Hashable {
    /// A concurrent transaction stands in the way; the whole transaction may be tried again.
    case serializationFailure = "40001"
    /// The transaction was the victim of a deadlock.
    case deadlock = "40P01"
    /// An earlier statement failed, so nothing but the end of the transaction is accepted.
    case failedTransaction = "25P02"
    /// A transaction that only reads was to write.
    case readOnly = "25006"
    /// A transaction was begun already, and has run a query.
    case activeTransaction = "25001"
    /// A key exists already.
    case uniqueViolation = "23505"
    /// A lock was not to be had at once, or in time.
    case lockNotAvailable = "55P03"
    /// Somebody cancelled the statement.
    case cancelled = "57014"
    /// No such table.
    case undefinedTable = "42P01"
    /// No such column.
    case undefinedColumn = "42703"
    /// Values do not fit an operation.
    case typeMismatch = "42804"
    /// A division by zero.
    case divisionByZero = "22012"
    /// A subquery gave more than one row.
    case cardinality = "21000"
  }

  /// The code.
  public let state: State
  /// The message as the server sends it.
  public let message: String
  /// What stood in the way, for people: the server's detail or the story behind it.
  public let reason: String?

  /// An error.
  public init(_ state: State, _ message: String, reason: String? = nil) {
    self.state = state
    self.message = message
    self.reason = reason
  }

  /// Whether the same transaction may succeed when it is tried again from its first statement.
  public var isRetryable: Bool { state == .serializationFailure || state == .deadlock }
}

extension TransactionError {
  static let failedTransaction = TransactionError(
    .failedTransaction,
    "current transaction is aborted, commands ignored until end of transaction block")
  static let concurrentUpdate = TransactionError(
    .serializationFailure, "could not serialize access due to concurrent update",
    reason: "the row was changed by a transaction that committed after this one's snapshot")
  static let concurrentDelete = TransactionError(
    .serializationFailure, "could not serialize access due to concurrent delete",
    reason: "the row was deleted by a transaction that committed after this one's snapshot")

  static func dependencies(_ reason: String) -> TransactionError {
    TransactionError(
      .serializationFailure,
      "could not serialize access due to read/write dependencies among transactions",
      reason: reason)
  }

  static func duplicate(_ table: String) -> TransactionError {
    TransactionError(
      .uniqueViolation,
      "duplicate key value violates unique constraint \"\(table)_pkey\"")
  }
}
