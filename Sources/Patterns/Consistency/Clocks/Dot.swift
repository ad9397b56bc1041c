import Kernel

/// One event of one node: its `counter`-th, from 1.
public struct Dot: Sendable, Hashable, Comparable {
  /// The node.
  public let node: NodeID
  /// Which of its events, from 1.
  public let counter: Int

  /// Event `counter` of `node`.
  public init(_ node: NodeID, _ counter: Int) {
    self.node = node
    self.counter = counter
  }

  /// By node, then by counter: an order for listings, not a causal one.
  public static func < (left: Dot, right: Dot) -> Bool {
    (left.node, left.counter) < (right.node, right.counter)
  }
}
