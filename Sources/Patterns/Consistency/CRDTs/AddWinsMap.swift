import Kernel

/// A map of replicated values: a change to a key at the same time as its removal wins, and its value
/// is what all changes ever made to the key come to.
///
/// A removal hides a value and does not undo it: a key that comes back has its old value. Maps that
/// reset what was seen removed need the value's own dots; this one does not have them.
public struct AddWinsMap<
  Key: Sendable & Hashable & Comparable, Value: ReplicatedData
>: ReplicatedData {
  /// Changes the map.
  public enum Operation: Sendable, Hashable {
    /// Does something to the value of a key, which is in from now on.
    case update(Key, Value.Operation)
    /// The key is out, as far as this replica has seen it.
    case remove(Key)
  }

  private var present = AddWinsSet<Key>()
  private var values: [Key: Value] = [:]

  /// The empty map.
  public init() {}

  /// The keys in order.
  public var keys: [Key] { present.elements }

  /// The value of a key that is in.
  public subscript(_ key: Key) -> Value? { present.contains(key) ? values[key] : nil }

  /// Merges the keys, and the values key by key.
  public mutating func merge(_ other: AddWinsMap) {
    present.merge(other.present)
    values.merge(other.values) { mine, theirs in
      var merged = mine
      merged.merge(theirs)
      return merged
    }
  }

  /// The key's delta and its value's.
  public func delta(of operation: Operation, at node: NodeID) -> AddWinsMap {
    var delta = AddWinsMap()
    switch operation {
    case .update(let key, let change):
      delta.present = present.delta(of: .insert(key), at: node)
      delta.values[key] = (values[key] ?? Value()).delta(of: change, at: node)
    case .remove(let key): delta.present = present.delta(of: .remove(key), at: node)
    }
    return delta
  }
}
