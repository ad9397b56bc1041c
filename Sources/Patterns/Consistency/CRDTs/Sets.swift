import Kernel

/// A set that elements only join.
public struct GrowOnlySet<Element: Sendable & Hashable & Comparable>: ReplicatedData {
  /// Changes the set.
  public enum Operation: Sendable, Hashable {
    /// It is in from now on.
    case insert(Element)
  }

  private var members: Set<Element> = []

  /// The empty set.
  public init() {}

  /// The elements in order.
  public var elements: [Element] { members.sorted() }

  /// Whether the element is in.
  public func contains(_ element: Element) -> Bool { members.contains(element) }

  /// The union.
  public mutating func merge(_ other: GrowOnlySet) { members.formUnion(other.members) }

  /// The set of just the element.
  public func delta(of operation: Operation, at node: NodeID) -> GrowOnlySet {
    let element =
      switch operation {
      case .insert(let element): element
      }
    var delta = GrowOnlySet()
    delta.members = [element]
    return delta
  }
}

/// A set in which what was removed once never comes back.
public struct TwoPhaseSet<Element: Sendable & Hashable & Comparable>: ReplicatedData {
  /// Changes the set.
  public enum Operation: Sendable, Hashable {
    /// It is in, unless it was ever removed.
    case insert(Element)
    /// It is out for ever, if it is in.
    case remove(Element)
  }

  private var added = GrowOnlySet<Element>()
  private var removed = GrowOnlySet<Element>()

  /// The empty set.
  public init() {}

  /// The elements in order.
  public var elements: [Element] { added.elements.filter { !removed.contains($0) } }

  /// The union of what was added and of what was removed.
  public mutating func merge(_ other: TwoPhaseSet) {
    added.merge(other.added)
    removed.merge(other.removed)
  }

  /// The set of just what was added or removed.
  public func delta(of operation: Operation, at node: NodeID) -> TwoPhaseSet {
    var delta = TwoPhaseSet()
    switch operation {
    case .insert(let element): delta.added.apply(.insert(element), at: node)
    case .remove(let element):
      if added.contains(element) { delta.removed.apply(.insert(element), at: node) }
    }
    return delta
  }
}

/// A set in which a removal takes away what the remover had seen: an addition at the same time wins.
public struct AddWinsSet<Element: Sendable & Hashable & Comparable>: ReplicatedData {
  /// Changes the set.
  public enum Operation: Sendable, Hashable {
    /// It is in.
    case insert(Element)
    /// It is out, as far as this replica has seen it.
    case remove(Element)
  }

  private var values = DottedValues<Element>()

  /// The empty set.
  public init() {}

  /// The elements in order.
  public var elements: [Element] { Set(values.entries.map(\.value)).sorted() }

  /// Whether the element is in.
  public func contains(_ element: Element) -> Bool {
    values.entries.contains { $0.value == element }
  }

  /// Keeps what neither has seen removed.
  public mutating func merge(_ other: AddWinsSet) { values.merge(other.values) }

  /// The new dot, or the removed dots.
  public func delta(of operation: Operation, at node: NodeID) -> AddWinsSet {
    var delta = AddWinsSet()
    switch operation {
    case .insert(let element):
      delta.values = values.putting(element, at: node) { $0 == element }
    case .remove(let element): delta.values = values.removing { $0 == element }
    }
    return delta
  }
}
