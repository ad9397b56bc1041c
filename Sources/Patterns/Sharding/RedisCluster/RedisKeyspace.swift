import Kernel

/// The keys that a Redis node holds: their values, and by slot the newest key first.
///
/// Source: redis/redis `src/cluster.c`, `slotToKeyAddEntry` puts a new key at the head of its slot's
/// list, which is the order that `CLUSTER GETKEYSINSLOT` shows.
struct RedisKeyspace: Sendable, Equatable {
  private var values: [String: String] = [:]
  private var slots: [Int: [String]] = [:]

  var count: Int { values.count }

  subscript(key: String) -> String? { values[key] }

  mutating func set(_ key: String, _ value: String) {
    if values.updateValue(value, forKey: key) == nil {
      slots[Int(HashSlot.slot(of: key)), default: []].insert(key, at: 0)
    }
  }

  /// Removes `key` and says whether it was there.
  mutating func remove(_ key: String) -> Bool {
    guard values.removeValue(forKey: key) != nil else { return false }
    slots[Int(HashSlot.slot(of: key))]?.removeAll { $0 == key }
    return true
  }

  func keys(in slot: Int) -> [String] { slots[slot] ?? [] }

  /// Every key with its value, in the order of slots, oldest first.
  var changes: [RedisClusterMessage.Change] {
    slots.keys.sorted().flatMap { slot in
      keys(in: slot).reversed().map { RedisClusterMessage.Change(key: $0, value: values[$0]) }
    }
  }

  mutating func removeAll() {
    values = [:]
    slots = [:]
  }
}
