import Kernel
import Patterns
import Simulation

/// The settings of a run, read once.
struct GatewaySettings: Sendable {
  static let consumers = ["acme", "bolt", "crow"]
  static let services = ["catalog", "accounts", "prices", "next"]
  /// The next version of catalog, which stands beside it.
  static let nextVersion = 3
  static let accounts = 1
  /// Who calls inside the mesh: the edge, and a job that has no business with accounts.
  static let edge = 1
  static let batchJob = 2

  let design: GatewayDesign
  let shortcut: GatewayShortcut?
  let stands: String
  let scope: String
  let failsOpen: Bool
  let workers: Int
  let pageTimeout: TimeSpan
  let isPriceOptional: Bool
  let rotateAhead: TimeSpan
  let rotateKeep: TimeSpan
  let rotateAt: TimeSpan
  let rate: Double
  let flood: Double
  let accountShare: Double
  let pageShare: Double
  let forgedRate: Double
  let tokenLife: TimeSpan
  let duration: TimeSpan
  let gateways: Int
  let instances: Int
  let slots: Int
  let service: Distribution
  let queueLimit: Int
  let network: TimeSpan
  let canaryWeight: Double
  let sticksToClient: Bool
  let isCanaryWatched: Bool
  let log: AccessLog.Options
  let keyedShare: Double
  let thiefRate: Double
  let revokeAt: TimeSpan
  let spoofRate: Double
  let insideRate: Double
  /// What stands before each instance, where there is a mesh.
  let inbound: InboundProxy?

  init(_ settings: Settings, mutant: String? = nil) {
    let shortcut = mutant.flatMap(GatewayShortcut.init(rawValue:))
    self.shortcut = shortcut
    var design = GatewayPreset.plain.design(settings)
    stands = settings.word("stands")
    // Only a gateway looks at credentials and knows consumers; a mesh sees one workload call.
    let isGateway = stands == "gateway" || stands == "both"
    if !isGateway {
      design.verifier = nil
      design.counting = .everybody
    }
    if stands == "balancer" { design.limit = nil }
    let isMesh = stands == "mesh" || stands == "both"
    inbound =
      isMesh
      ? InboundProxy(mode: .strict, policy: AuthorizationPolicy(allowed: [Self.edge])) : nil
    design.verifier?.shortcut = shortcut
    design.transform.shortcut = shortcut
    design.keys.shortcut = shortcut
    design.limit?.shortcut = mutant.flatMap(RateShortcut.init(rawValue:))
    scope = settings.word("limit.scope")
    gateways = settings.integer("gateways")
    if scope == "divided", let limit = design.limit {
      design.limit?.rate = RateLimit(max(1, limit.rate.permits / gateways), per: .seconds(1))
      design.limit?.burst = max(1, limit.burst / gateways)
    }
    self.design = design
    failsOpen = settings.word("limit.fails") == "open"
    workers = settings.integer("workers")
    pageTimeout = settings.span("page.timeout")
    isPriceOptional = settings.flag("page.optional")
    rotateAhead = settings.span("rotate.ahead")
    rotateKeep = settings.span("rotate.keep")
    rotateAt = settings.span("rotate.at")
    rate = settings.number("rate")
    flood = settings.number("flood")
    accountShare = settings.number("account.share")
    pageShare = settings.number("page.share")
    forgedRate = settings.number("forged.rate")
    tokenLife = settings.span("token.life")
    duration = settings.span("duration")
    instances = settings.integer("instances")
    slots = settings.integer("slots")
    service = .gamma(shape: 4, mean: settings.span("service"))
    queueLimit = settings.integer("queue")
    network = settings.span("network")
    canaryWeight = settings.number("canary.weight")
    sticksToClient = settings.word("canary.sticks") == "client"
    isCanaryWatched = settings.flag("canary.watch")
    var log = AccessLog.Options()
    log.sample = settings.number("log.sample")
    log.keepsErrors = settings.flag("log.errors")
    self.log = log
    keyedShare = settings.number("keyed.share")
    thiefRate = settings.number("thief.rate")
    revokeAt = settings.span("revoke.at")
    spoofRate = settings.number("spoof.rate")
    insideRate = settings.number("inside.rate")
  }

  static let routes = RouteTable([
    .init(
      path: "/catalog", upstreams: [.init("catalog", weight: 1_000), .init("next", weight: 0)]),
    .init(path: "/account", upstreams: [.init("accounts")]),
    .init(path: "/page", upstreams: [.init("catalog"), .init("prices")]),
  ])

  /// The services that a route's answer is made of.
  static let partsOfRoute = [[0], [1], [0, 2]]

  /// The routes with this share of `/catalog` for its next version.
  static func splitRoutes(next share: Double) -> RouteTable {
    let weight = Int((share * 1_000).rounded())
    return routes.weighted(0, [1_000 - weight, weight])
  }

  var node: GatewayNode {
    GatewayNode(
      design, routes: Self.splitRoutes(next: canaryWeight), consumers: Self.consumers,
      countsItself: scope != "shared", shortcut: shortcut)
  }

  /// The gateways, then the instances, the store of limits, the issuer, the table of API keys and
  /// the clients.
  var names: [String] {
    (1...gateways).map { "gateway-\($0)" }
      + Self.services.flatMap { name in (1...instances).map { "\(name)-\($0)" } }
      + ["limits", "issuer", "keystore", "client"]
  }
}
