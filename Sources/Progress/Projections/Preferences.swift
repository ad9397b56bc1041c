import GRDB

extension ProgressStore {
  /// The wall clock in milliseconds since 1970 (UTC), as events are stamped with.
  public var nowMilliseconds: Int { surroundings.clock() }

  /// The last value of a preference that nobody took back, and when it was set; nil when it never was.
  public func preference(
    _ name: String
  ) throws(StoreError) -> (value: String, atMilliseconds: Int)? {
    try read { database in
      let last = try LogTable.last([.preference], subject: name, database)
      guard let last, case .preferred(_, let value) = last.fact else { return nil }
      return (value, last.atMilliseconds)
    }
  }

  /// The days since 1970 (UTC), from `first` on, on which something was read, answered, run or reviewed.
  public func activeDays(from first: Int) throws(StoreError) -> Set<Int> {
    let times = try read { database in
      try Int.fetchAll(
        database,
        sql: """
          SELECT DISTINCT at / 86400000 FROM event
          WHERE at >= ? AND kind NOT IN ('preference', 'position', 'undo')
          """,
        arguments: [first * 86_400_000])
    }
    return Set(times)
  }
}
