import Kernel

/// The events that a replica has seen: a vector where they have no gaps, single dots beyond them.
///
/// Deltas carry single dots, so a plain vector would claim events that were never seen.
///
/// Source: Almeida et al., "Delta state replicated data types" (2018), section 7.2.
public struct CausalContext: Sendable, Hashable {
  /// What has been seen without gaps.
  public private(set) var vector = VersionVector()
  /// What has been seen beyond a gap, by dot.
  public private(set) var cloud: [Dot] = []

  /// Nothing has been seen.
  public init() {}

  /// Exactly these events have been seen.
  public init(_ dots: [Dot]) { insert(dots) }

  /// Whether the event has been seen.
  public func contains(_ dot: Dot) -> Bool { vector.contains(dot) || cloud.contains(dot) }

  /// The next event of `node`.
  public func next(_ node: NodeID) -> Dot {
    let beyond = cloud.last { $0.node == node }?.counter ?? 0
    return Dot(node, max(vector[node], beyond) + 1)
  }

  /// Takes in what the other has seen.
  public mutating func merge(_ other: CausalContext) {
    vector.merge(other.vector)
    insert(other.cloud)
  }

  private mutating func insert(_ dots: [Dot]) {
    var left: [Dot] = []
    for dot in Set(cloud + dots).sorted() where !vector.contains(dot) {
      if dot.counter == vector[dot.node] + 1 {
        vector.raise(dot.node, to: dot.counter)
      } else {
        left.append(dot)
      }
    }
    cloud = left
  }
}

/// Values with the dots that made them, and what has been seen: seen and gone means removed.
///
/// It is what add-wins sets and multi-value registers are made of, and needs no tombstones.
public struct DottedValues<Value: Sendable & Hashable>: Sendable, Hashable {
  /// A value and the event that made it.
  public struct Entry: Sendable, Hashable {
    /// The event.
    public let dot: Dot
    /// The value.
    public let value: Value
  }

  /// What is there, by dot.
  public private(set) var entries: [Entry] = []
  /// What has been seen.
  public private(set) var context = CausalContext()

  /// Nothing.
  public init() {}

  /// Only these entries, in a context that has seen them and `gone`.
  init(_ entries: [Entry], gone: [Dot]) {
    self.entries = entries.sorted { $0.dot < $1.dot }
    context = CausalContext(entries.map(\.dot) + gone)
  }

  /// Keeps what both have, and what one has and the other has not seen.
  public mutating func merge(_ other: DottedValues) {
    let mine = Set(entries.map(\.dot))
    let theirs = Set(other.entries.map(\.dot))
    var merged = entries.filter {
      theirs.contains($0.dot) || !other.context.contains($0.dot)
    }
    merged += other.entries.filter {
      !mine.contains($0.dot) && !context.contains($0.dot)
    }
    entries = merged.sorted { $0.dot < $1.dot }
    context.merge(other.context)
  }

  /// The delta that puts `value` in place of the entries for which `isReplaced` says so.
  func putting(
    _ value: Value, at node: NodeID, replacing isReplaced: (Value) -> Bool
  ) -> DottedValues {
    let gone = entries.filter { isReplaced($0.value) }.map(\.dot)
    return DottedValues([Entry(dot: context.next(node), value: value)], gone: gone)
  }

  /// The delta that takes away the entries for which `isRemoved` says so.
  func removing(where isRemoved: (Value) -> Bool) -> DottedValues {
    DottedValues([], gone: entries.filter { isRemoved($0.value) }.map(\.dot))
  }
}
