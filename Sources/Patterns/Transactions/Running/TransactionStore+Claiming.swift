import Kernel

/// What becomes of a row that a statement wants to lock.
enum RowClaim {
  /// It is locked; these are its values now.
  case taken([ColumnValue])
  /// It is left out: gone, no longer matching, or locked by another and skipped.
  case skipped
  /// Somebody else holds it.
  case held
}

extension TransactionStore {
  /// Locks a row of which `seen` is visible, or says why not; `policy` is that of a locking SELECT.
  ///
  /// Source: postgres/postgres, heap_update and heap_lock_tuple in heapam.c, ExecLockRows in
  /// nodeLockRows.c, EvalPlanQual in execMain.c.
  mutating func claim(
    _ place: RowPlace, seen: Int, _ strength: RowLockStrength,
    _ policy: SelectQuery.Locking.Policy?, _ condition: RowExpression?, _ id: TransactionID,
    _ turn: inout Turn
  ) throws(TransactionError) -> RowClaim {
    takeWriteNumber(id)
    let content = tables[place.table].rows[place.row]
    guard let version = content.versions.first(where: { $0.place == seen }) else {
      return .skipped
    }
    let isStrict = transactions[id]?.level != .readCommitted
    let isOverwriting = isStrict && options.shortcuts.contains(.noFirstUpdaterCheck)
    let isChanged = version.ender.map { $0 != id && commits[$0] != nil } ?? false
    if isStrict, isChanged, !isOverwriting {
      let isDeleted = content.versions.last?.place == seen
      throw isDeleted && policy == nil ? .concurrentDelete : .concurrentUpdate
    }
    if holder(of: place, against: strength, for: id) != nil {
      switch policy {
      case .wait, nil: return .held
      case .skipLocked: return .skipped
      case .noWait:
        let name = tables[place.table].schema.name
        throw TransactionError(
          .lockNotAvailable, "could not obtain lock on row in relation \"\(name)\"")
      }
    }
    var values = version.values
    if isChanged, !isOverwriting, !options.shortcuts.contains(.noRecheckAfterWait) {
      let session = transactions[id]?.session ?? SessionID("?")
      let latest = content.versions.last { $0.ender.map { commits[$0] == nil } ?? true }
      let scope = RowScope(schema: tables[place.table].schema, row: latest?.values ?? [])
      let isMatching = latest == nil ? false : try scope.holds(condition)
      turn.outputs.append(.entered(.recheck(session, isStillMatching: isMatching)))
      guard let latest, isMatching else { return .skipped }
      values = latest.values
    }
    lock(place, strength, for: id)
    return .taken(values)
  }

  private mutating func takeWriteNumber(_ id: TransactionID) {
    guard transactions[id]?.writeNumber == nil else { return }
    transactions[id]?.writeNumber = nextWriteNumber
    nextWriteNumber += 1
  }

  mutating func lock(_ place: RowPlace, _ strength: RowLockStrength, for id: TransactionID) {
    takeWriteNumber(id)
    let locks = tables[place.table].rows[place.row].locks
    if let own = locks.firstIndex(where: { $0.holder == id }) {
      tables[place.table].rows[place.row].locks[own].strength = max(
        locks[own].strength, strength)
    } else {
      tables[place.table].rows[place.row].locks.append(
        RowLock(holder: id, strength: strength))
      touch(place, id)
    }
  }

  /// Notes that a transaction has to do with a row, so that its end finds it.
  mutating func touch(_ place: RowPlace, _ id: TransactionID) {
    if !(transactions[id]?.touched.contains(place) ?? true) {
      transactions[id]?.touched.append(place)
    }
  }

  /// Replaces the live version of a locked row, or only ends it.
  mutating func write(
    _ values: [ColumnValue]?, over place: RowPlace, _ id: TransactionID
  ) throws(TransactionError) {
    guard let last = tables[place.table].rows[place.row].versions.indices.last else { return }
    let version = tables[place.table].rows[place.row].versions[last]
    try ledger.write(by: id, to: targets(version, place.table))
    if let values, let key = tables[place.table].key(of: values),
      key != tables[place.table].key(of: version.values)
    {
      try ledger.write(by: id, to: [leaf(key, place.table)])
    }
    tables[place.table].rows[place.row].versions[last].ender = id
    if let values { tables[place.table].append(values, to: place.row, by: id) }
  }
}
