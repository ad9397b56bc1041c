import Kernel

/// A value that replicas change without asking each other and merge when they meet.
///
/// The merge is the join of a semilattice: commutative, associative and idempotent. A delta is a
/// small value of the same kind; merging it comes to the same as the operation itself.
///
/// Sources: Shapiro et al., "A comprehensive study of convergent and commutative replicated data
/// types", INRIA RR-7506 (2011); Almeida et al., "Delta state replicated data types" (2018).
public protocol ReplicatedData: Sendable, Hashable {
  /// What can be done to it.
  associatedtype Operation: Sendable, Hashable

  /// The value that nothing was done to.
  init()

  /// Takes in another replica's value or a delta.
  mutating func merge(_ other: Self)

  /// The delta that `operation` comes to at `node`; merging it does the operation.
  func delta(of operation: Operation, at node: NodeID) -> Self
}

extension ReplicatedData {
  /// Does `operation` at `node` and returns the delta for the others.
  @discardableResult
  public mutating func apply(_ operation: Operation, at node: NodeID) -> Self {
    let delta = delta(of: operation, at: node)
    merge(delta)
    return delta
  }
}
