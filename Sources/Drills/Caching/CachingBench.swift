import Kernel
import Patterns
import Presentation

/// One cache before one origin, live under commands, with a clock that stands still until `tick`.
///
/// A miss begins a load that takes `load` of time; what it read when it began comes back then, so that
/// a write in between can be raced. `trace` compares all eviction policies on one stream of keys.
public struct CachingBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: String?
  var cache: LoadingCache
  var now = Instant.zero
  /// The names of keys, in the order they were first typed; a key's number is its place.
  var names: [String] = []
  /// The origin's version of each key by number; 0 does not exist.
  var versions: [Int] = []
  var loads: [PendingLoad] = []
  var requests: [UInt64] = []
  var counters = Counters()
  var scanned: UInt64 = 1 << 32
  private var traces = 0

  struct PendingLoad: Sendable, Equatable {
    let key: UInt64
    let load: Int
    let version: Int?
    let due: Instant
  }

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var hits = 0
    var stale = 0
    var misses = 0
    var loads = 0
    var old = 0
    var failed = 0
    var evictions = 0
    var lastLoads = 0
    var lastHits = 0
    var traceRatio: Double?
    var optimum: Double?
  }

  /// A fresh bench, plain or with the knobs of the tool called `preset`.
  public init(preset: String? = nil) {
    self.preset = preset
    settings = Settings(preset == Self.caffeine.id ? Self.caffeine.knobs : Self.plainKnobs)
    cache = LoadingCache(Self.options(settings, preset), seed: 1)
  }

  static let loadKnob = Knob(
    "load", .span(.zero...(.minutes(1))), standard: .span(.milliseconds(200)), role: .load,
    "How long a load takes.")

  static var plainKnobs: [Knob] {
    CachingScenario.cacheKnobs.map { knob in
      guard knob.name == "capacity" else { return knob }
      return Knob("capacity", .integer(1...10_000), standard: .integer(4), knob.summary)
    } + [loadKnob]
  }

  /// Caffeine under its own names.
  static let caffeine = ToolPreset(
    id: "caffeine", title: "Caffeine",
    knobs: [
      Knob(
        "maximumSize", .integer(1...10_000), standard: .integer(100),
        "The most entries; Caffeine has no limit unless it is given."),
      Knob(
        "expireAfterWrite", .span(.milliseconds(10)...(.hours(24))), standard: .span(.minutes(10)),
        "How long an entry is good after it was written; none unless it is given."),
      loadKnob,
    ],
    leavesOut: [
      "The window does not adapt: it stays at 1 %.",
      "Caffeine carries its policy out in batches after reads; here each use counts at once.",
    ])

  static func options(_ settings: Settings, _ preset: String?) -> LoadingCache.Options {
    var options = LoadingCache.Options()
    if preset == caffeine.id {
      options.policy = .windowTinyLFU
      options.capacity = settings.integer("maximumSize")
      options.ttl = settings.span("expireAfterWrite")
      options.isCoalescing = true
      return options
    }
    options.policy = EvictionPolicy(rawValue: settings.word("policy")) ?? .lru
    options.capacity = settings.integer("capacity")
    options.ttl = settings.span("ttl")
    options.jitter = settings.number("ttl.jitter")
    options.isCoalescing = settings.flag("coalesce")
    options.isLeasing = settings.flag("lease")
    options.staleFor = settings.span("stale.for")
    options.staleOnErrorFor = settings.span("stale.error")
    options.negativeTTL = settings.span("negative.ttl")
    options.earlyFactor = settings.number("early")
    return options
  }

  /// The keys that were typed.
  public var parts: [String] { names }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The cache and its eviction policies are the machines that the drills run."],
      leavesOut: [
        "Every value has the same size, and the origin never fails unless 'break' says so.",
        "Load and lines at the origin are in the drills.",
      ] + (preset == nil ? [] : Self.caffeine.leavesOut),
      sources: CachingScenario().fidelity.sources + ["github.com/ben-manes/caffeine"])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { cache.checkInvariants() }

  /// Turns knobs; the cache begins anew, empty.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    cache = LoadingCache(Self.options(changed, preset), seed: 1)
    loads.removeAll()
    return Document([
      .text(settings.turned),
      .text("The cache begins anew, empty."),
    ])
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let reads = counters.hits + counters.stale + counters.misses
    return [
      Measurement("keys", Double(cache.keys.count), .count),
      Measurement("hits", Double(counters.hits), .count),
      Measurement("stale_hits", Double(counters.stale), .count),
      Measurement("misses", Double(counters.misses), .count),
      Measurement(
        "hit_ratio",
        reads == 0 ? nil : Double(counters.hits + counters.stale) / Double(reads), .fraction),
      Measurement("loads", Double(counters.loads), .count),
      Measurement("last_loads", Double(counters.lastLoads), .count),
      Measurement("last_hits", Double(counters.lastHits), .count),
      Measurement("loading", Double(loads.count), .count),
      Measurement("old_reads", Double(counters.old), .count),
      Measurement("evictions", Double(counters.evictions), .count),
      Measurement("trace_hit_ratio", counters.traceRatio, .fraction),
      Measurement("optimal_hit_ratio", counters.optimum, .fraction),
      Measurement("old_kept", Double(oldKept), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// Keys whose cached version is not the origin's.
  private var oldKept: Int {
    versions.indices.count { number in
      guard let entry = cache.entry(UInt64(number)) else { return false }
      return (entry.version ?? 0) != versions[number]
    }
  }

  mutating func number(of name: String) -> UInt64 {
    if let place = names.firstIndex(of: name) { return UInt64(place) }
    names.append(name)
    versions.append(name.hasPrefix("no-") ? 0 : 1)
    return UInt64(names.count - 1)
  }

  mutating func nextTrace() -> UInt64 {
    traces += 1
    return UInt64(traces)
  }
}
