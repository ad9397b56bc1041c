import GRDB

/// The tables of the store, and the steps that bring an older file up to date.
///
/// `event` is the truth and is never changed (triggers see to it); `schedule` is a projection that
/// `ProgressStore.rebuild()` makes anew. The number of steps done is the file's `user_version`.
enum Schema {
  /// "DRLH": marks a database file as a store (`PRAGMA application_id`).
  static let applicationID = 0x4452_4c48

  /// The version that this program writes.
  static var version: Int { steps.count }

  /// The statements that lead from version n to n + 1, in order; a released step never changes.
  static let steps = [
    """
    CREATE TABLE event (
      row INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      action TEXT NOT NULL,
      device TEXT NOT NULL,
      at INTEGER NOT NULL,
      stamp INTEGER NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      payload TEXT NOT NULL,
      version INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX event_in_order ON event (stamp, id);
    CREATE INDEX event_by_subject ON event (kind, subject);
    CREATE INDEX event_by_action ON event (action);
    CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER event_never_goes BEFORE DELETE ON event
      BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TABLE schedule (
      item TEXT PRIMARY KEY,
      phase TEXT NOT NULL,
      step INTEGER NOT NULL,
      stability REAL NOT NULL,
      difficulty REAL NOT NULL,
      due INTEGER NOT NULL,
      last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX schedule_by_due ON schedule (due);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
    // The tables stay, but the log may hold mysteries, which programs before this cannot read.
    "",
    // The same for interviews.
    "",
  ]

  /// Brings the database up to date, in the transaction that is open.
  static func migrate(_ database: Database, device: String) throws {
    let done = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard done < version else { return }
    for step in steps[done...] { try database.execute(sql: step) }
    try database.execute(
      sql: "INSERT OR IGNORE INTO meta (name, value) VALUES ('device', ?)", arguments: [device])
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }
}
