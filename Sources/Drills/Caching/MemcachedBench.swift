import Kernel
import Patterns
import Presentation

/// A memcached server, typed to as through telnet, with a clock that stands still until `tick`.
struct MemcachedBench: Bench {
  /// memcached's start options and where they stand.
  private(set) var settings: Settings
  var store: MemcachedStore
  var now = Instant.zero
  /// Keys that were typed, for completion.
  var parts: [String] = []
  /// The keys of the last `fill`.
  var lastFill: [String] = []
  var filled = 0
  var fillCount = 0
  var lastIsHit = false
  var casFailed = 0

  /// A fresh server with memcached's defaults.
  init() {
    settings = Settings(Self.tool.knobs)
    store = MemcachedStore(memory: Self.options(settings))
  }

  private static let source = "memcached.c settings_init, 1.6"

  static let tool = ToolPreset(
    id: "memcached", title: "memcached 1.6",
    knobs: [
      Knob(
        "memory-limit", .integer(1...1_024), standard: .integer(64), source: source,
        "-m: memory for items, in megabytes."),
      Knob(
        "slab-growth-factor", .number(1.02...4, .ratio), standard: .number(1.25), source: source,
        "-f: how much larger the chunks of each class are than those of the last."),
      Knob(
        "slab-min-size", .integer(8...1_000), standard: .integer(48), source: source,
        "-n: the least room for key, value and flags, in bytes."),
      Knob(
        "disable-evictions", .flag, standard: .flag(false), source: source,
        "-M: refuse to store when there is no room, rather than let old items go."),
      Knob(
        "lru", .choice(["segmented", "flat"]), standard: .word("segmented"), source: source,
        "The LRU of each class: HOT, WARM and COLD, or one list."),
      Knob(
        "hot_lru_pct", .integer(1...80), standard: .integer(20), source: source,
        "The most of a class's bytes in HOT, in percent."),
      Knob(
        "warm_lru_pct", .integer(1...80), standard: .integer(40), source: source,
        "The most of a class's bytes in WARM, in percent."),
    ],
    leavesOut: [
      "Pages stay with their class: slab_automove, which moves them over minutes, is left out.",
      "There is no crawler: what is over goes when it is asked for or met at the end of a list.",
      "The LRU is tended after each command, where memcached has a thread for it.",
      "TEMP, the fourth segment, is off by default and left out; so are items on flash.",
    ])

  static func options(_ settings: Settings) -> MemcachedSlabs.Options {
    var options = MemcachedSlabs.Options()
    options.memoryLimit = settings.integer("memory-limit") << 20
    options.growthFactor = settings.number("slab-growth-factor")
    options.slabMinSize = settings.integer("slab-min-size")
    options.isEvicting = !settings.flag("disable-evictions")
    options.isSegmented = settings.word("lru") == "segmented"
    options.hotPercent = settings.integer("hot_lru_pct")
    options.warmPercent = settings.integer("warm_lru_pct")
    return options
  }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    Fidelity(
      models: [
        "Commands and expiry are held against recordings of memcached 1.6.18.",
        "Slab classes, pages and the segments of the LRU follow slabs.c and items.c.",
      ],
      leavesOut: Self.tool.leavesOut,
      sources: [
        "github.com/memcached/memcached doc/protocol.txt",
        "github.com/memcached/memcached slabs.c and items.c @010c4017",
        "memcached 1.6.18, commands and expiry, recorded for this project",
      ])
  }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? { store.checkInvariants() }

  /// Turns start options; the server starts anew, empty.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    store = MemcachedStore(memory: Self.options(changed))
    lastFill = []
    return Document([.text("These are start options: the server starts anew, empty.")])
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let report = store.memory.report
    func sum(_ part: (MemcachedSlabs.ClassReport) -> Int) -> Int {
      report.reduce(0) { $0 + part($1) }
    }
    let bytes = sum(\.bytes)
    let taken = sum { $0.usedChunks * $0.chunkSize }
    return [
      count("curr_items", store.count), count("get_hits", store.counts.getHits),
      count("get_misses", store.counts.getMisses), count("last_hit", lastIsHit ? 1 : 0),
      count("cas_failed", casFailed),
      count("evictions", sum(\.evicted)), count("evicted_unfetched", sum(\.evictedUnfetched)),
      count("refused", store.counts.refused), count("number_hot", sum { $0.counts[0] }),
      count("number_warm", sum { $0.counts[1] }), count("number_cold", sum { $0.counts[2] }),
      count("pages", store.memory.pageCount), count("classes", report.count),
      count("last_filled", filled),
      count("last_kept", lastFill.count { store.peek($0) != nil }),
      Measurement(
        "wasted", taken == 0 ? nil : Double(taken - bytes) / Double(taken), .fraction),
      Measurement("clock", now.seconds, .seconds),
    ]
  }
}
