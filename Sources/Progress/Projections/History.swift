import GRDB
import Synchronization

/// An event of the log and whether it still counts.
public struct HistoryEntry: Sendable, Hashable {
  /// The event.
  public let event: Event
  /// Whether a later event took it back.
  public let isUndone: Bool
}

extension ProgressStore {
  /// The last `limit` events, the earliest of them first, undone ones and undos included.
  public func history(limit: Int = 50) throws(StoreError) -> [HistoryEntry] {
    try read { database in
      let events = try LogTable.fetch(
        "ORDER BY stamp DESC, id DESC LIMIT ?", [max(0, limit)], database)
      let undone = try Set(
        String.fetchAll(database, sql: "SELECT subject FROM event WHERE kind = 'undo'"))
      return events.reversed().map { event in
        HistoryEntry(
          event: event,
          isUndone: event.fact.kind != .undo && undone.contains(event.action.text))
      }
    }
  }

  /// Takes back the last action that still counts.
  ///
  /// First those of this prompt, then those of this machine from before this prompt began. Another prompt's or another machine's actions are left alone.
  ///
  /// - Returns: The events that count no longer, in the order of the log; empty when there is
  ///   nothing to take back.
  @discardableResult
  public func undo() throws(StoreError) -> [Event] {
    let own = actions.withLock { $0 }
    let action: EventID? = try read { database in
      for action in own.reversed() {
        if try !LogTable.fetch("WHERE action = ? AND \(isOpen)", [action.text], database).isEmpty {
          return action
        }
      }
      return try LogTable.fetch(
        "WHERE device = ? AND row <= ? AND \(isOpen) ORDER BY stamp DESC, id DESC LIMIT 1",
        [device, firstRow], database
      ).first?.action
    }
    guard let action else { return [] }
    return try undo(action)
  }

  /// Takes back the whole action that `event` belongs to; taking it back twice changes nothing.
  ///
  /// - Returns: The events that count no longer, in the order of the log.
  @discardableResult
  public func undo(_ event: EventID) throws(StoreError) -> [Event] {
    let open = try read { database in
      try LogTable.fetch(
        """
        WHERE action = (SELECT action FROM event WHERE id = ?) AND \(isOpen) ORDER BY stamp, id
        """, [event.text], database)
    }
    guard let action = open.first?.action else { return [] }
    try append(.undid(action: action))
    return open
  }

  private var isOpen: String { "kind != 'undo' AND \(LogTable.isEffective)" }
}
