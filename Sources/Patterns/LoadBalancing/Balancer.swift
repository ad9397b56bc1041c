import Kernel

/// Chooses a host for each request, and knows no more than what it is told.
///
///     joined ──ramp over──▶ healthy ◀──▶ unhealthy        healthy ──drain──▶ draining
///
/// The caller asks `pick`, reports `started` when it sends, and `finished` once for each start,
/// whether the request succeeded, failed or was given up: a balancer by load that is not told of an
/// end takes the host for busy for ever. Its counts are its own. Another balancer in front of the
/// same hosts knows nothing of them, and that is why two of them can both choose the same idle host.
///
/// **Every pick is a healthy host with room that was not tried before, except in panic. Counts
/// of requests under way are the starts less the ends. The same key finds the same host while
/// nothing changes.** A pick allocates nothing; a change of health rebuilds a Maglev table.
///
/// Source: the tools named by the algorithms and options.
public struct Balancer: Sendable, Equatable {
  /// What the balancer may do with a host.
  public enum Condition: String, Sendable, Hashable {
    /// It gets requests.
    case healthy
    /// It gets none, except in panic.
    case unhealthy
    /// It ends what it has and gets nothing new, not even in panic.
    case draining
  }

  /// What the balancer knows of one host.
  public struct Host: Sendable, Equatable {
    /// Its share beside the others'; at least 1.
    public let weight: Int
    /// What the balancer may do with it.
    public internal(set) var condition = Condition.healthy
    /// Requests this balancer sent that have not ended.
    public internal(set) var inflight = 0
    /// Requests this balancer sent.
    public internal(set) var picks = 0
    /// The load that was last reported of it, for balancers that go by reports.
    public internal(set) var reported = 0
    /// When its slow start began; nil when it is at its weight.
    public internal(set) var rampFrom: Instant?

    /// What it weighs after failures; nginx `effective_weight`.
    public internal(set) var effectiveWeight: Int
    /// Its credit in smooth round robin; nginx `current_weight`.
    public internal(set) var currentWeight = 0
    /// Failures that count against it; nginx `fails`.
    public internal(set) var fails = 0
    /// The second of its last failure; nginx `accessed`.
    var failedSecond: Int64 = 0
    /// The second it was last looked at again; nginx `checked`.
    var checkedSecond: Int64 = 0

    /// Its peak latency in nanoseconds, as of `latencyAt`.
    var latency: Double
    var latencyAt: Instant
    /// When its turn comes in a round robin by deadlines.
    var deadline = 0.0
    /// Since when it stands at its load, as a count of changes.
    var stamp = 0

    init(weight: Int, latency: TimeSpan, at now: Instant) {
      precondition(weight >= 1, "a host weighs at least 1")
      self.weight = weight
      effectiveWeight = weight
      self.latency = Double(latency.nanoseconds)
      latencyAt = now
    }
  }

  /// How it chooses.
  public let algorithm: BalancingAlgorithm
  /// What was set beside that.
  public let options: Options
  /// The hosts, in the order they joined.
  public internal(set) var hosts: [Host] = []
  /// Requests under way at all hosts.
  public internal(set) var inflight = 0
  /// Healthy hosts.
  public internal(set) var healthyCount = 0

  var last = -1
  var rampingCount = 0
  var changes = 0
  var clock = 0.0
  /// What the credits of all hosts add up to: 0 less what hosts gave up that came back.
  var credit = 0
  var isUniform = true
  var tree = ElasticTree()
  var ring = ConsistentHashRing()
  var bids = RendezvousPlacement()
  var table: MaglevTable?
  var map = StaticServerMap(weights: [])

  /// A balancer over healthy hosts of the given weights, each at least 1.
  public init(
    _ algorithm: BalancingAlgorithm, weights: [Int], options: Options = Options(),
    at start: Instant = .zero
  ) {
    precondition(options.choices > 0, "a pick needs a choice")
    precondition(options.balanceFactorPercent > 100, "the factor must leave room above the mean")
    precondition(options.ewmaDecay > .zero, "a peak must be forgotten some time")
    self.algorithm = algorithm
    self.options = options
    for weight in weights {
      hosts.append(Host(weight: weight, latency: options.ewmaStart, at: start))
    }
    healthyCount = hosts.count
    for host in hosts.indices { tree.append(weight: 16 * hosts[host].weight) }
    rebuild()
  }

  /// The weights of the hosts.
  public var weights: [Int] { hosts.map(\.weight) }

  /// Requests under way at `host`, as far as this balancer sent them.
  public func inflight(of host: Int) -> Int { hosts[host].inflight }

  /// What counts as the load of `host`: its own requests there, or the last report.
  func load(_ host: Int) -> Int {
    options.usesReports ? hosts[host].reported : hosts[host].inflight
  }

  /// Takes note of the load that `host` has, whoever sent it.
  public mutating func report(_ host: Int, load: Int) { hosts[host].reported = load }

  /// Whether the share of healthy hosts is so small that health is ignored.
  public var isPanicking: Bool {
    options.panicPercent > 0 && healthyCount * 100 < options.panicPercent * hosts.count
  }
}

extension Balancer {
  /// The host for a request of `key` that was already sent to `tried`, or nil when there is none.
  ///
  /// Ties go to the host that joined first; `random` is drawn from by the random algorithms only.
  /// `among` names the hosts that come into question, a bit each, as of one zone; by itself all do.
  public mutating func pick(
    key: UInt64, tried: HostsTried, among: UInt64 = .max, at now: Instant,
    using random: inout RandomStream
  ) -> Int? {
    if rampingCount > 0 { endRamps(at: now) }
    let tried = options.shortcut == .retriesTriedHost ? HostsTried() : tried
    let search = Search(
      tried: tried, among: among, second: Self.second(now), isPanicking: isPanicking)
    let host = chosen(key, search, at: now, using: &random)
    guard let host else { return nil }
    hosts[host].picks += 1
    if options.maxFails > 0 { lookAgain(at: host, second: search.second) }
    return host
  }

  /// The host for a request of `key` that was already sent to the host `excluding`, -1 for none.
  public mutating func pick(
    key: UInt64, excluding: Int32 = -1, at now: Instant, using random: inout RandomStream
  ) -> Int? {
    pick(key: key, tried: HostsTried(excluding), at: now, using: &random)
  }

  /// Takes note that a request was sent to `host`.
  public mutating func started(_ host: Int, at now: Instant) {
    hosts[host].inflight += 1
    inflight += 1
    moved(host)
  }

  /// Takes note that a request at `host` ended, or was given up (`succeeded` false).
  public mutating func finished(
    _ host: Int, succeeded: Bool, latency: TimeSpan, at now: Instant
  ) {
    if succeeded || options.shortcut != .leaksOnFailure {
      precondition(hosts[host].inflight > 0, "host \(host) has nothing under way")
      hosts[host].inflight -= 1
      inflight -= 1
      moved(host)
    }
    if algorithm == .peakEWMA {
      let isPenalty = !succeeded && options.shortcut != .rewardsFastFailure
      observe(isPenalty ? max(latency, options.failurePenalty) : latency, at: host, now)
    }
    if options.maxFails > 0 { judge(host, succeeded: succeeded, second: Self.second(now)) }
  }

  /// A host's requests under way changed: it goes behind the others of its new load.
  private mutating func moved(_ host: Int) {
    guard algorithm == .leastConnectionsTree else { return }
    changes += 1
    hosts[host].stamp = changes
  }

  private mutating func chosen(
    _ key: UInt64, _ search: Search, at now: Instant, using random: inout RandomStream
  ) -> Int? {
    switch algorithm {
    case .roundRobin:
      rampingCount > 0 ? smooth(search, at: now) : inTurn(search)
    case .weightedRoundRobin: smooth(search, at: now)
    case .elasticRoundRobin: elastic(search, at: now)
    case .staticRoundRobin: alongMap(search)
    case .random: drawn(search, using: &random)
    case .weightedRandom: drawnByWeight(search, at: now, using: &random)
    case .leastConnections: leastConnected(search, at: now)
    case .leastConnectionsTree: leastConnectedLongest(search, at: now)
    case .powerOfTwo: lessLoadedOfTwo(search, at: now, using: &random)
    case .leastRequest: leastRequested(search, at: now, using: &random)
    case .peakEWMA: fasterOfTwo(search, at: now, using: &random)
    case .ringHash: alongRing(key, search)
    case .maglev: inTable(key, search)
    case .rendezvous: highestBid(key, search)
    case .boundedLoad: alongBoundedRing(key, search)
    }
  }
}
