import Kernel

/// A guarantee that a client may ask for its own session, whatever replica it talks to.
///
/// Source: Terry et al., "Session guarantees for weakly consistent replicated data" (1994).
public enum SessionGuarantee: String, Sendable, Hashable, CaseIterable {
  /// A read sees the session's earlier writes.
  case readYourWrites = "read your writes"
  /// A read sees what the session's earlier reads saw.
  case monotonicReads = "monotonic reads"
  /// A write comes after the session's earlier writes.
  case monotonicWrites = "monotonic writes"
  /// A write comes after the writes that the session has read.
  case writesFollowReads = "writes follow reads"
}

/// What a session has read and written, as far as a server must know it: two version vectors.
public struct SessionToken: Sendable, Hashable {
  /// The guarantees that the session asks for.
  public let guarantees: Set<SessionGuarantee>
  /// What the replicas had applied that the session read from.
  public private(set) var reads = VersionVector()
  /// The session's own writes.
  public private(set) var writes = VersionVector()

  /// A session that has done nothing yet.
  public init(_ guarantees: Set<SessionGuarantee>) { self.guarantees = guarantees }

  /// What a replica must have applied before it may do the session's next operation.
  public func requirement(isWrite: Bool) -> VersionVector {
    let own: SessionGuarantee = isWrite ? .monotonicWrites : .readYourWrites
    let seen: SessionGuarantee = isWrite ? .writesFollowReads : .monotonicReads
    var requirement = VersionVector()
    if guarantees.contains(own) { requirement.merge(writes) }
    if guarantees.contains(seen) { requirement.merge(reads) }
    return requirement
  }

  /// The session read from a replica that had applied `applied`.
  public mutating func read(_ applied: VersionVector) { reads.merge(applied) }

  /// The session's write became `dot`.
  public mutating func wrote(_ dot: Dot) { writes.raise(dot.node, to: dot.counter) }
}
