import Kernel

extension TransactionStore {
  /// The snapshot for a statement of a transaction; the first of a transaction above READ
  /// COMMITTED stays its snapshot.
  mutating func snapshot(for id: TransactionID) -> Snapshot {
    guard let transaction = transactions[id] else { return current }
    let now = current
    if let own = transaction.snapshot {
      return options.shortcuts.contains(.snapshotPerStatement)
        && transaction.level == .repeatableRead ? now : own
    }
    guard transaction.level != .readCommitted else { return now }
    transactions[id]?.snapshot = now
    if transaction.level == .serializable {
      ledger.begin(id, isReadOnly: transaction.isReadOnly, oldestWriter: now.oldestWriter)
    }
    return now
  }

  private var current: Snapshot {
    let oldest = running.compactMap { transactions[$0]?.writeNumber }.min()
    return Snapshot(commits: commitCount, oldestWriter: oldest ?? nextWriteNumber)
  }

  /// Whether what a transaction did is seen.
  func sees(_ snapshot: Snapshot, _ own: TransactionID, _ other: TransactionID) -> Bool {
    if other == own { return true }
    if let number = commits[other] { return number <= snapshot.commits }
    return options.shortcuts.contains(.uncommittedIsSeen)
  }

  /// The version of a row that is seen, as a place among its versions.
  func visible(_ row: StoredRow, _ snapshot: Snapshot, _ own: TransactionID) -> Int? {
    row.versions.lastIndex { version in
      sees(snapshot, own, version.creator)
        && !(version.ender.map { sees(snapshot, own, $0) } ?? false)
    }
  }

  /// The committed rows of a table, in the order of insertion; for those who show them.
  public func committedRows(of table: String) -> [[ColumnValue]] {
    guard let stored = tables.first(where: { $0.schema.name == table }) else { return [] }
    return stored.rows.compactMap { row in
      row.versions.last { version in
        commits[version.creator] != nil
          && !(version.ender.map { commits[$0] != nil } ?? false)
      }?.values
    }
  }

  /// The schemas of the tables, in the order they were made.
  public var schemas: [TableSchema] { tables.map(\.schema) }

  /// Makes a table, which is there for everybody at once; replaces one of the same name.
  public mutating func create(_ schema: TableSchema) {
    let table = StoredTable(schema)
    if let place = tables.firstIndex(where: { $0.schema.name == schema.name }) {
      precondition(running.isEmpty, "tables are replaced only while no transaction is under way")
      tables[place] = table
    } else {
      tables.append(table)
    }
  }

  func table(_ name: String) throws(TransactionError) -> Int {
    guard let place = tables.firstIndex(where: { $0.schema.name == name }) else {
      throw TransactionError(.undefinedTable, "relation \"\(name)\" does not exist")
    }
    return place
  }
}
