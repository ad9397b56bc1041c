import GRDB
import Kernel

/// What an import brought.
public struct ImportResult: Sendable, Hashable {
  /// Events that were new here.
  public let addedCount: Int
  /// Events that were here already.
  public let knownCount: Int
}

extension ProgressStore {
  /// The whole log with a readable summary, as a JSON document of format 1 (see `LogDocument`).
  ///
  /// Two stores that know the same events give the same bytes.
  public func exportLog() throws(StoreError) -> String {
    let events = try read { try LogTable.fetch("ORDER BY stamp, id", [], $0) }
    return LogDocument.text(events: events, summary: try summary())
  }

  /// Merges a log that `exportLog` wrote, on this machine or another.
  ///
  /// Events are recognised by their ids: **importing twice, or in another order, or back and forth
  /// changes nothing more.** All is read and checked before anything is written, and written in
  /// one transaction.
  ///
  /// - Parameters:
  ///   - text: The document, in UTF-8.
  ///   - file: Its name, for messages.
  /// - Returns: How many events were new.
  /// - Throws: `Diagnostic` for a document that is malformed, from a newer version, or contradicts
  ///   this log; `StoreError` when the store cannot take it. Nothing is then changed.
  @discardableResult
  public func importLog(_ text: [UInt8], file: String? = nil) throws -> ImportResult {
    let document = try LogDocument(reading: text, file: file)
    do {
      return try queue.write { database in try Self.merge(document, database) }
    } catch let diagnostic as Diagnostic {
      throw diagnostic
    } catch {
      throw StoreError(error, path: label)
    }
  }

  private static func merge(
    _ document: LogDocument, _ database: Database
  ) throws -> ImportResult {
    var added: [Event] = []
    for entry in document.entries {
      let known = try LogTable.fetch("WHERE id = ?", [entry.event.id.text], database).first
      if let known {
        guard known.json == entry.event.json else { throw contradiction(entry) }
      } else {
        try LogTable.insert(entry.event, database)
        added.append(entry.event)
      }
    }
    try ScheduleTable.refresh(after: added, database)
    return ImportResult(addedCount: added.count, knownCount: document.entries.count - added.count)
  }

  private static func contradiction(_ entry: LogDocument.Entry) -> Diagnostic {
    entry.field.complaint(
      "the event \(entry.event.id) is known with another content, so one of the two logs was "
        + "changed by hand. Nothing was imported.")
  }
}
