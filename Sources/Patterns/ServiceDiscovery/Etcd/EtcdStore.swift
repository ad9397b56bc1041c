/// The key space of etcd with its past: every change has a revision, one counter for all keys.
///
/// A transaction that changes something makes the next revision, however many keys it changes; one
/// that changes nothing makes none. Reads may ask for any revision that is not compacted. A fresh
/// store stands at revision 1. Source: etcd-io/etcd, server/storage/mvcc.
public struct EtcdStore: Sendable, Hashable {
  /// The latest revision.
  public private(set) var revision = 1
  /// The revision up to which the past was dropped; it can itself still be read.
  public private(set) var compactRevision = 0
  /// The changes since the compacted revision, oldest first.
  public private(set) var batches: [EtcdBatch] = []
  /// Every key that has a past, in the order of keys.
  private var histories: [History] = []
  /// The changes of the transaction under way.
  private var pending: [EtcdEvent] = []

  private struct History: Sendable, Hashable {
    let key: String
    /// The versions, oldest first; deletions among them.
    var versions: [EtcdKeyValue]
  }

  /// An empty store.
  public init() {}

  /// The revision that a read or write of the transaction under way reports.
  public var headerRevision: Int { pending.isEmpty ? revision : revision + 1 }

  /// The key-values in `range` as of `revision`, the latest state when nil, in order of keys.
  public func read(_ range: EtcdKeyRange, at revision: Int? = nil) -> [EtcdKeyValue] {
    var found: [EtcdKeyValue] = []
    var place = firstPlace(notBefore: range.key)
    while place < histories.count, range.contains(histories[place].key) {
      if let version = version(at: revision, in: histories[place]) { found.append(version) }
      place += 1
    }
    return found
  }

  /// The key-value of one key as of `revision`, or nil.
  public func read(_ key: String, at revision: Int? = nil) -> EtcdKeyValue? {
    let place = firstPlace(notBefore: key)
    guard place < histories.count, histories[place].key == key else { return nil }
    return version(at: revision, in: histories[place])
  }

  /// Why the state at `revision` cannot be read, or nil.
  public func refusal(toReadAt revision: Int) -> EtcdError? {
    if revision > self.revision { return .futureRevision }
    return revision > 0 && revision < compactRevision ? .compacted : nil
  }

  /// Writes a key in the transaction under way and returns what it was before.
  @discardableResult
  mutating func put(_ key: String, _ value: String, lease: EtcdLeaseID) -> EtcdKeyValue? {
    let previous = read(key)
    let next = revision + 1
    let written = EtcdKeyValue(
      key: key, createRevision: previous?.createRevision ?? next, modRevision: next,
      version: (previous?.version ?? 0) + 1, value: value, lease: lease)
    record(written)
    pending.append(EtcdEvent(kind: .put, keyValue: written))
    return previous
  }

  /// Deletes the keys in `range` in the transaction under way and returns what they were.
  mutating func delete(_ range: EtcdKeyRange) -> [EtcdKeyValue] {
    let found = read(range)
    for keyValue in found {
      let deletion = EtcdKeyValue.deletion(of: keyValue.key, at: revision + 1)
      record(deletion)
      pending.append(EtcdEvent(kind: .delete, keyValue: deletion))
    }
    return found
  }

  /// Ends the transaction under way; one that changed something makes a revision.
  mutating func commit() {
    guard !pending.isEmpty else { return }
    revision += 1
    batches.append(EtcdBatch(revision: revision, events: pending))
    pending = []
  }

  /// Drops the past before `revision`; returns why not, or nil when done.
  mutating func compact(to revision: Int) -> EtcdError? {
    if revision <= compactRevision { return .compacted }
    if revision > self.revision { return .futureRevision }
    compactRevision = revision
    batches.removeAll { $0.revision < revision }
    // A deletion at the compacted revision itself leaves no trace, so a watch from there misses
    // it: etcd-io/etcd issue 18089, mended after 3.4.23 by pull request 18274.
    if let first = batches.first, first.revision == revision {
      let kept = first.events.filter { $0.kind == .put }
      batches[0] = EtcdBatch(revision: revision, events: kept)
    }
    for place in histories.indices { forgetPast(of: place) }
    histories.removeAll { $0.versions.isEmpty }
    return nil
  }

  /// The events at `revision` and later that `range` contains, batch by batch.
  public func events(in range: EtcdKeyRange, from revision: Int) -> [EtcdBatch] {
    var found: [EtcdBatch] = []
    for batch in batches.reversed() {
      if batch.revision < revision { break }
      let events = batch.events.filter { range.contains($0.keyValue.key) }
      if !events.isEmpty { found.append(EtcdBatch(revision: batch.revision, events: events)) }
    }
    return found.reversed()
  }

  private mutating func forgetPast(of place: Int) {
    let versions = histories[place].versions
    guard let last = versions.lastIndex(where: { $0.modRevision <= compactRevision }) else {
      return
    }
    let firstKept = versions[last].isDeletion ? last + 1 : last
    histories[place].versions.removeFirst(firstKept)
  }

  private mutating func record(_ version: EtcdKeyValue) {
    let place = firstPlace(notBefore: version.key)
    if place < histories.count, histories[place].key == version.key {
      histories[place].versions.append(version)
    } else {
      histories.insert(History(key: version.key, versions: [version]), at: place)
    }
  }

  private func version(at revision: Int?, in history: History) -> EtcdKeyValue? {
    let found =
      revision.map { limit in history.versions.last { $0.modRevision <= limit } }
      ?? history.versions.last
    guard let found, !found.isDeletion else { return nil }
    return found
  }

  private func firstPlace(notBefore key: String) -> Int {
    var low = 0
    var high = histories.count
    while low < high {
      let middle = (low + high) / 2
      if EtcdKeyRange.precedes(histories[middle].key, key) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
