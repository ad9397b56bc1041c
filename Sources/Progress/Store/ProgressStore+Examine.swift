import GRDB

extension ProgressStore {
  /// Reads the whole store: SQLite's own check, then every event of the log.
  ///
  /// Takes as long as reading the file does; for `doctor`, not for every start.
  ///
  /// - Returns: How many events the log holds.
  /// - Throws: `StoreError.corrupt` with the first thing that is wrong.
  @discardableResult
  public func examine() throws(StoreError) -> Int {
    let (complaint, count) = try read { database in
      let complaint = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)")
      let events = try LogTable.fetch("ORDER BY stamp, id", [], database)
      return (complaint, events.count)
    }
    guard complaint == "ok" else {
      throw .corrupt(path: label, detail: complaint ?? "its check says nothing")
    }
    return count
  }
}
