import Kernel
import OrderedCollections
import Patterns
import Presentation

/// A Redis server used as a cache, typed to as in redis-cli, with a clock that stands still until
/// `tick`.
///
/// Commands are in capitals, as Redis's manual writes them; `set` in small letters turns knobs, which
/// is what `CONFIG SET` does.
struct RedisCacheBench: Bench {
  /// Redis's parameters and where they stand.
  var settings: Settings
  var store: RedisCacheStore
  var now = Instant.zero
  /// The number of each key by its name, in the order they were first typed.
  var numbers: OrderedDictionary<String, UInt64> = [:]
  /// The values by number.
  var values: [String] = []
  var counts = Counts()

  /// What was done so far; the names are those of `INFO stats` where it has them.
  struct Counts: Sendable, Equatable {
    var hits = 0
    var misses = 0
    var oomErrors = 0
    var filled = 0
    var lastInteger: Int?
    var lastEvicted = 0
    var youngEvicted: Double?
  }

  /// A fresh server with Redis's defaults.
  init() {
    settings = Settings(Self.tool.knobs)
    store = RedisCacheStore(Self.options(settings), seed: 1)
  }

  private static let source = "redis.conf of version 7"

  static let tool = ToolPreset(
    id: "redis", title: "Redis 7 as a cache",
    knobs: [
      Knob(
        "maxmemory", .integer(0...(1 << 40)), standard: .integer(0), source: source,
        "The most memory for keys, in bytes; 0 is no limit. CONFIG SET also takes 1mb."),
      Knob(
        "maxmemory-policy", .choice(RedisEvictionPolicy.allCases.map(\.rawValue)),
        standard: .word(RedisEvictionPolicy.noeviction.rawValue), source: source,
        "Which keys may go at maxmemory, and by what they are compared."),
      Knob(
        "maxmemory-samples", .integer(1...64), standard: .integer(5), source: source,
        "How many keys are drawn before one of them goes."),
      Knob(
        "lfu-log-factor", .integer(0...1_000), standard: .integer(10), source: source,
        "How slowly the counter of uses grows: the larger, the slower."),
      Knob(
        "lfu-decay-time", .integer(0...100_000), standard: .integer(1), source: source,
        "Minutes after which the counter of uses loses one; 0 for never."),
    ],
    leavesOut: [
      "A key takes its value and 96 bytes; buffers, fragmentation and the empty server take nothing.",
      "Keys are strings; there is one database, one client, no replica and no persistence.",
      "Samples are drawn one by one, where Redis takes neighbours in its hash table.",
    ])

  static func options(_ settings: Settings) -> RedisCacheStore.Options {
    var options = RedisCacheStore.Options()
    options.maxmemory = settings.integer("maxmemory")
    options.policy =
      RedisEvictionPolicy(rawValue: settings.word("maxmemory-policy")) ?? .noeviction
    options.samples = settings.integer("maxmemory-samples")
    options.logFactor = settings.integer("lfu-log-factor")
    options.decayTime = settings.integer("lfu-decay-time")
    return options
  }

  /// The keys that were typed.
  var parts: [String] { Array(numbers.keys.prefix(100)) }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    Fidelity(
      models: [
        "Eviction, sampling, the pool of 16, the counter of uses and expiry follow evict.c and "
          + "expire.c; recordings of Redis 7.0.15 at maxmemory replay in the tests."
      ],
      leavesOut: Self.tool.leavesOut,
      sources: [
        "github.com/redis/redis src/evict.c", "github.com/redis/redis redis.conf",
        "Redis 7.0.15 at maxmemory, recorded for this project",
      ])
  }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? { store.checkInvariants() }

  /// `CONFIG SET`: the server goes on with its keys; what no longer fits goes at once.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    var gone: [UInt64] = []
    store.configure(Self.options(changed), at: now, evicted: &gone)
    counts.lastEvicted = gone.count
    return Document([.text("The server goes on with its keys.")]) + evictions(gone)
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    return [
      count("keys", store.count), Measurement("used_memory", Double(store.usedMemory), .bytes),
      count("keyspace_hits", counts.hits), count("keyspace_misses", counts.misses),
      count("evicted_keys", store.evictedCount), count("expired_keys", store.expiredCount),
      count("oom_errors", counts.oomErrors), count("last_filled", counts.filled),
      count("last_evicted", counts.lastEvicted),
      Measurement("last_integer", counts.lastInteger.map { Double($0) }, .count),
      Measurement("young_evicted", counts.youngEvicted, .fraction),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// The number of the key called `name`, a new one if it was never typed.
  mutating func number(of name: String) -> UInt64 {
    if let number = numbers[name] { return number }
    let number = UInt64(numbers.count)
    numbers[name] = number
    values.append("")
    return number
  }

  /// Which keys had to go; Redis tells no client.
  func evictions(_ gone: [UInt64]) -> Document {
    guard !gone.isEmpty else { return Document() }
    let names = gone.prefix(6).map { numbers.elements[Int($0)].key }.joined(separator: ", ")
    let more = gone.count > 6 ? " and \(gone.count - 6) more" : ""
    return Document([
      .aside(.note, [.text("evicted, and no client is told: \(names)\(more)")])
    ])
  }
}
