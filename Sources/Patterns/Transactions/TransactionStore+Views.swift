import Kernel

/// A transaction under way, or committed and still of interest, as those show it who look inside.
public struct TransactionView: Sendable, Hashable {
  /// The transaction.
  public let id: TransactionID
  /// Its session; nil for one that is over.
  public let session: SessionID?
  /// Its level; nil for one that is over, which was serializable.
  public let level: TransactionLevel?
  /// Whether its snapshot is taken, for the levels that keep one.
  public let hasSnapshot: Bool
  /// What it must not have changed by others: its SIREAD locks, in words.
  public let readLocks: [String]
  /// The transactions that wrote what this one read as it was before.
  public let conflictsOut: [TransactionID]
  /// Whether it will be aborted at its next step.
  public let isDoomed: Bool
}

/// A row as those show it who look inside.
public struct RowView: Sendable, Hashable {
  /// One version.
  public struct Version: Sendable, Hashable {
    /// The values.
    public let values: [ColumnValue]
    /// Who wrote it.
    public let creator: TransactionID
    /// Whether that is committed.
    public let isCommitted: Bool
    /// Who replaced or deleted it, if anybody.
    public let ender: TransactionID?
  }

  /// The versions that somebody may still see, oldest first.
  public let versions: [Version]
  /// Who holds a lock on it.
  public let holders: [TransactionID]
}

extension TransactionStore {
  /// Transactions under way and those that committed and still matter to them, oldest first.
  public var transactionViews: [TransactionView] {
    let ids = running + ledger.known.filter { !running.contains($0) }
    return ids.sorted().map { id in
      let transaction = transactions[id]
      let entry = ledger[id]
      return TransactionView(
        id: id, session: transaction?.session, level: transaction?.level,
        hasSnapshot: transaction?.snapshot != nil,
        readLocks: (entry?.locks ?? []).map(words), conflictsOut: entry?.conflictsOut ?? [],
        isDoomed: entry?.isDoomed ?? false)
    }
  }

  /// The rows of a table that have versions, in the order of insertion.
  public func rowViews(of table: String) -> [RowView] {
    guard let stored = tables.first(where: { $0.schema.name == table }) else { return [] }
    return stored.rows.filter { !$0.versions.isEmpty }.map { row in
      RowView(
        versions: row.versions.map { version in
          RowView.Version(
            values: version.values, creator: version.creator,
            isCommitted: commits[version.creator] != nil, ender: version.ender)
        }, holders: row.locks.map(\.holder))
    }
  }

  /// The transaction of a session, if it has one.
  public func transaction(of session: SessionID) -> TransactionID? {
    sessions[session]?.transaction
  }

  /// Whether a session's transaction failed, so that only its end is accepted.
  public func isFailed(_ session: SessionID) -> Bool { sessions[session]?.isFailed ?? false }

  /// Whether a session's last statement has no answer yet.
  public func isWaiting(_ session: SessionID) -> Bool { sessions[session]?.work != nil }

  private func words(_ target: ReadLockTarget) -> String {
    switch target {
    case .version(let table, _, let place): "row \(key(of: place, table))"
    case .page(let table, let page): "page \(page) of \(tables[table].schema.name)"
    case .relation(let table): "table \(tables[table].schema.name)"
    case .leaf(let table, let page): "index page \(page) of \(tables[table].schema.name)"
    }
  }

  private func key(of place: Int, _ table: Int) -> String {
    for row in tables[table].rows {
      for version in row.versions where version.place == place {
        if let key = tables[table].key(of: version.values) { return key.description }
      }
    }
    return "gone"
  }
}
