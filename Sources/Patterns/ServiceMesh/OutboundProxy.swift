import Kernel

/// The side of a sidecar that calls: it knows one service's endpoints and chooses one for each try.
///
///     route ─▶ subset by weight ─▶ room? ─▶ level (zone) by health ─▶ endpoint by balancer
///       │            │               │              │
///       NR           NC              UO             UH
///
/// The letters are Envoy's response flags: no route, no cluster, overflow, no healthy host. All four
/// are answered with a 503 by the caller's own sidecar, before anything was sent.
///
/// What it goes by is the configuration pushed last. It keeps it when the control plane is gone.
///
/// **An endpoint that is taken out gets no request except in panic. Requests under way never exceed
/// the limit. Retries never exceed the budget.**
///
/// Source: envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
/// (response flags); the machines that it is made of name theirs.
public struct OutboundProxy: Sendable, Equatable {
  /// Where an endpoint is and what runs there.
  public struct Endpoint: Sendable, Hashable {
    /// The zone.
    public let zone: Int
    /// The subset: the version that runs there.
    public let subset: Int

    /// An endpoint.
    public init(zone: Int, subset: Int) {
      self.zone = zone
      self.subset = subset
    }
  }

  /// What becomes of a try.
  public enum Choice: Sendable, Hashable {
    /// It goes to this endpoint; in panic it may be one that was taken out.
    case endpoint(Int, isPanic: Bool)
    /// No route: NR.
    case noRoute
    /// The route names a subset that the proxy does not know: NC.
    case noCluster(Int)
    /// Too many requests are under way: UO.
    case overflow
    /// No endpoint is healthy: UH.
    case noHealthyHost
  }

  /// Something that happened to an endpoint.
  public struct Change: Sendable, Hashable {
    /// The endpoint.
    public let endpoint: Int
    /// Whether it was taken out or is back.
    public let isOut: Bool
  }

  /// Endpoints of one subset at one level, with a balancer by health and one that ignores it.
  struct Group: Sendable, Equatable {
    let subset: Int
    let level: Int
    var endpoints: [Int] = []
    var balancer: Balancer
    var panicBalancer: Balancer
  }

  /// The options.
  public let options: Options
  /// The endpoints, in the order in which they were given.
  public let endpoints: [Endpoint]
  /// The routes pushed last; nil before the first.
  public internal(set) var routes: MeshRoutes?
  /// The subsets pushed last.
  public internal(set) var subsets: [Int]
  /// Requests under way.
  public private(set) var inflight = 0
  /// What bounds the retries.
  public var budget: RetryBudget
  /// The outlier detector, where there is one.
  public internal(set) var detector: OutlierDetector?
  var accruals: [FailureAccrual]
  var isListed: [Bool]
  var groups: [Group]
  /// The group of each endpoint and its place there.
  let groupOf: [Int]
  let placeOf: [Int]
  var accrualRandom: RandomStream
  var changes: [Change] = []

  /// A proxy in `zone` that knows `endpoints` and the subsets `subsets`.
  public init(
    _ options: Options, zone: Int, endpoints: [Endpoint], routes: MeshRoutes?, subsets: [Int],
    random: RandomStream
  ) {
    self.options = options
    self.endpoints = endpoints
    self.routes = routes
    self.subsets = subsets
    budget = RetryBudget(options.budget, shortcut: options.budgetShortcut)
    accruals = endpoints.map { _ in FailureAccrual() }
    isListed = endpoints.map { _ in true }
    accrualRandom = random
    var made: [Group] = []
    var groupOf: [Int] = []
    var placeOf: [Int] = []
    for (index, endpoint) in endpoints.enumerated() {
      let level = options.locality == .failover && endpoint.zone != zone ? 1 : 0
      var place = made.firstIndex { $0.subset == endpoint.subset && $0.level == level }
      if place == nil {
        let empty = Balancer(options.algorithm, weights: [])
        made.append(
          Group(subset: endpoint.subset, level: level, balancer: empty, panicBalancer: empty))
        place = made.count - 1
      }
      groupOf.append(place ?? 0)
      placeOf.append(made[place ?? 0].endpoints.count)
      made[place ?? 0].endpoints.append(index)
    }
    for group in made.indices {
      let weights = made[group].endpoints.map { _ in 1 }
      made[group].balancer = Balancer(options.algorithm, weights: weights)
      made[group].panicBalancer = made[group].balancer
    }
    groups = made
    self.groupOf = groupOf
    self.placeOf = placeOf
    if case .outlier(let outlier) = options.ejection {
      detector = OutlierDetector(outlier, hostCount: endpoints.count)
    }
  }

  /// Takes a part of the configuration over.
  public mutating func adopt(_ part: MeshPart) {
    switch part {
    case .clusters(let known): subsets = known
    case .routes(let wanted): routes = wanted
    case .peers, .authorization, .trust: break
    }
  }

  /// Throws the routes away, as a sidecar that starts without its control plane has none.
  public mutating func forget() { routes = nil }

  /// Takes note that an endpoint is, or is no longer, among those that discovery names.
  public mutating func list(_ endpoint: Int, _ yes: Bool, at now: Instant) {
    isListed[endpoint] = yes
    settle(endpoint, at: now)
  }

  /// Whether an endpoint is named by discovery and was not taken out.
  public func isHealthy(_ endpoint: Int) -> Bool {
    groups[groupOf[endpoint]].balancer.hosts[placeOf[endpoint]].condition == .healthy
  }

  /// What was taken out or came back since this was asked last.
  public mutating func takeChanges() -> [Change] {
    defer { changes = [] }
    return changes
  }

  /// The endpoint for a try of a request that was sent to `tried` before.
  public mutating func choose(
    tried: HostsTried = HostsTried(), at now: Instant, using random: inout RandomStream
  ) -> Choice {
    refresh(at: now)
    guard let routes, routes.total > 0, let subset = routes.subset(at: random.below(routes.total))
    else { return .noRoute }
    return choose(subset: subset, tried: tried, at: now, using: &random)
  }

  /// The endpoint for a try that must go to `subset`.
  public mutating func choose(
    subset: Int, tried: HostsTried = HostsTried(), at now: Instant,
    using random: inout RandomStream
  ) -> Choice {
    guard subsets.contains(subset) else { return .noCluster(subset) }
    guard options.maxRequests == 0 || inflight < options.maxRequests else { return .overflow }
    let levels = levels(of: subset)
    let total = PriorityLoad.totalHealth(levels, overprovisioning: options.overprovisioning)
    let shares = PriorityLoad.shares(levels, overprovisioning: options.overprovisioning)
    var place = random.below(100)
    for (level, share) in shares.enumerated() {
      guard place >= share else {
        let healthy = levels[level].healthy
        let isPanic =
          total < 100 && options.panicPercent > 0
          && healthy * 100 < options.panicPercent * levels[level].total
        return pick(subset, level, isPanic: isPanic, tried: tried, at: now, using: &random)
      }
      place -= share
    }
    return .noHealthyHost
  }

  private mutating func pick(
    _ subset: Int, _ level: Int, isPanic: Bool, tried: HostsTried, at now: Instant,
    using random: inout RandomStream
  ) -> Choice {
    guard let group = groups.firstIndex(where: { $0.subset == subset && $0.level == level }) else {
      return .noHealthyHost
    }
    var triedHere = HostsTried()
    for (place, endpoint) in groups[group].endpoints.enumerated() where tried.contains(endpoint) {
      triedHere.insert(place)
    }
    let first =
      isPanic
      ? groups[group].panicBalancer.pick(key: 0, tried: triedHere, at: now, using: &random)
      : groups[group].balancer.pick(key: 0, tried: triedHere, at: now, using: &random)
    if let first { return .endpoint(groups[group].endpoints[first], isPanic: isPanic) }
    // Every endpoint here was tried: rather the same again than none.
    let again =
      isPanic
      ? groups[group].panicBalancer.pick(key: 0, at: now, using: &random)
      : groups[group].balancer.pick(key: 0, at: now, using: &random)
    guard let again else { return .noHealthyHost }
    return .endpoint(groups[group].endpoints[again], isPanic: isPanic)
  }

  /// The health of each level of `subset`, the own zone first.
  public func levels(of subset: Int) -> [PriorityLoad.Level] {
    (0...(options.locality == .failover ? 1 : 0)).map { level in
      guard let group = groups.first(where: { $0.subset == subset && $0.level == level }) else {
        return PriorityLoad.Level(healthy: 0, of: 0)
      }
      return PriorityLoad.Level(
        healthy: group.balancer.healthyCount, of: group.balancer.hosts.count)
    }
  }

  /// Takes note that a try was sent to an endpoint.
  public mutating func started(_ endpoint: Int, isRetry: Bool, at now: Instant) {
    inflight += 1
    budget.attemptStarted(isRetry ? .retry : .first, at: now)
    groups[groupOf[endpoint]].balancer.started(placeOf[endpoint], at: now)
    groups[groupOf[endpoint]].panicBalancer.started(placeOf[endpoint], at: now)
    accruals[endpoint].started()
    if case .accrual = options.ejection { settle(endpoint, at: now) }
  }

  /// Takes note of how a try at an endpoint ended; nil counts as neither good nor bad, as when it
  /// was turned away by policy.
  public mutating func finished(
    _ endpoint: Int, _ result: OutlierDetector.Result?, isRetry: Bool, failure: CallFailure?,
    cost: Int, latency: TimeSpan, at now: Instant
  ) {
    inflight -= 1
    budget.attemptEnded(isRetry ? .retry : .first, failure: failure, cost: cost, at: now)
    let isGood = result == nil || result == .success
    groups[groupOf[endpoint]].balancer.finished(
      placeOf[endpoint], succeeded: isGood, latency: latency, at: now)
    groups[groupOf[endpoint]].panicBalancer.finished(
      placeOf[endpoint], succeeded: isGood, latency: latency, at: now)
    judge(endpoint, result, at: now)
  }
}
