import Kernel

extension TransactionStore {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for stored in tables {
      for (number, row) in stored.rows.enumerated() {
        let name = "\(stored.schema.name) row \(number)"
        if let violation = Self.check(row, name) ?? checkOwners(row, name) { return violation }
      }
    }
    for waiter in waiters where sessions[waiter.session]?.work == nil {
      return InvariantViolation(
        "waiters have a statement", witness: "\(waiter.session) waits without one")
    }
    return checkKeys()
  }

  /// The invariants by name, for those who report on them.
  public static let invariantNames = [
    "one live version", "exclusive row locks", "nothing of ended transactions",
    "waiters have a statement", "unique keys",
  ]

  private static func check(_ row: StoredRow, _ name: String) -> InvariantViolation? {
    let live = row.versions.count { $0.ender == nil }
    if live > 1 {
      return InvariantViolation("one live version", witness: "\(name) has \(live)")
    }
    for (place, lock) in row.locks.enumerated() {
      for other in row.locks[(place + 1)...]
      where other.holder != lock.holder && other.strength.conflicts(with: lock.strength) {
        return InvariantViolation(
          "exclusive row locks",
          witness: "\(name) is locked by \(lock.holder.word) and \(other.holder.word)")
      }
    }
    return nil
  }

  /// What transactions that are over left behind.
  private func checkOwners(_ row: StoredRow, _ name: String) -> InvariantViolation? {
    for lock in row.locks where transactions[lock.holder] == nil {
      return InvariantViolation(
        "nothing of ended transactions", witness: "\(name) is locked by \(lock.holder.word)")
    }
    for version in row.versions {
      for owner in [version.creator, version.ender ?? version.creator]
      where transactions[owner] == nil && commits[owner] == nil {
        return InvariantViolation(
          "nothing of ended transactions",
          witness: "\(name) has a version of \(owner.word), which rolled back")
      }
    }
    return nil
  }

  private func checkKeys() -> InvariantViolation? {
    for stored in tables where stored.schema.key != nil {
      var seen: Set<ColumnValue> = []
      for row in committedRows(of: stored.schema.name) {
        guard let key = stored.key(of: row) else { continue }
        if !seen.insert(key).inserted {
          return InvariantViolation(
            "unique keys", witness: "\(stored.schema.name) has \(key) twice")
        }
      }
    }
    return nil
  }
}
