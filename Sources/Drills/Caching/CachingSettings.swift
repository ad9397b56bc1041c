import Kernel
import Patterns

/// The settings of a run, read once.
struct CachingSettings: Sendable {
  /// What a write does to the cache.
  enum Writing: String, CaseIterable {
    case delete, update, around, behind
  }

  let options: LoadingCache.Options
  let writing: Writing
  let flush: TimeSpan
  let isRendezvous: Bool
  let timeout: TimeSpan
  let rate: Double
  let duration: TimeSpan
  let nodes: Int
  let keys: Int
  let skew: Double
  let writes: Double
  let scan: Double
  let missing: Double
  let missingIDs: Int
  let isWarm: Bool
  let slots: Int
  let queueLimit: Int
  let loadTime: Distribution
  let network: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    var options = LoadingCache.Options()
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
    options.shortcut = mutant.flatMap(CacheShortcut.init(rawValue:))
    self.options = options
    writing = Writing(rawValue: settings.word("write")) ?? .delete
    flush = settings.span("write.flush")
    isRendezvous = settings.word("placement") == "rendezvous"
    timeout = settings.span("timeout")
    rate = settings.number("rate")
    duration = settings.span("duration")
    nodes = settings.integer("nodes")
    keys = settings.integer("keys")
    skew = settings.number("skew")
    writes = settings.number("writes")
    scan = settings.number("scan")
    missing = settings.number("missing")
    missingIDs = settings.integer("missing.ids")
    isWarm = settings.flag("warm")
    slots = settings.integer("origin.slots")
    queueLimit = settings.integer("origin.queue")
    loadTime = .gamma(shape: 4, mean: settings.span("origin.time"))
    network = settings.span("network")
  }

  var names: [String] { (1...nodes).map { "cache-\($0)" } + ["origin"] }
}
