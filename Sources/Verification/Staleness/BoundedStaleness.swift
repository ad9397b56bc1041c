import Kernel

/// Checks that no read sees what was replaced too long ago, or by too many writes.
///
/// It needs of a history: when operations began and returned, on one clock, and the version that
/// each read saw and each write made. A read is stale only with respect to newer versions whose
/// writes had returned before it began: concurrent ones do not count.
public enum BoundedStaleness {
  /// How stale reads may be.
  public enum Bound: Sendable, Hashable {
    /// The version seen was replaced at most so long before the read began.
    case time(TimeSpan)
    /// At most so many newer versions had been written when the read began.
    case versions(Int)
  }

  /// Whether every read keeps the bound; the witness is the stalest read.
  public static func check(
    _ operations: [VersionedOperation], within bound: Bound
  ) -> Verdict<StaleRead> {
    let reads = staleReads(operations)
    switch bound {
    case .time(let longest):
      let worst = reads.max { ($0.age, $1.read) < ($1.age, $0.read) }
      guard let worst, worst.age > longest else { return .holds }
      return .violated(worst)
    case .versions(let most):
      let worst = reads.max { ($0.versionsBehind, $1.read) < ($1.versionsBehind, $0.read) }
      guard let worst, worst.versionsBehind > most else { return .holds }
      return .violated(worst)
    }
  }

  /// Every read that saw a version which had been replaced when it began, in order.
  public static func staleReads(_ operations: [VersionedOperation]) -> [StaleRead] {
    Parts.grouped(operations, by: \.key).flatMap { staleReads(ofOneKey: $0, operations) }
      .sorted { $0.read < $1.read }
  }

  private static func staleReads(
    ofOneKey indices: [Int], _ operations: [VersionedOperation]
  ) -> [StaleRead] {
    let writes = indices.filter { operations[$0].kind == .write }
      .sorted { operations[$0].version < operations[$1].version }
    // For each place the write, there or behind it, that returned first.
    var firstReturned = writes
    for place in writes.indices.dropLast().reversed() {
      let later = firstReturned[place + 1]
      if operations[later].returnedAt <= operations[writes[place]].returnedAt {
        firstReturned[place] = later
      }
    }
    var counts = ReturnedWrites(writes, operations)
    let reads = indices.filter { operations[$0].kind == .read }
      .sorted { (operations[$0].invokedAt, $0) < (operations[$1].invokedAt, $1) }
    return reads.compactMap { read in
      let began = operations[read].invokedAt
      let newer = counts.places(newerThan: operations[read].version)
      let behind = counts.count(in: newer, before: began)
      guard behind > 0 else { return nil }
      let write = firstReturned[newer.lowerBound]
      return StaleRead(
        read: read, replacedBy: write, age: began - operations[write].returnedAt,
        versionsBehind: behind)
    }
  }
}

/// A read that saw a version which had been replaced.
public struct StaleRead: Sendable, Hashable {
  /// The read, as an index.
  public let read: Int
  /// The write of a newer version that returned first, as an index.
  public let replacedBy: Int
  /// How long before the read that write had returned.
  public let age: TimeSpan
  /// How many newer versions had been written.
  public let versionsBehind: Int
}
