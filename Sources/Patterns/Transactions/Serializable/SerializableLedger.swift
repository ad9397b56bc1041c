/// What serializable snapshot isolation keeps of transactions: what they read, and which of them
/// did not see what another wrote.
///
///     T1 ──rw──▶ pivot ──rw──▶ T3     T1 read what the pivot overwrote, the pivot what T3 overwrote
///
/// Snapshot isolation can go wrong only where such a dangerous structure is, with T3 the first to
/// commit; one transaction of each is aborted, whether anything really went wrong or not. Reads leave
/// SIREAD locks, which block nobody and outlive the commit as long as a concurrent transaction
/// runs. What is decided here follows predicate.c function by function; left out are summaries of
/// old transactions (memory is not bounded), prepared transactions and DEFERRABLE.
///
/// Sources: Cahill, Röhm and Fekete, "Serializable isolation for snapshot databases" (2008); Ports and
/// Grittner, "Serializable snapshot isolation in PostgreSQL" (2012); postgres/postgres,
/// src/backend/storage/lmgr/predicate.c.
struct SerializableLedger: Sendable, Equatable {
  /// A transaction that did not see what another wrote, and so must come before it.
  struct Conflict: Sendable, Hashable {
    let reader: TransactionID
    let writer: TransactionID
  }

  /// What is known of one transaction.
  struct Entry: Sendable, Equatable {
    let isDeclaredReadOnly: Bool
    /// The oldest write number that its snapshot may not see.
    let oldestWriter: Int
    /// The last commit before its snapshot, by the ledger's own counting.
    let lastCommitBefore: Int
    var isReadOnly: Bool
    /// Why it is to be aborted, in words; nil while it is not.
    var doom: String?
    var didWrite = false
    /// When it passed its last check, and when it committed.
    var preparedAt: Int?
    var committedAt: Int?
    /// The earliest commit of a transaction it had a conflict out to when it committed.
    var earliestOut: Int?
    /// The write number that the next writer would get when it committed.
    var finishedBefore: Int?
    /// Transactions that read what this one overwrote.
    var conflictsIn: [TransactionID] = []
    /// Transactions that overwrote what this one read.
    var conflictsOut: [TransactionID] = []
    var locks: [ReadLockTarget] = []

    var isDoomed: Bool { doom != nil }
    var isCommitted: Bool { committedAt != nil }
    var isPrepared: Bool { preparedAt != nil }
  }

  let options: TransactionOptions
  var entries: [TransactionID: Entry] = [:]
  var holders: [ReadLockTarget: [TransactionID]] = [:]
  /// Transactions under way, in the order of their snapshots.
  var active: [TransactionID] = []
  /// Committed ones that still matter, in the order of commits.
  var finished: [TransactionID] = []
  var lastCommit = 0
  var news: [Conflict] = []

  init(options: TransactionOptions) { self.options = options }

  subscript(id: TransactionID) -> Entry? { entries[id] }

  /// Those whose locks or conflicts still matter, for those who show them.
  var known: [TransactionID] { finished + active }

  /// Begins to watch a transaction.
  ///
  /// One that only reads, while none that may write is under way, needs no watching.
  mutating func begin(_ id: TransactionID, isReadOnly: Bool, oldestWriter: Int) {
    if isReadOnly, !active.contains(where: { !isDeclaredReadOnly($0) }) { return }
    active.append(id)
    entries[id] = Entry(
      isDeclaredReadOnly: isReadOnly, oldestWriter: oldestWriter, lastCommitBefore: lastCommit,
      isReadOnly: isReadOnly)
  }

  private func isDeclaredReadOnly(_ id: TransactionID) -> Bool {
    entries[id]?.isDeclaredReadOnly ?? true
  }

  /// Leaves an SIREAD lock, unless a coarser one is there; many fine ones become a coarser one.
  mutating func lock(_ target: ReadLockTarget, for id: TransactionID) {
    guard let entry = entries[id] else { return }
    var cover: ReadLockTarget? = target
    while let covering = cover {
      if entry.locks.contains(covering) { return }
      cover = covering.parent
    }
    entries[id]?.locks.append(target)
    holders[target, default: []].append(id)
    guard let coarser = coarser(than: target, for: id) else { return }
    for finer in entries[id]?.locks ?? [] where Self.covers(coarser, finer) { unlock(finer, id) }
    lock(coarser, for: id)
  }

  /// The coarsest lock that the number of finer ones calls for.
  private func coarser(than target: ReadLockTarget, for id: TransactionID) -> ReadLockTarget? {
    var chosen: ReadLockTarget?
    var parent = target.parent
    while let candidate = parent {
      let finer = entries[id]?.locks.count { Self.covers(candidate, $0) } ?? 0
      let limit =
        candidate.parent == nil
        ? options.predicateLocksPerRelation : options.predicateLocksPerPage
      if finer > limit { chosen = candidate }
      parent = candidate.parent
    }
    return chosen
  }

  private static func covers(_ coarse: ReadLockTarget, _ fine: ReadLockTarget) -> Bool {
    var parent = fine.parent
    while let candidate = parent {
      if candidate == coarse { return true }
      parent = candidate.parent
    }
    return false
  }

  mutating func unlock(_ target: ReadLockTarget, _ id: TransactionID) {
    entries[id]?.locks.removeAll { $0 == target }
    holders[target]?.removeAll { $0 == id }
    if holders[target]?.isEmpty ?? false { holders[target] = nil }
  }
}
