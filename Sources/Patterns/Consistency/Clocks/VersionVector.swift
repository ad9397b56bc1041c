import Kernel

/// How many events of each node have been seen; a node that is not named counts as 0.
///
/// Source: Parker et al., "Detection of mutual inconsistency in distributed systems" (1983).
public struct VersionVector: Sendable, Hashable {
  /// The last event seen of each node that is named, by node; none is 0.
  public private(set) var dots: [Dot] = []

  /// Nothing has been seen.
  public init() {}

  /// The vector with these counts; what is 0 is left out.
  public init(_ counts: KeyValuePairs<NodeID, Int>) {
    for (node, count) in counts { raise(node, to: count) }
  }

  /// How many events of `node` have been seen.
  public subscript(_ node: NodeID) -> Int {
    let place = place(of: node)
    return place < dots.count && dots[place].node == node ? dots[place].counter : 0
  }

  /// Whether nothing has been seen.
  public var isEmpty: Bool { dots.isEmpty }

  /// Whether the event has been seen.
  public func contains(_ dot: Dot) -> Bool { self[dot.node] >= dot.counter }

  /// Counts one more event of `node` and returns it.
  @discardableResult public mutating func increment(_ node: NodeID) -> Dot {
    let dot = Dot(node, self[node] + 1)
    raise(node, to: dot.counter)
    return dot
  }

  /// Has seen at least `count` events of `node`.
  public mutating func raise(_ node: NodeID, to count: Int) {
    let place = place(of: node)
    if place < dots.count, dots[place].node == node {
      if dots[place].counter < count { dots[place] = Dot(node, count) }
    } else if count > 0 {
      dots.insert(Dot(node, count), at: place)
    }
  }

  /// Takes in what the other has seen: the larger count of each node.
  public mutating func merge(_ other: VersionVector) {
    for dot in other.dots { raise(dot.node, to: dot.counter) }
  }

  /// Whether everything that `other` has seen has been seen here too.
  public func covers(_ other: VersionVector) -> Bool { other.dots.allSatisfy(contains) }

  /// How this vector stands to the other.
  public func compared(to other: VersionVector) -> CausalOrder {
    switch (other.covers(self), covers(other)) {
    case (true, true): .equal
    case (true, false): .before
    case (false, true): .after
    case (false, false): .concurrent
    }
  }

  private func place(of node: NodeID) -> Int {
    dots.firstIndex { $0.node >= node } ?? dots.count
  }
}
