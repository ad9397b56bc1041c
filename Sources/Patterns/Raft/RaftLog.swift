import Kernel

/// The log of one node: the entries after a base, behind which a snapshot stands.
public struct RaftLog<Command: Sendable & Hashable, Image: Sendable & Hashable>: Sendable,
  Hashable
{
  /// The point before the first entry held.
  public private(set) var base: RaftLogBase
  /// The entries held, without gaps.
  public private(set) var entries: [RaftEntry<Command>]
  /// The latest snapshot; its index is at or after the base.
  public private(set) var snapshot: RaftSnapshot<Image>?
  /// The memberships in the log with the index of each, oldest first; the first stands at or
  /// before the base.
  private(set) var memberships: [Milestone]
  /// The lowest index changed since `takeWrite` was last called.
  private var firstUnsaved: RaftIndex?
  private var hasUnsavedSnapshot = false
  private var isReplaced = false

  struct Milestone: Sendable, Hashable {
    let index: RaftIndex
    let membership: RaftMembership
  }

  /// The log as it stands in `storage`.
  public init(_ storage: RaftStorage<Command, Image>) {
    base = storage.base
    entries = storage.entries
    snapshot = storage.snapshot
    memberships = [Milestone(index: 0, membership: storage.founders)]
    if let snapshot {
      memberships = [Milestone(index: snapshot.index, membership: snapshot.membership)]
    }
    for entry in entries where entry.index > memberships[0].index { note(entry) }
  }

  /// The index of the last entry, or of the base when there is none.
  public var lastIndex: RaftIndex { base.index + entries.count }

  /// The term of the last entry, or of the base when there is none.
  public var lastTerm: RaftTerm { entries.last?.term ?? base.term }

  /// The members in force: those of the last membership entry, committed or not.
  public var membership: RaftMembership { memberships[memberships.count - 1].membership }

  /// Where the membership in force stands in the log.
  public var membershipIndex: RaftIndex { memberships[memberships.count - 1].index }

  /// The members in force at `index`, which must not be before the snapshot.
  public func membership(at index: RaftIndex) -> RaftMembership {
    (memberships.last { $0.index <= index } ?? memberships[0]).membership
  }

  /// The term of the entry at `index`, or nil when the log does not know it.
  public func term(at index: RaftIndex) -> RaftTerm? {
    if index == base.index { return base.term }
    if let entry = self[index] { return entry.term }
    if let snapshot, snapshot.index == index { return snapshot.term }
    return nil
  }

  /// The entry at `index`, or nil when it is not held.
  public subscript(index: RaftIndex) -> RaftEntry<Command>? {
    let place = index - base.index - 1
    return entries.indices.contains(place) ? entries[place] : nil
  }

  /// The entries from `index` on, at most `limit` of them.
  public func entries(from index: RaftIndex, limit: Int) -> [RaftEntry<Command>] {
    let start = index - base.index - 1
    guard start >= 0, start < entries.count else { return [] }
    return Array(entries[start..<min(entries.count, start + limit)])
  }

  /// Whether a log that ends with `term` at `index` is at least as up to date as this one
  /// (section 5.4.1: the later last term wins, then the longer log).
  public func isNoNewer(thanLast term: RaftTerm, at index: RaftIndex) -> Bool {
    term > lastTerm || (term == lastTerm && index >= lastIndex)
  }

  /// The last index up to `index` whose term is at most `term`.
  ///
  /// Logs that differ at `index`, where the other has `term`, cannot agree later than there. What
  /// is before the base counts as agreeing.
  public func lastIndex(upTo index: RaftIndex, withTermAtMost term: RaftTerm) -> RaftIndex {
    var candidate = min(index, lastIndex)
    while candidate > base.index, let held = self[candidate], held.term > term { candidate -= 1 }
    return candidate
  }

  /// Adds an entry at the end.
  public mutating func append(_ entry: RaftEntry<Command>) {
    precondition(entry.index == lastIndex + 1, "entry \(entry) leaves a gap after \(lastIndex)")
    firstUnsaved = min(firstUnsaved ?? entry.index, entry.index)
    entries.append(entry)
    note(entry)
  }

  /// Takes over a leader's entries: drops a conflicting tail, skips what is already there.
  public mutating func merge(_ incoming: [RaftEntry<Command>]) {
    for entry in incoming where entry.index > base.index {
      if let held = self[entry.index] {
        if held.term == entry.term { continue }
        truncate(from: entry.index)
      }
      append(entry)
    }
  }

  /// Records `image` as the snapshot of everything up to `index`, and drops entries, except the
  /// last `trailing` before it, which spare slow followers the snapshot.
  public mutating func compact(upTo index: RaftIndex, image: Image, trailing: Int) {
    guard let term = term(at: index), index > (snapshot?.index ?? 0) else { return }
    snapshot = RaftSnapshot(
      index: index, term: term, membership: membership(at: index), image: image)
    hasUnsavedSnapshot = true
    let newBase = index - trailing
    guard newBase > base.index, let newBaseTerm = self.term(at: newBase) else { return }
    entries.removeFirst(newBase - base.index)
    base = RaftLogBase(index: newBase, term: newBaseTerm)
    let kept = memberships.lastIndex { $0.index <= newBase } ?? 0
    memberships.removeFirst(kept)
  }

  /// Replaces everything by a leader's snapshot.
  public mutating func install(_ snapshot: RaftSnapshot<Image>) {
    self.snapshot = snapshot
    hasUnsavedSnapshot = true
    base = RaftLogBase(index: snapshot.index, term: snapshot.term)
    entries = []
    memberships = [Milestone(index: snapshot.index, membership: snapshot.membership)]
    firstUnsaved = nil
    isReplaced = true
  }

  /// What changed since the last call and has to reach the disk.
  mutating func takeWrite() -> RaftWrite<Command, Image>? {
    guard firstUnsaved != nil || hasUnsavedSnapshot else { return nil }
    let tail = firstUnsaved.map { Array(entries[max(0, $0 - base.index - 1)...]) } ?? []
    let write = RaftWrite(
      hardState: nil, snapshot: hasUnsavedSnapshot ? snapshot : nil,
      base: hasUnsavedSnapshot ? base : nil, dropsLog: isReplaced, entries: tail,
      needsSync: true)
    firstUnsaved = nil
    hasUnsavedSnapshot = false
    isReplaced = false
    return write
  }

  private mutating func truncate(from index: RaftIndex) {
    entries.removeSubrange((index - base.index - 1)...)
    while memberships.count > 1, memberships[memberships.count - 1].index >= index {
      memberships.removeLast()
    }
    firstUnsaved = min(firstUnsaved ?? index, index)
  }

  private mutating func note(_ entry: RaftEntry<Command>) {
    guard case .membership(let membership) = entry.payload else { return }
    memberships.append(Milestone(index: entry.index, membership: membership))
  }
}
