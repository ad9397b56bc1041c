import GRDB
import Kernel

/// The log as rows: events go in, effective events come out.
enum LogTable {
  /// The version of payloads that this program writes and reads.
  static let payloadVersion = 1

  /// Appends an event.
  static func insert(_ event: Event, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO event (id, action, device, at, stamp, kind, subject, payload, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      event.id.text, event.action.text, event.device, event.atMilliseconds, event.stamp,
      event.fact.kind.rawValue, event.fact.subject, event.fact.payload.compact, payloadVersion,
    ])
  }

  /// Events of these kinds that nobody took back, in the order of the log; of one subject if given.
  static func effective(
    _ kinds: [FactKind], subject: String? = nil, _ database: Database
  ) throws -> [Event] {
    let marks = kinds.map { _ in "?" }.joined(separator: ", ")
    var arguments = StatementArguments(kinds.map(\.rawValue))
    if let subject { arguments += [subject] }
    return try fetch(
      """
      WHERE kind IN (\(marks)) \(subject == nil ? "" : "AND subject = ?") AND \(isEffective)
      ORDER BY stamp, id
      """, arguments, database)
  }

  /// The last event of these kinds that nobody took back.
  static func last(
    _ kinds: [FactKind], subject: String? = nil, _ database: Database
  ) throws -> Event? {
    let marks = kinds.map { _ in "?" }.joined(separator: ", ")
    var arguments = StatementArguments(kinds.map(\.rawValue))
    if let subject { arguments += [subject] }
    return try fetch(
      """
      WHERE kind IN (\(marks)) \(subject == nil ? "" : "AND subject = ?") AND \(isEffective)
      ORDER BY stamp DESC, id DESC LIMIT 1
      """, arguments, database
    ).first
  }

  /// Events that meet an SQL condition.
  static func fetch(
    _ condition: String, _ arguments: StatementArguments = [], _ database: Database
  ) throws -> [Event] {
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT id, action, device, at, stamp, kind, payload, version FROM event \(condition)"
      ), arguments: arguments)
    var events: [Event] = []
    while let row = try rows.next() { events.append(try event(row)) }
    return events
  }

  /// An undo names an action; its subject is that action's id.
  static let isEffective =
    "NOT EXISTS (SELECT 1 FROM event AS u WHERE u.kind = 'undo' AND u.subject = event.action)"

  private static func event(_ row: Row) throws -> Event {
    let name: String = row[0]
    guard let id = EventID(name), let action = EventID(row[1]),
      let kind = FactKind(rawValue: row[5])
    else { throw Diagnostic("The event '\(name)' in the log cannot be read.") }
    let payload: String = row[6]
    do {
      let field = try JSONField(reading: Array(payload.utf8), file: nil)
      return Event(
        id: id, action: action, device: row[2], atMilliseconds: row[3], stamp: row[4],
        fact: try Fact(kind, field))
    } catch {
      throw Diagnostic("The event '\(name)' in the log cannot be read: \(error.message)")
    }
  }
}
