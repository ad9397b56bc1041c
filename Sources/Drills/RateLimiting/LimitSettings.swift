import Kernel
import Patterns

/// The settings of a run, read once.
struct LimitSettings: Sendable {
  /// Who counts.
  enum Sharing: String, CaseIterable {
    case own, split, central, synced, leased
  }

  /// When the greedy client's requests come.
  enum Shape: String, CaseIterable {
    case steady, edge, batch
  }

  /// What a limit is for.
  enum Keying: String, CaseIterable {
    case user, address, both
  }

  let limiter: RateLimiter.Options
  let node: LimiterNode.Options
  let sharing: Sharing
  let keying: Keying
  /// The limit of an address, in limits of a user, with key=both.
  let addressFactor: Int
  /// Permits that a request of the greedy client takes, and how much longer it works.
  let greedyCost: Int
  let greedyWeight: Int
  let keysHeld: Int
  let inProgress: Int
  let retry: RetryPolicy
  let spread: TimeSpan
  let duration: TimeSpan
  let gateways: Int
  let isSticky: Bool
  let tenants: Int
  let rate: Double
  let page: Int
  let nat: Int
  let greedy: Double
  let shape: Shape
  let greedyEvery: TimeSpan
  let greedyIDs: Int
  let timeout: TimeSpan
  let network: TimeSpan
  let storeTime: TimeSpan
  let slots: Int
  let backendTime: Distribution
  let queueLimit: Int
  let shortcut: RateShortcut?

  init(_ settings: Settings, mutant: String? = nil) {
    shortcut = mutant.flatMap(RateShortcut.init(rawValue:))
    gateways = settings.integer("gateways")
    sharing = Sharing(rawValue: settings.word("share")) ?? .own
    limiter = Self.limiter(settings, shortcut)
    node = Self.node(settings, sharing, limiter.rate, shortcut)
    keying = Keying(rawValue: settings.word("key")) ?? .user
    addressFactor = settings.integer("address.factor")
    greedyWeight = settings.integer("greedy.weight")
    greedyCost = settings.word("cost") == "weight" ? greedyWeight : 1
    keysHeld = settings.integer("keys.held")
    inProgress = settings.integer("in.progress")
    retry = RetryPolicy(
      maxAttempts: settings.integer("retry"),
      backoff: Backoff(growth: .fixed, base: settings.span("retry.wait")),
      isRetryAfterHonoured: settings.flag("retry.after"))
    spread = settings.span("retry.spread")
    duration = settings.span("duration")
    isSticky = settings.word("balance") == "by-key"
    tenants = settings.integer("tenants")
    rate = settings.number("rate")
    page = settings.integer("page")
    nat = settings.integer("nat")
    greedy = settings.number("greedy")
    shape = Shape(rawValue: settings.word("greedy.shape")) ?? .steady
    greedyEvery = settings.span("greedy.every")
    greedyIDs = settings.integer("greedy.ids")
    timeout = settings.span("timeout")
    network = settings.span("network")
    storeTime = settings.span("store.time")
    slots = settings.integer("backend.slots")
    backendTime = .gamma(shape: 4, mean: settings.span("backend.time"))
    queueLimit = settings.integer("backend.queue")
  }

  private static func limiter(
    _ settings: Settings, _ shortcut: RateShortcut?
  ) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = RateLimiter.Kind(rawValue: settings.word("algorithm")) ?? .tokenBucket
    options.rate = RateLimit(settings.integer("limit"), per: settings.span("window"))
    options.burst = settings.integer("limit.burst")
    options.delayAbove = settings.integer("delay")
    options.isCountingDenied = settings.flag("counts.denied")
    options.shortcut = shortcut
    return options
  }

  private static func node(
    _ settings: Settings, _ sharing: Sharing, _ rate: RateLimit, _ shortcut: RateShortcut?
  ) -> LimiterNode.Options {
    var options = LimiterNode.Options(limit: rate, nodes: settings.integer("gateways"))
    options.mode =
      switch sharing {
      case .own, .central: .central
      case .split: .split
      case .synced: .synced(every: settings.span("sync.every"))
      case .leased: .leased(batch: settings.integer("lease.batch"))
      }
    options.patience = settings.span("patience")
    options.fallback = LimiterNode.Fallback(rawValue: settings.word("fallback")) ?? .local
    options.shortcut = shortcut
    return options
  }

  /// The limiter of an address, with key=both.
  var addressLimiter: RateLimiter.Options {
    var options = limiter
    options.rate = RateLimit(
      limiter.rate.permits * addressFactor, per: limiter.rate.period)
    options.burst = limiter.burst * addressFactor
    options.delayAbove = limiter.delayAbove.map { $0 * addressFactor }
    return options
  }

  /// The permits that a request of a sender takes.
  func cost(of sender: Int) -> Int { sender == greedySender ? greedyCost : 1 }

  /// The number that stands for the greedy client among the senders: behind the tenants.
  var greedySender: Int { tenants }
}
