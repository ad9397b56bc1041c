import Kernel
import Patterns
import Simulation

/// Who is who: nodes, lease store or Sentinels, resource, two groups of clients.
struct FailoverRoster: Sendable {
  let roster: Roster
  let nodes: [NodeID]
  let stores: [NodeID]
  let resource: NodeID
  let clients: [NodeID]

  init(nodes count: Int, election: String) {
    let third = election == "sentinel" ? "sentinel" : "dcs"
    let names =
      (1...count).map { "n\($0)" } + (1...3).map { "\(third)-\($0)" }
      + ["storage", "clients-1", "clients-2"]
    roster = Roster(names)
    nodes = (0..<count).map(NodeID.init)
    stores = (count..<count + 3).map(NodeID.init)
    resource = NodeID(count + 3)
    clients = [NodeID(count + 4), NodeID(count + 5)]
  }

  /// The processes that run machines.
  var memberCount: Int { nodes.count + 4 }
}

/// The settings of a run, read once.
struct FailoverSetup: Sendable {
  enum Route: String, Sendable { case vip, dns }

  let roster: FailoverRoster
  let mode: String
  let election: String
  let lease: LeaseOptions
  /// How Sentinels watch; nil where nobody asks them.
  let sentinel: SentinelOptions?
  let redis: RedisOptions
  let secondPriority: Int
  let cluster: ClusterSetup
  let advertInterval: TimeSpan
  let preempts: Bool
  let phi: Double?
  let rule: ConflictRule
  let acks: Int
  let isShared: Bool
  let isFenced: Bool
  let checksLease: Bool
  let errorLimit: Int
  let openingTime: TimeSpan
  let failbackAfter: TimeSpan?
  let route: Route
  let dnsTTL: TimeSpan
  let retries: Int
  let timeout: TimeSpan
  let rate: Double
  let keys: Int
  let duration: TimeSpan
  let isWallClock: Bool
  let mutant: String?

  /// From when figures count: the first leader is elected before.
  static let warmUp = TimeSpan.seconds(20)

  init(_ settings: Settings, mutant: String? = nil) {
    self.mutant = mutant
    mode = settings.word("mode")
    election = settings.word("election")
    roster = FailoverRoster(nodes: settings.integer("nodes"), election: election)
    let shortcut = mutant.flatMap(FailoverShortcut.init(rawValue:))
    sentinel =
      election == "sentinel" && mode != "active-active"
      ? SentinelOptions(
        quorum: settings.integer("quorum"), downAfter: settings.span("down.after"),
        failoverTimeout: settings.span("failover.timeout"),
        parallelSyncs: settings.integer("parallel.syncs"), shortcut: shortcut) : nil
    redis = RedisOptions(
      firstPrimary: roster.nodes[0], minReplicas: settings.integer("min.replicas"),
      maxLag: settings.span("min.replicas.lag"), syncTime: settings.span("sync.time"))
    secondPriority = settings.integer("n2.priority")
    cluster = ClusterSetup(settings, roster: roster, shortcut: shortcut)
    let lag = settings.integer("maximum.lag")
    var lease = LeaseOptions(
      leaseDuration: settings.span("lease"), renewDeadline: settings.span("renew.deadline"),
      retryPeriod: settings.span("retry.period"), maximumLag: lag == 0 ? nil : lag)
    lease.isFailsafe = settings.flag("failsafe")
    lease.shortcut = shortcut
    self.lease = lease
    advertInterval = settings.span("advert.interval")
    preempts = settings.word("failback") == "automatic"
    phi = settings.word("detector") == "phi" ? settings.number("phi.threshold") : nil
    rule = ConflictRule(rawValue: settings.word("conflict")) ?? .merge
    acks = min(settings.integer("acks"), settings.integer("nodes") - 1)
    isShared = settings.word("data") == "shared"
    isFenced = settings.flag("fencing")
    checksLease = settings.flag("lease.check")
    errorLimit = settings.integer("error.limit")
    openingTime = settings.span("opening.time")
    failbackAfter =
      settings.word("failback") == "automatic" ? settings.span("failback.after") : nil
    route = Route(rawValue: settings.word("route")) ?? .vip
    dnsTTL = settings.span("dns.ttl")
    retries = settings.integer("retries")
    timeout = settings.span("timeout")
    rate = settings.number("rate")
    keys = settings.integer("keys")
    duration = settings.span("duration")
    isWallClock = settings.word("clock") == "wall"
  }

  var isActiveActive: Bool { mode == "active-active" }

  var end: Instant { .zero + Self.warmUp + duration }

  /// n2 may be kept from ever becoming the primary; the others have the usual priority.
  private func server(_ node: NodeID) -> RedisOptions {
    var server = redis
    if node == roster.nodes[1] { server.priority = secondPriority }
    return server
  }

  func options(of node: NodeID) -> FailoverNodeOptions {
    let kind: FailoverNodeOptions.Election =
      if isActiveActive {
        .everybody(rule)
      } else if election == "router" {
        .router(
          RouterOptions(
            advertInterval: advertInterval, priority: 200 - node.index * 50, preempts: preempts,
            preemptDelay: failbackAfter ?? .zero, phi: phi))
      } else if election == "sentinel" {
        .sentinel(server(node))
      } else if election == "cluster" {
        .cluster(cluster.options)
      } else {
        .lease(lease)
      }
    return FailoverNodeOptions(
      election: kind, peers: roster.nodes.filter { $0 != node }, stores: roster.stores,
      clients: roster.clients, resource: isShared && !isActiveActive ? roster.resource : nil,
      acks: acks, openingTime: openingTime,
      standsBack: node.index == 0 ? .zero : .seconds(15), checksLease: checksLease,
      failback: failbackAfter.map { .init(to: roster.nodes[0], after: $0) },
      shortcut: mutant.flatMap(FailoverShortcut.init(rawValue:)))
  }
}
