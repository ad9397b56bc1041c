import Kernel
import Patterns

/// The settings of one run, read once.
struct ShardingConfig: Sendable {
  let placement: PlacementOptions
  /// The deliberate bug that one of the parts has.
  let shortcut: ShardingShortcut?
  let resharding: ReshardingOptions
  let checksOwner: Bool
  let mapRefresh: TimeSpan
  let takesAskForMoved: Bool
  let detectAfter: TimeSpan
  let remedy: HotRemedy
  let hotCopies: Int
  let hotTTL: TimeSpan
  let hotThreshold: Double
  let hasGlobalIndex: Bool
  let hasTags: Bool
  let splitsPairs: Bool
  let buckets: Int
  let shardCount: Int
  let keyCount: Int
  let rate: Double
  let duration: TimeSpan
  let writes: Double
  let zipf: Double
  let celebrity: Double
  let growing: Double
  let queries: Double
  let scans: Double
  let pairs: Double
  let isCache: Bool
  let growAt: TimeSpan
  let growBy: Int
  let slots: Int
  let service: Distribution
  let copyTime: TimeSpan
  let originTime: TimeSpan
  let originSlots: Int
  let timeout: TimeSpan
  let slowMark: TimeSpan
  /// The names of the shards that there are or will be.
  let shardNames: [String]

  /// The bits that a bucket stands above the rest of the sort order.
  static let bucketShift: UInt64 = 32
  static let routerCount = 3
  /// The parcels that a move is cut into.
  static let parcelCount = 16
  /// One way between a router and a shard.
  static let latency = Distribution.constant(.microseconds(250))
  /// How long rows stay at their source after they changed hands, for reads under way.
  static let cleanUpAfter = TimeSpan.seconds(1)
  /// The most requests a second that are simulated, however high a fault drives the load.
  static let rateLimit = 50_000.0
  /// The keys that a scan reads.
  static let scanLength = 50
  /// The redirections that a request follows before it fails.
  static let redirectLimit = 16

  init(_ settings: Settings, mutant: String? = nil) {
    shortcut = mutant.flatMap(ShardingShortcut.init(rawValue:))
    buckets = settings.integer("key.buckets")
    keyCount = settings.integer("keys")
    var placement = PlacementOptions(
      settings, rangeEnd: UInt64(keyCount), buckets: buckets, bucketShift: Self.bucketShift)
    placement.shortcut = shortcut
    self.placement = placement
    var resharding = ReshardingOptions(settings)
    resharding.shortcut = shortcut
    self.resharding = resharding
    checksOwner = settings.flag("shard.check")
    mapRefresh = settings.span("map.refresh")
    takesAskForMoved = settings.word("ask.handling") == "as-moved"
    detectAfter = settings.span("detect.after")
    remedy = HotRemedy(rawValue: settings.word("hot.remedy")) ?? .none
    hotCopies = settings.integer("hot.copies")
    hotTTL = settings.span("hot.ttl")
    hotThreshold = settings.number("hot.threshold")
    hasGlobalIndex = settings.word("index") == "global"
    hasTags = settings.flag("key.tags")
    splitsPairs = settings.word("cross.handling") == "split"
    shardCount = settings.integer("shards")
    rate = settings.number("rate")
    duration = settings.span("duration")
    writes = settings.number("writes")
    zipf = settings.number("zipf")
    celebrity = settings.number("celebrity")
    growing = settings.number("growing")
    queries = settings.number("queries")
    scans = settings.number("scans")
    pairs = settings.number("pairs")
    isCache = settings.word("store") == "cache"
    growAt = settings.span("grow.at")
    growBy = settings.integer("grow.by")
    slots = settings.integer("disk.slots")
    service = .lognormal(p50: settings.span("service.p50"), p99: settings.span("service.p99"))
    copyTime = settings.span("copy.time")
    originTime = settings.span("origin.time")
    originSlots = settings.integer("origin.slots")
    timeout = settings.span("timeout")
    slowMark = settings.span("slow.mark")
    shardNames = (1...shardCount + max(0, growBy)).map { "shard-\($0)" }
  }

  /// Shards first, so that their nodes are their numbers; then routers and, for caches, the origin.
  var roster: Roster {
    let routers = (1...Self.routerCount).map { "router-\($0)" }
    return Roster(shardNames + routers + (isCache ? ["origin"] : []))
  }

  /// The node of router `number`.
  func router(_ number: Int) -> NodeID { NodeID(shardNames.count + number) }

  /// The node of the origin.
  var origin: NodeID { NodeID(shardNames.count + Self.routerCount) }

  /// What placements see of user number `user`, counted from 1.
  func key(user: Int) -> ShardKey {
    let plain = ShardKey("user:\(user)", hash: placement.hash)
    guard buckets > 1 else { return plain }
    let bucket = plain.hash % UInt64(buckets)
    return ShardKey(
      hash: plain.hash, order: bucket << Self.bucketShift | plain.order, slot: plain.slot)
  }

  /// What placements see of a second key of user number `user`, written together with the first.
  func companion(user: Int) -> ShardKey {
    let first = key(user: user)
    guard !hasTags else { return first }
    let own = ShardKey("user:\(user):orders", hash: placement.hash)
    return ShardKey(hash: own.hash, order: first.order, slot: own.slot)
  }
}
