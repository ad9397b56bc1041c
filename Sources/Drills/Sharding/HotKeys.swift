import Kernel
import Patterns

/// What the routers know and do about hot keys.
struct HotKeys: Sendable {
  /// The counters of each router.
  private(set) var counters: [HotKeyCounter]
  /// By key: the rows that it is salted into, its own among them.
  private(set) var salts: [Int: [Int]] = [:]
  /// By key: the shards that have a copy of its row, and the version of each.
  private(set) var copies: [Int: [(shard: NodeID, version: Int)]] = [:]
  /// By router and key: what it keeps in its memory, and until when.
  private var memory: [[Int: (version: Int, until: Instant)]]
  /// Keys that were found hot, in the order they were.
  private(set) var found: [Int] = []

  init(routers: Int, shortcut: ShardingShortcut? = nil) {
    counters = (0..<routers).map { _ in HotKeyCounter(shortcut: shortcut) }
    memory = (0..<routers).map { _ in [:] }
  }

  mutating func count(_ key: Int, router: Int, at now: Instant) {
    counters[router].count(key, at: now)
  }

  func isFound(_ key: Int) -> Bool { found.contains(key) }

  mutating func find(_ key: Int) { found.append(key) }

  mutating func salt(_ key: Int, into rows: [Int]) { salts[key] = rows }

  mutating func copy(_ key: Int, to shards: [NodeID], version: Int) {
    copies[key] = shards.map { ($0, version) }
  }

  func version(of key: Int, on shard: NodeID) -> Int {
    copies[key]?.first { $0.shard == shard }?.version ?? 0
  }

  mutating func set(_ key: Int, version: Int, on shard: NodeID) {
    guard let place = copies[key]?.firstIndex(where: { $0.shard == shard }) else { return }
    let seen = copies[key]?[place].version ?? 0
    copies[key]?[place].version = max(seen, version)
  }

  mutating func remember(_ key: Int, version: Int, router: Int, until: Instant) {
    memory[router][key] = (version, until)
  }

  mutating func forget(_ key: Int, router: Int) { memory[router][key] = nil }

  func cachedVersion(of key: Int, router: Int) -> Int { memory[router][key]?.version ?? 0 }

  func isRemembered(_ key: Int, router: Int, at now: Instant) -> Bool {
    memory[router][key].map { now < $0.until } ?? false
  }
}
