import Kernel

/// Checks that once writes have stopped everybody sees the same.
///
/// It needs of a history: the version that each read saw, and an instant from which on nothing is
/// written any more and replicas have had the time that they are promised. Reads that began then
/// are compared, key by key.
public enum Convergence {
  /// Two reads of one key in quiet times that saw different versions.
  public struct Witness: Sendable, Hashable {
    /// One read, as an index.
    public let read: Int
    /// Another read, as an index.
    public let other: Int
  }

  /// Whether every read from `quiet` on saw the same version of its key; the witness is the first
  /// read that differs from an earlier one.
  public static func check(
    _ operations: [VersionedOperation], from quiet: Instant
  ) -> Verdict<Witness> {
    let isWriting = operations.contains { $0.kind == .write && $0.returnedAt >= quiet }
    guard !isWriting else {
      return .unknown("Something was still being written after \(quiet).")
    }
    let reads = operations.indices.filter {
      operations[$0].kind == .read && operations[$0].invokedAt >= quiet
    }
    guard !reads.isEmpty else { return .unknown("Nothing was read after \(quiet).") }
    var first: [Datum: Int] = [:]
    for read in reads {
      guard let other = first[operations[read].key] else {
        first[operations[read].key] = read
        continue
      }
      if operations[other].version != operations[read].version {
        return .violated(Witness(read: other, other: read))
      }
    }
    return .holds
  }
}
