import Kernel

extension TransactionStore {
  /// The rows that a scan passes, in its order.
  func rows(_ scan: TableScan, table: Int) -> [Int] {
    let stored = tables[table]
    switch scan {
    case .table: return Array(stored.rows.indices)
    case .keys(let keys):
      var rows: [Int] = []
      for key in Set(keys).sorted() {
        for row in stored.rowsByKey[key] ?? [] where !rows.contains(row) { rows.append(row) }
      }
      return rows
    case .keyOrder(let isDescending):
      let sorted = inKeyOrder(stored)
      return isDescending ? sorted.reversed() : sorted
    case .keyRange(let range): return inKeyOrder(stored, where: range)
    }
  }

  private func inKeyOrder(_ stored: StoredTable, where range: RowExpression? = nil) -> [Int] {
    var found: [(key: ColumnValue, row: Int)] = []
    for (row, content) in stored.rows.enumerated() {
      let match = content.versions.last { version in
        let scope = RowScope(schema: stored.schema, row: version.values)
        return (try? scope.holds(range)) ?? false
      }
      if let match, let key = stored.key(of: match.values) { found.append((key, row)) }
    }
    return found.sorted { ($0.key, $0.row) < ($1.key, $1.row) }.map(\.row)
  }

  /// Leaves the SIREAD locks that a scan takes before it sees any row.
  mutating func leaveReadLocks(_ scan: TableScan, table: Int, for id: TransactionID) {
    guard ledger[id] != nil else { return }
    switch scan {
    case .table: ledger.lock(.relation(table: table), for: id)
    case .keys(let keys):
      for key in Set(keys).sorted() { ledger.lock(leaf(key, table), for: id) }
    case .keyOrder, .keyRange:
      let keys = rows(scan, table: table).flatMap { row in
        tables[table].rows[row].versions.compactMap { tables[table].key(of: $0.values) }
      }
      ledger.lock(.leaf(table: table, page: 0), for: id)
      for key in Set(keys).sorted() { ledger.lock(leaf(key, table), for: id) }
    }
  }

  /// The leaf page of the index that a key lies on: numbers in runs, other keys on the first page.
  func leaf(_ key: ColumnValue, _ table: Int) -> ReadLockTarget {
    guard case .integer(let number) = key else { return .leaf(table: table, page: 0) }
    let size = options.keysPerLeaf
    let page = number >= 0 ? number / size : (number - size + 1) / size
    return .leaf(table: table, page: page)
  }

  func page(of place: Int) -> Int { place / options.rowsPerPage }

  /// What a write to a version collides with.
  func targets(_ version: RowVersion, _ table: Int) -> [ReadLockTarget] {
    let page = page(of: version.place)
    return [
      .version(table: table, page: page, place: version.place),
      .page(table: table, page: page), .relation(table: table),
    ]
  }

  /// The version of a row that a statement sees, if it matches; tells the ledger of what was read
  /// and of what was not seen.
  mutating func look(
    at row: Int, _ table: Int, _ work: StatementWork, _ condition: RowExpression?,
    _ id: TransactionID
  ) throws(TransactionError) -> RowVersion? {
    let content = tables[table].rows[row]
    if ledger[id] != nil {
      for version in content.versions {
        if !sees(work.snapshot, id, version.creator) {
          try ledger.read(by: id, past: version.creator)
        } else if let ender = version.ender, !sees(work.snapshot, id, ender) {
          try ledger.read(by: id, past: ender)
        }
      }
    }
    guard let seen = visible(content, work.snapshot, id) else { return nil }
    let version = content.versions[seen]
    if work.scan != .table {
      ledger.lock(
        .version(table: table, page: page(of: version.place), place: version.place), for: id)
    }
    let scope = RowScope(schema: tables[table].schema, row: version.values)
    return try scope.holds(condition) ? version : nil
  }

  /// What is shown of a row.
  func shown(
    _ targets: [RowExpression], _ values: [ColumnValue], _ table: Int
  ) throws(TransactionError) -> [ColumnValue] {
    guard !targets.isEmpty else { return values }
    let scope = RowScope(schema: tables[table].schema, row: values)
    var shown: [ColumnValue] = []
    for target in targets { shown.append(try scope.value(target)) }
    return shown
  }
}
