/// A node of a simulated system: a small dense number, so that tables indexed by it are arrays.
///
/// The name that people see lives in a `Roster`; machines never look at names.
public struct NodeID: Sendable, Hashable, Comparable {
  /// The node's place in its roster, from 0.
  public let index: Int

  /// The node at `index` of its roster.
  @inlinable public init(_ index: Int) { self.index = index }

  /// Whether the left node stands earlier in the roster.
  @inlinable public static func < (left: NodeID, right: NodeID) -> Bool { left.index < right.index }
}

extension NodeID: CustomStringConvertible {
  /// The node as `#3`, for messages that have no roster at hand.
  public var description: String { "#\(index)" }
}

/// The names of the nodes of one simulated system, in the order of their `NodeID`s.
public struct Roster: Sendable, Equatable {
  /// The names in order.
  public private(set) var names: [String]

  /// A roster of `names`, which must differ from each other.
  public init(_ names: [String] = []) {
    self.names = names
    precondition(Set(names).count == names.count, "node names must differ: \(names)")
  }

  /// Every node, in order.
  public var nodes: [NodeID] { names.indices.map(NodeID.init) }

  /// The name of `node`.
  public func name(_ node: NodeID) -> String { names[node.index] }

  /// The node called `name`, or nil.
  public func node(_ name: String) -> NodeID? { names.firstIndex(of: name).map(NodeID.init) }

  /// Adds a node called `name` at the end and returns it; an existing name returns its node.
  public mutating func add(_ name: String) -> NodeID {
    if let existing = node(name) { return existing }
    names.append(name)
    return NodeID(names.count - 1)
  }
}
