extension SerializableLedger {
  /// The last check before a commit; a pivot that is still under way is doomed in its favour.
  mutating func prepare(_ id: TransactionID) throws(TransactionError) {
    guard let me = entries[id] else { return }
    if let doom = me.doom { throw .doomed("during commit attempt", doom) }
    for near in me.conflictsIn {
      guard let pivot = entries[near], !pivot.isCommitted, !pivot.isDoomed else { continue }
      let first = pivot.conflictsIn.first { far in
        if far == id { return true }
        guard let first = entries[far] else { return false }
        return !first.isCommitted && !first.isReadOnly && !first.isDoomed
      }
      if let first {
        entries[near]?.doom =
          "\(first.word) ─rw→ \(near.word) ─rw→ \(id.word), which committed first"
      }
    }
    lastCommit += 1
    entries[id]?.preparedAt = lastCommit
  }

  /// The transaction committed; its locks stay while concurrent transactions are under way.
  mutating func commit(_ id: TransactionID, nextWriter: Int) {
    guard var me = entries[id] else { return }
    lastCommit += 1
    me.committedAt = lastCommit
    me.finishedBefore = nextWriter
    if !me.didWrite { me.isReadOnly = true }
    var kept: [TransactionID] = []
    for out in me.conflictsOut {
      guard let other = entries[out] else { continue }
      guard other.isCommitted, let prepared = other.preparedAt else {
        kept.append(out)
        continue
      }
      if !me.isReadOnly { me.earliestOut = min(me.earliestOut ?? prepared, prepared) }
      entries[out]?.conflictsIn.removeAll { $0 == id }
    }
    me.conflictsOut = kept
    let gone = me.conflictsIn.filter { reader in
      entries[reader].map { $0.isCommitted || $0.isReadOnly } ?? true
    }
    for reader in gone { entries[reader]?.conflictsOut.removeAll { $0 == id } }
    me.conflictsIn.removeAll { gone.contains($0) }
    entries[id] = me
    finish(id)
    finished.append(id)
    if options.shortcuts.contains(.readLocksEndAtCommit) {
      for target in me.locks { unlock(target, id) }
    }
    forgetOld()
  }

  /// The transaction rolled back; nothing of it matters any more.
  mutating func rollBack(_ id: TransactionID) {
    guard entries[id] != nil else { return }
    finish(id)
    forget(id)
    forgetOld()
  }

  private mutating func finish(_ id: TransactionID) { active.removeAll { $0 == id } }

  /// Forgets committed transactions that no transaction under way overlaps.
  private mutating func forgetOld() {
    let oldest = active.compactMap { entries[$0]?.oldestWriter }.min()
    let old = finished.filter { id in
      guard let oldest, let end = entries[id]?.finishedBefore else { return true }
      return end <= oldest
    }
    for id in old { forget(id) }
    finished.removeAll { old.contains($0) }
  }

  private mutating func forget(_ id: TransactionID) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    for target in entry.locks {
      holders[target]?.removeAll { $0 == id }
      if holders[target]?.isEmpty ?? false { holders[target] = nil }
    }
    for reader in entry.conflictsIn { entries[reader]?.conflictsOut.removeAll { $0 == id } }
    for writer in entry.conflictsOut { entries[writer]?.conflictsIn.removeAll { $0 == id } }
  }
}
