import Kernel

/// A sequence, such as a text, into which replicas insert and from which they remove at the same
/// time: every element stands right of the one it was inserted after.
///
/// Elements inserted after the same one stand with the highest stamp first, so that a later
/// insertion at a place is nearer to it. What was removed stays as a tombstone, since others may
/// insert after it.
///
/// Source: Roh et al., "Replicated abstract data types" (2011), RGA; as a tree of insertions after
/// Attiya et al., "Specification and complexity of collaborative text editing" (2016).
public struct GrowableSequence<Element: Sendable & Hashable>: ReplicatedData {
  /// Changes the sequence.
  public enum Operation: Sendable, Hashable {
    /// Inserts after the element with that stamp; nil is the beginning.
    case insert(Element, after: LamportStamp?)
    /// Removes the element with that stamp.
    case remove(LamportStamp)
  }

  /// An element and where it was inserted.
  public struct Item: Sendable, Hashable {
    /// Its name, given once.
    public let stamp: LamportStamp
    /// After which element it was inserted; nil is the beginning.
    public let after: LamportStamp?
    /// The element.
    public let element: Element
  }

  private var items: [LamportStamp: Item] = [:]
  private var removed: Set<LamportStamp> = []

  /// The empty sequence.
  public init() {}

  /// What is there, from left to right.
  public var visible: [Item] { ordered.filter { !removed.contains($0.stamp) } }

  /// The elements, from left to right.
  public var elements: [Element] { visible.map(\.element) }

  /// The union of insertions and of removals.
  public mutating func merge(_ other: GrowableSequence) {
    items.merge(other.items) { mine, _ in mine }
    removed.formUnion(other.removed)
  }

  /// The insertion or removal alone.
  public func delta(of operation: Operation, at node: NodeID) -> GrowableSequence {
    var delta = GrowableSequence()
    switch operation {
    case .insert(let element, let after):
      let time = (items.keys.map(\.time).max() ?? 0) + 1
      let stamp = LamportStamp(time: time, node: node)
      delta.items[stamp] = Item(stamp: stamp, after: after, element: element)
    case .remove(let stamp): delta.removed = [stamp]
    }
    return delta
  }

  /// Everything ever inserted whose left neighbour is known, from left to right.
  private var ordered: [Item] {
    var followers: [LamportStamp?: [Item]] = [:]
    for stamp in items.keys.sorted() {
      guard let item = items[stamp] else { continue }
      followers[item.after, default: []].append(item)
    }
    // The highest stamp is last in its list and so comes off the stack first.
    var stack = followers[nil] ?? []
    var result: [Item] = []
    while let item = stack.popLast() {
      result.append(item)
      stack += followers[item.stamp] ?? []
    }
    return result
  }
}
