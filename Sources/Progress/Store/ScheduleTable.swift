import GRDB
import Recall

/// The table of what is due when: for each card and each drill that was ever failed, the fold of
/// the scheduler over its reviews.
enum ScheduleTable {
  /// Folds anew the items that these events bear on, undone actions included.
  static func refresh(after events: [Event], _ database: Database) throws {
    var touched = events
    for event in events {
      guard case .undid(let action) = event.fact else { continue }
      touched += try LogTable.fetch("WHERE action = ?", [action.text], database)
    }
    if touched.contains(where: { Retention.isSet(by: $0.fact) }) {
      return try rebuild(database)
    }
    let items = Set(touched.compactMap { ReviewItem(changedBy: $0.fact) })
    guard !items.isEmpty else { return }
    let scheduling = try Scheduling(database)
    for item in items { try refresh(item, scheduling, database) }
  }

  /// Folds everything anew.
  static func rebuild(_ database: Database) throws {
    try database.execute(sql: "DELETE FROM schedule")
    let scheduling = try Scheduling(database)
    let rows = try Row.fetchAll(
      database, sql: "SELECT DISTINCT kind, subject FROM event WHERE kind IN ('review', 'run')")
    for row in rows {
      let isCard = (row[0] as String) == FactKind.review.rawValue
      try refresh(isCard ? .card(row[1]) : .drill(row[1]), scheduling, database)
    }
  }

  /// Every row, in the order of due times.
  static func all(_ database: Database) throws -> [ScheduledItem] {
    try rows("ORDER BY due, item", [], database)
  }

  /// The rows due at `nowSeconds`.
  static func due(atSeconds nowSeconds: Int, _ database: Database) throws -> [ScheduledItem] {
    try rows("WHERE due <= ? ORDER BY due, item", [nowSeconds], database)
  }

  /// The row of one item, nil when it is not on the schedule.
  static func item(_ item: ReviewItem, _ database: Database) throws -> ScheduledItem? {
    try rows("WHERE item = ?", [item.text], database).first
  }

  private static func rows(
    _ condition: String, _ arguments: StatementArguments, _ database: Database
  ) throws -> [ScheduledItem] {
    try Row.fetchAll(
      database,
      sql: "SELECT item, phase, step, stability, difficulty, due, last FROM schedule \(condition)",
      arguments: arguments
    ).compactMap { row in
      guard let item = ReviewItem(row[0]), let phase = phase(row[1], step: row[2]) else {
        return nil
      }
      return ScheduledItem(
        item: item,
        state: CardState(
          phase: phase, memory: Memory(stabilityDays: row[3], difficulty: row[4]),
          dueSeconds: row[5], lastSeconds: row[6]))
    }
  }

  private static func refresh(
    _ item: ReviewItem, _ scheduling: Scheduling, _ database: Database
  ) throws {
    guard let state = try scheduling.state(of: item, database), let memory = state.memory else {
      try database.execute(sql: "DELETE FROM schedule WHERE item = ?", arguments: [item.text])
      return
    }
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO schedule (item, phase, step, stability, difficulty, due, last)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        item.text, state.phase.word, state.phase.step, memory.stabilityDays, memory.difficulty,
        state.dueSeconds, state.lastSeconds ?? state.dueSeconds,
      ])
  }

  private static func phase(_ word: String, step: Int) -> CardState.Phase? {
    switch word {
    case "new": .new
    case "learning": .learning(step: step)
    case "review": .review
    case "relearning": .relearning(step: step)
    default: nil
    }
  }
}

extension CardState.Phase {
  fileprivate var step: Int {
    switch self {
    case .learning(let step), .relearning(let step): step
    case .new, .review: 0
    }
  }
}
