/// What a table is called, its columns, and which of them is the key.
public struct TableSchema: Sendable, Hashable {
  /// The name.
  public let name: String
  /// The columns, in order.
  public let columns: [String]
  /// The place of the key column; nil for a table without a key.
  public let key: Int?

  /// A table; its key, if it has one, is a single column.
  public init(_ name: String, columns: [String], key: String?) {
    self.name = name
    self.columns = columns
    self.key = key.flatMap(columns.firstIndex)
    precondition(key == nil || self.key != nil, "the key of \(name) must be one of its columns")
  }

  /// The place of the column called `name`.
  func place(of name: String) -> Int? { columns.firstIndex(of: name) }
}

/// One version of a row: what a transaction wrote, until another ends it.
struct RowVersion: Sendable, Hashable {
  /// Its place in the table, counted over all versions; places are not used again.
  let place: Int
  let values: [ColumnValue]
  /// Who wrote it.
  let creator: TransactionID
  /// Who replaced or deleted it; transactions that roll back are taken out.
  var ender: TransactionID?
}

/// A lock on a row, held until its transaction ends.
struct RowLock: Sendable, Hashable {
  let holder: TransactionID
  var strength: RowLockStrength
}

/// A row: its versions, oldest first, and who holds locks on it.
struct StoredRow: Sendable, Hashable {
  var versions: [RowVersion] = []
  var locks: [RowLock] = []
}

/// A table: rows in the order of their insertion, and where keys are found.
struct StoredTable: Sendable, Hashable {
  let schema: TableSchema
  var rows: [StoredRow] = []
  /// For each key the rows that have, or had, a version with it.
  private(set) var rowsByKey: [ColumnValue: [Int]] = [:]
  private var nextPlace = 0

  init(_ schema: TableSchema) { self.schema = schema }

  func key(of values: [ColumnValue]) -> ColumnValue? { schema.key.map { values[$0] } }

  /// Adds a row with one version and returns its number.
  mutating func insert(_ values: [ColumnValue], by creator: TransactionID) -> Int {
    rows.append(StoredRow())
    append(values, to: rows.count - 1, by: creator)
    return rows.count - 1
  }

  /// Adds a version to a row.
  mutating func append(_ values: [ColumnValue], to row: Int, by creator: TransactionID) {
    rows[row].versions.append(RowVersion(place: nextPlace, values: values, creator: creator))
    nextPlace += 1
    if let key = key(of: values), !(rowsByKey[key]?.contains(row) ?? false) {
      rowsByKey[key, default: []].append(row)
    }
  }

  /// Takes out what `transaction` did to a row.
  mutating func undo(_ row: Int, of transaction: TransactionID) {
    drop(from: row) { $0.creator == transaction }
    for place in rows[row].versions.indices
    where rows[row].versions[place].ender == transaction {
      rows[row].versions[place].ender = nil
    }
  }

  /// Drops versions of a row.
  mutating func drop(from row: Int, where isGone: (RowVersion) -> Bool) {
    let gone = rows[row].versions.filter(isGone)
    rows[row].versions.removeAll(where: isGone)
    for version in gone {
      guard let key = key(of: version.values),
        !rows[row].versions.contains(where: { self.key(of: $0.values) == key })
      else { continue }
      rowsByKey[key]?.removeAll { $0 == row }
      if rowsByKey[key]?.isEmpty ?? false { rowsByKey[key] = nil }
    }
  }
}
