import Kernel

/// The versions of one key that nobody has yet seen together, each with the dot that wrote it.
///
/// Servers give the dots, so that the vector grows with the servers and not with the clients, and
/// two clients that write through one server with the same context make siblings, which a plain
/// version vector of servers cannot tell from an overwrite.
///
/// Source: Preguiça et al., "Dotted version vectors" (2010); github.com/ricardobcl/
/// Dotted-Version-Vectors, README.
public struct SiblingSet<Value: Sendable & Hashable>: Sendable, Hashable {
  /// A version.
  public struct Sibling: Sendable, Hashable {
    /// The write that made it.
    public let dot: Dot
    /// What was written.
    public let value: Value
  }

  /// The versions, by dot.
  public private(set) var siblings: [Sibling] = []
  /// Every write that has been seen, overwritten ones included: what a reader hands back.
  public private(set) var context = VersionVector()

  /// Nothing was written.
  public init() {}

  /// The values, by dot.
  public var values: [Value] { siblings.map(\.value) }

  /// A write through `node` by somebody who had read `context`: it replaces what that reader had
  /// seen and stands beside the rest.
  @discardableResult
  public mutating func put(_ value: Value, context read: VersionVector, at node: NodeID) -> Dot {
    context.merge(read)
    let dot = context.increment(node)
    siblings.removeAll { read.contains($0.dot) }
    insert(Sibling(dot: dot, value: value))
    return dot
  }

  /// Takes in what another replica has: what either has seen overwritten goes.
  public mutating func merge(_ other: SiblingSet) {
    let mine = siblings
    siblings.removeAll { sibling in
      other.context.contains(sibling.dot) && !other.siblings.contains { $0.dot == sibling.dot }
    }
    for sibling in other.siblings
    where !context.contains(sibling.dot) && !mine.contains(where: { $0.dot == sibling.dot }) {
      insert(sibling)
    }
    context.merge(other.context)
  }

  /// Drops the siblings for which `isDead` says so; they stay overwritten.
  mutating func drop(where isDead: (Value) -> Bool) {
    siblings.removeAll { isDead($0.value) }
  }

  private mutating func insert(_ sibling: Sibling) {
    siblings.insert(
      sibling, at: siblings.firstIndex { $0.dot > sibling.dot } ?? siblings.count)
  }
}
