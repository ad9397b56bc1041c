import Kernel
import Patterns

/// The settings of a run, read once.
struct BalanceSettings: Sendable {
  /// What counts as a failed try.
  enum Failures: String, CaseIterable {
    case broken, timeout, errors
  }

  /// What a host keeps of a client.
  enum State: String {
    case none, cache, session
  }

  let algorithm: BalancingAlgorithm
  let balancer: Balancer.Options
  let weakWeight: Int
  let reportEvery: TimeSpan?
  let isSticky: Bool
  let checkEvery: TimeSpan
  let checkTimeout: TimeSpan
  let isDeep: Bool
  let fall: Int
  let rise: Int
  let outliers: OutlierDetector.Options?
  let rule: NextUpstream
  let drain: TimeSpan
  let deployBatch: Int
  let isShared: Bool
  let duration: TimeSpan
  let rate: Double
  let clients: Int
  let hot: Double
  let writes: Double
  let timeout: TimeSpan
  let state: State
  let missTime: TimeSpan
  let balancers: Int
  let hosts: Int
  let join: Int
  let joinAt: TimeSpan
  let zones: Int
  let zoneRouting: ZoneRouting
  let zoneDelay: TimeSpan
  let slots: Int
  let queueLimit: Int
  let workMean: TimeSpan
  let work: Distribution
  let heavy: Double
  let heavyFactor: Double
  let weak: Int
  let weakFactor: Double
  let errorTime: TimeSpan
  let network: TimeSpan
  let coldFactor: Double
  let coldCalls: Int
  let deployAt: TimeSpan?
  let deployGap: TimeSpan
  let deployStart: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    algorithm = BalancingAlgorithm(rawValue: settings.word("algorithm")) ?? .roundRobin
    balancer = Self.balancer(settings, mutant.flatMap(BalancerShortcut.init(rawValue:)))
    weakWeight = settings.integer("weight.weak")
    reportEvery = settings.word("view") == "own" ? nil : settings.span("view.every")
    isSticky = settings.flag("sticky")
    checkEvery = settings.span("check.every")
    checkTimeout = settings.span("check.timeout")
    isDeep = settings.word("check.kind") == "deep"
    fall = settings.integer("fall")
    rise = settings.integer("rise")
    outliers = Self.outliers(settings)
    rule = Self.rule(settings)
    drain = settings.span("drain")
    deployBatch = settings.integer("deploy.batch")
    isShared = settings.word("session.store") == "shared"
    duration = settings.span("duration")
    rate = settings.number("rate")
    clients = settings.integer("clients")
    hot = settings.number("hot")
    writes = settings.number("writes")
    timeout = settings.span("timeout")
    state = State(rawValue: settings.word("state")) ?? .none
    missTime = settings.span("miss.time")
    balancers = settings.integer("balancers")
    hosts = settings.integer("hosts")
    join = settings.integer("join")
    joinAt = settings.span("join.at")
    zones = settings.integer("zones")
    zoneRouting = ZoneRouting(
      ZoneRouting.Policy(rawValue: settings.word("zone.routing")) ?? .none,
      minimumHosts: settings.integer("zone.minimum"))
    zoneDelay = settings.span("zone.delay")
    slots = settings.integer("slots")
    queueLimit = settings.integer("queue")
    workMean = settings.span("work")
    work = .gamma(shape: 4, mean: workMean)
    heavy = settings.number("heavy")
    heavyFactor = settings.number("heavy.factor")
    weak = settings.integer("weak")
    weakFactor = settings.number("weak.factor")
    errorTime = settings.span("error.time")
    network = settings.span("network")
    coldFactor = settings.number("cold.factor")
    coldCalls = settings.integer("cold.calls")
    let deploy = settings.span("deploy.at")
    deployAt = deploy > .zero ? deploy : nil
    deployGap = settings.span("deploy.gap")
    deployStart = settings.span("deploy.start")
  }

  private static func balancer(
    _ settings: Settings, _ shortcut: BalancerShortcut?
  ) -> Balancer.Options {
    var options = Balancer.Options()
    options.choices = settings.integer("choices")
    options.failurePenalty = settings.span("failure.penalty")
    options.balanceFactorPercent = settings.integer("load.factor")
    options.maxInflight = settings.integer("max.inflight")
    options.usesReports = settings.word("view") == "reported"
    options.panicPercent = settings.integer("panic")
    options.maxFails = settings.integer("max.fails")
    options.failTimeout = settings.span("fail.timeout")
    options.slowStart = settings.span("slow.start")
    options.shortcut = shortcut
    return options
  }

  private static func outliers(_ settings: Settings) -> OutlierDetector.Options? {
    guard settings.integer("outlier.5xx") > 0 else { return nil }
    var options = OutlierDetector.Options()
    options.consecutive5xx = settings.integer("outlier.5xx")
    options.maxEjectionPercent = Double(settings.integer("outlier.share"))
    options.alwaysEjectOneHost = true
    options.baseEjectionTime = settings.span("outlier.time")
    options.maxEjectionTime = max(options.maxEjectionTime, options.baseEjectionTime)
    options.enforcingSuccessRate = 0
    return options
  }

  private static func rule(_ settings: Settings) -> NextUpstream {
    var rule = NextUpstream()
    switch Failures(rawValue: settings.word("failure.is")) ?? .timeout {
    case .broken: rule.isTimeoutNext = false
    case .timeout: break
    case .errors: rule.statuses = [500, 503]
    }
    rule.isNonIdempotentNext = settings.flag("repeat.writes")
    rule.tries = settings.integer("tries")
    return rule
  }

  /// The zone of a host or a balancer.
  func zone(of number: Int) -> Int { number % zones }

  /// How many balancers stand in each zone.
  var frontsByZone: [Int] {
    (0..<zones).map { zone in (0..<balancers).count { self.zone(of: $0) == zone } }
  }

  /// Hosts at the start and those that join.
  var allHosts: Int { hosts + join }

  /// Whether `host` is one of the weak ones.
  func isWeak(_ host: Int) -> Bool { host < hosts && host >= hosts - weak }

  /// The weight of `host`.
  func weight(of host: Int) -> Int { isWeak(host) ? weakWeight : 10 }

  /// The names of hosts: by zone when there is more than one.
  static func hostNames(_ settings: Settings) -> [String] {
    let zones = settings.integer("zones")
    let count = settings.integer("hosts") + settings.integer("join")
    return (0..<count).map { host in
      let letter = ["a", "b", "c"][host % zones]
      return zones == 1 ? "host-\(host + 1)" : "\(letter)-\(host / zones + 1)"
    }
  }
}
