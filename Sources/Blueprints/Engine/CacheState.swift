import Kernel
import Patterns

/// What the instances of a cache hold, with the real policy over the keys that were asked for.
struct CacheState {
  let design: CacheDesign
  private(set) var entries: [KeyCache]
  /// Until when each key is good, instance by instance; empty when entries are good for ever.
  private var goodUntil: [[Instant]]
  /// For each instance, the visit that loads a key.
  var loading: [[UInt64: UInt32]]
  var hits = 0
  var misses = 0

  init(_ design: CacheDesign, instances: Int, keys: Int, seed: UInt64) {
    self.design = design
    entries = (0..<instances).map { instance in
      KeyCache(
        policy: design.policy, capacity: max(1, design.capacity), seed: seed &+ UInt64(instance))
    }
    goodUntil = design.ttl == nil ? [] : Array(repeating: [], count: instances)
    loading = Array(repeating: [:], count: instances)
    guard design.isWarm else { return }
    for instance in 0..<instances {
      for key in (0..<min(keys, design.capacity)).reversed() {
        fill(instance, UInt64(key), at: .zero)
      }
    }
  }

  /// Whether `instance` has a good entry for `key`.
  mutating func holds(_ instance: Int, _ key: UInt64, at now: Instant) -> Bool {
    let isThere = entries[instance].access(key)
    guard isThere, !goodUntil.isEmpty else { return isThere }
    return Int(key) < goodUntil[instance].count && now < goodUntil[instance][Int(key)]
  }

  mutating func fill(_ instance: Int, _ key: UInt64, at now: Instant) {
    if !entries[instance].contains(key) { _ = entries[instance].insert(key) }
    guard let ttl = design.ttl else { return }
    while goodUntil[instance].count <= Int(key) { goodUntil[instance].append(.zero) }
    goodUntil[instance][Int(key)] = now + ttl
  }

  mutating func forget(_ instance: Int, _ key: UInt64) { _ = entries[instance].remove(key) }

  /// The process is gone, and what it remembered with it.
  mutating func clear(_ instance: Int) {
    entries[instance].removeAll()
    loading[instance] = [:]
  }
}
