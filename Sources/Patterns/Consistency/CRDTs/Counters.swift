import Kernel

/// A counter that only grows: each node counts for itself, and the sum is the value.
public struct GrowOnlyCounter: ReplicatedData {
  /// Counts up.
  public enum Operation: Sendable, Hashable {
    /// By so much, at least 0.
    case add(Int)
  }

  /// What each node has counted.
  public private(set) var counts = VersionVector()

  /// Zero.
  public init() {}

  /// The sum of what all nodes have counted.
  public var value: Int { counts.dots.reduce(0) { $0 + $1.counter } }

  /// Takes the larger count of each node.
  public mutating func merge(_ other: GrowOnlyCounter) { counts.merge(other.counts) }

  /// The new count of `node` alone.
  public func delta(of operation: Operation, at node: NodeID) -> GrowOnlyCounter {
    let amount =
      switch operation {
      case .add(let amount): amount
      }
    precondition(amount >= 0, "a grow-only counter cannot add \(amount)")
    var delta = GrowOnlyCounter()
    delta.counts.raise(node, to: counts[node] + amount)
    return delta
  }

  /// Adds up where it should take the larger count.
  ///
  /// The mutant's merge: it counts twice what arrives twice, and stops at a billion, since it doubles
  /// with every round.
  mutating func mergeBySum(_ other: GrowOnlyCounter) {
    for dot in other.counts.dots {
      counts.raise(dot.node, to: min(1_000_000_000, counts[dot.node] + dot.counter))
    }
  }
}

/// A counter that goes up and down: one that only grows for each direction.
public struct UpDownCounter: ReplicatedData {
  /// Counts.
  public enum Operation: Sendable, Hashable {
    /// By so much; below 0 counts down.
    case add(Int)
  }

  /// What was added.
  public private(set) var added = GrowOnlyCounter()
  /// What was taken away.
  public private(set) var removed = GrowOnlyCounter()

  /// Zero.
  public init() {}

  /// What was added less what was taken away.
  public var value: Int { added.value - removed.value }

  /// Merges both directions.
  public mutating func merge(_ other: UpDownCounter) {
    added.merge(other.added)
    removed.merge(other.removed)
  }

  /// The new count of `node` in its direction.
  public func delta(of operation: Operation, at node: NodeID) -> UpDownCounter {
    let amount =
      switch operation {
      case .add(let amount): amount
      }
    var delta = UpDownCounter()
    if amount >= 0 {
      delta.added = added.delta(of: .add(amount), at: node)
    } else {
      delta.removed = removed.delta(of: .add(-amount), at: node)
    }
    return delta
  }

  /// The mutant's merge; see `GrowOnlyCounter.mergeBySum`.
  mutating func mergeBySum(_ other: UpDownCounter) {
    added.mergeBySum(other.added)
    removed.mergeBySum(other.removed)
  }
}
