import OrderedCollections

/// A table made for reading: a row an account, with what a list shows.
///
/// It is derived and can be thrown away: **a row at version n is what the events 0 to n of its
/// account add up to.** The row keeps the version it stands at, so that a repeat can be told from
/// news.
public struct ReadModel: Sendable, Equatable {
  /// What a row does about versions.
  public enum RowGuard: String, Sendable, Hashable, CaseIterable {
    /// It takes every event that comes.
    case none
    /// It passes over events that are not newer than the row.
    case newest
    /// It takes the next event only; one further ahead waits until the gap is closed.
    case next
  }

  /// What became of an event.
  public enum Result: Sendable, Hashable {
    /// It was applied, and so many events that had waited for it.
    case applied(waiting: Int)
    /// The row is as new or newer.
    case repeated
    /// It waits for the events before it.
    case waiting
  }

  /// What a list shows of an account.
  public struct Row: Sendable, Hashable {
    /// The balance in cents.
    public internal(set) var balance = 0
    /// How many deposits and withdrawals there were.
    public internal(set) var movements = 0
    /// The number of the newest event in it.
    public internal(set) var version = -1
    /// Events that wait, by their number.
    var ahead: [Int: LedgerEvent] = [:]
  }

  /// What rows do about versions.
  public let rowGuard: RowGuard
  /// The rows, in the order in which they were made.
  public private(set) var rows = OrderedDictionary<String, Row>()

  /// An empty table.
  public init(_ rowGuard: RowGuard) { self.rowGuard = rowGuard }

  /// The row of `stream`, or nil.
  public subscript(stream: String) -> Row? { rows[stream] }

  /// Applies event number `version` of `stream`.
  public mutating func apply(_ event: LedgerEvent, version: Int, to stream: String) -> Result {
    var row = rows[stream] ?? Row()
    if rowGuard != .none, version <= row.version { return .repeated }
    if rowGuard == .next, version > row.version + 1 {
      row.ahead[version] = event
      rows[stream] = row
      return .waiting
    }
    Self.add(event, version, to: &row)
    var waiting = 0
    while let next = row.ahead.removeValue(forKey: row.version + 1) {
      Self.add(next, row.version + 1, to: &row)
      waiting += 1
    }
    rows[stream] = row
    return .applied(waiting: waiting)
  }

  private static func add(_ event: LedgerEvent, _ version: Int, to row: inout Row) {
    row.balance += event.cents
    if event.fact != .opened { row.movements += 1 }
    row.version = max(row.version, version)
  }
}
