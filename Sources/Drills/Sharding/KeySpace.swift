import Kernel
import Patterns

/// The keys of a simulated store: numbered, named, and hashed once.
struct KeySpace: Sendable {
  /// The names, by number.
  private(set) var names: [String] = []
  /// What placements see of them, by number.
  private(set) var keys: [ShardKey] = []
  private var numbers: [String: Int] = [:]
  private let hash: KeyHash

  /// No keys yet; they will be hashed by `hash`.
  init(hash: KeyHash) { self.hash = hash }

  /// The keys `user:1` to `user:count`.
  init(users count: Int, hash: KeyHash) {
    self.init(hash: hash)
    for number in 0..<count { _ = add("user:\(number + 1)") }
  }

  var count: Int { names.count }

  /// The number of the key called `name`, or nil.
  func number(_ name: String) -> Int? { numbers[name] }

  /// What placements see of the key called `name`, whether it is here or not.
  func key(_ name: String) -> ShardKey {
    numbers[name].map { keys[$0] } ?? ShardKey(name, hash: hash)
  }

  /// Adds the key called `name`, unless it is here, and returns its number.
  mutating func add(_ name: String) -> Int {
    if let number = numbers[name] { return number }
    return add(name, ShardKey(name, hash: hash))
  }

  /// Adds the new key called `name` that placements see as `key`, and returns its number.
  mutating func add(_ name: String, _ key: ShardKey) -> Int {
    numbers[name] = names.count
    names.append(name)
    keys.append(key)
    return names.count - 1
  }

  /// The same keys hashed by another function.
  func rehashed(by hash: KeyHash) -> KeySpace {
    var space = KeySpace(hash: hash)
    for name in names { _ = space.add(name) }
    return space
  }
}
