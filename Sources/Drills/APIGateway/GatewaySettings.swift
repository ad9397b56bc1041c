import Kernel
import Patterns
import Simulation

/// The settings of a run, read once.
struct GatewaySettings: Sendable {
  static let consumers = ["acme", "bolt", "crow"]
  static let services = ["catalog", "accounts", "prices"]
  /// The audience of this gateway.
  static let audience = 1

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

  init(_ settings: Settings, mutant: String? = nil) {
    let shortcut = mutant.flatMap(GatewayShortcut.init(rawValue:))
    self.shortcut = shortcut
    var design = GatewayPreset.plain.design(settings)
    stands = settings.word("stands")
    // Only a gateway looks at tokens and knows consumers; a mesh sees one workload call.
    design.verifies = stands == "gateway"
    if stands != "gateway" { design.counting = .everybody }
    if stands == "balancer" { design.limit = nil }
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
  }

  static let routes = RouteTable([
    .init(path: "/catalog", upstreams: [.init("catalog")]),
    .init(path: "/account", upstreams: [.init("accounts")]),
    .init(path: "/page", upstreams: [.init("catalog"), .init("prices")]),
  ])

  /// The services that a route's answer is made of.
  static let partsOfRoute = [[0], [1], [0, 2]]

  var node: GatewayNode {
    GatewayNode(
      routes: Self.routes,
      verifier: design.verifies
        ? TokenVerifier(audience: Self.audience, leeway: design.leeway, shortcut: shortcut) : nil,
      keys: SigningKeyCache(design.keys), limit: scope == "shared" ? nil : design.limit,
      counting: design.counting, cache: ResponseCache(design.cache))
  }

  /// The gateways, then the instances, then the store of limits, the issuer and the clients.
  var names: [String] {
    (1...gateways).map { "gateway-\($0)" }
      + Self.services.flatMap { name in (1...instances).map { "\(name)-\($0)" } }
      + ["limits", "issuer", "client"]
  }
}
