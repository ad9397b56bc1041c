import Kernel
import Patterns
import Simulation

/// The settings of a run, read once.
struct MeshSettings: Sendable {
  /// What is changed while the mesh runs.
  enum Change: String, Sendable {
    case none, strict, authz, canary, rotateRoot = "rotate-root", typo
  }

  /// The service accounts, in the order of their identities.
  static let services = ["ingress", "front", "orders", "stock", "batch", "intruder"]
  static let zoneNames = ["a", "b", "c"]

  let design: MeshDesign
  let shortcut: MeshShortcut?
  let appRetries: Int
  let isBatchMeshed: Bool
  let allowed: [Int]
  let rootOverlap: TimeSpan
  let rootKeep: TimeSpan
  let isRoutesFirst: Bool
  let changeGap: TimeSpan
  let isStaged: Bool
  let canaryWeight: Double
  let mirrorShare: Double
  let isCanaryWatched: Bool
  let change: Change
  let changeAt: TimeSpan
  let canaryErrors: Double
  let rate: Double
  let isPoisson: Bool
  let duration: TimeSpan
  let batchRate: Double
  let intruderRate: Double
  let zones: Int
  let replicas: Int
  let slots: Int
  let service: Distribution
  let queueLimit: Int
  let timeout: TimeSpan
  let network: TimeSpan
  let networkZone: TimeSpan
  let pushDelay: TimeSpan
  let connectionAge: TimeSpan
  let discovery: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    let shortcut = mutant.flatMap(MeshShortcut.init(rawValue:))
    self.shortcut = shortcut
    var design = MeshPreset.plain.design(settings)
    design.take(shortcutCalled: mutant)
    design.control.checksRoutes = settings.flag("push.checks")
    self.design = design
    appRetries = settings.integer("retry.app")
    isBatchMeshed = settings.flag("batch.sidecar")
    switch settings.word("authz.allow") {
    case "nobody": allowed = []
    case "orders": allowed = [2]
    default: allowed = [2, 4]
    }
    rootOverlap = settings.span("root.overlap")
    rootKeep = settings.span("root.keep")
    isRoutesFirst = settings.word("change.order") == "routes-first"
    changeGap = settings.span("change.gap")
    isStaged = settings.flag("push.stages")
    canaryWeight = settings.number("canary.weight")
    mirrorShare = settings.number("canary.mirror")
    isCanaryWatched = settings.flag("canary.watch")
    change = Change(rawValue: settings.word("change")) ?? .none
    changeAt = settings.span("change.at")
    canaryErrors = settings.number("canary.errors")
    rate = settings.number("rate")
    isPoisson = settings.word("arrivals") == "poisson"
    duration = settings.span("duration")
    batchRate = settings.number("batch.rate")
    intruderRate = settings.number("intruder.rate")
    zones = settings.integer("zones")
    replicas = settings.integer("replicas")
    slots = settings.integer("slots")
    service = .gamma(shape: 4, mean: settings.span("service"))
    queueLimit = settings.integer("queue")
    timeout = settings.span("timeout")
    network = settings.span("network")
    networkZone = settings.span("network.zone")
    pushDelay = settings.span("push.delay")
    connectionAge = settings.span("connection.age")
    discovery = settings.span("discovery")
  }

  /// How long the caller at a hop waits for one try: 0 to front, 1 to orders, 2 to stock.
  func patience(_ hop: Int) -> TimeSpan { timeout * (hop == 0 ? 4 : hop == 1 ? 2 : 1) }

  /// Every node, in the order of the roster.
  var plan: [MeshNode.Plan] {
    var plan: [MeshNode.Plan] = []
    let zoneNames = Self.zoneNames.prefix(zones)
    for (zone, letter) in zoneNames.enumerated() {
      plan.append(.init(name: "ingress-\(letter)", service: 0, zone: zone, subset: 1))
    }
    for service in 1...3 {
      for (zone, letter) in zoneNames.enumerated() {
        for copy in 1...replicas {
          let name = "\(Self.services[service])-\(letter)\(copy)"
          plan.append(.init(name: name, service: service, zone: zone, subset: 1))
        }
      }
      guard service == 2 else { continue }
      for (zone, letter) in zoneNames.enumerated() {
        plan.append(.init(name: "canary-\(letter)", service: 2, zone: zone, subset: 2))
      }
    }
    plan.append(.init(name: "batch", service: 4, zone: 0, subset: 1))
    plan.append(.init(name: "intruder", service: 5, zone: 0, subset: 1))
    return plan
  }
}

extension MeshDesign {
  /// Takes on the deliberate bug called `mutant`, if it is one of a machine of the mesh.
  mutating func take(shortcutCalled mutant: String?) {
    guard let mutant else { return }
    let shortcut = MeshShortcut(rawValue: mutant)
    agent.shortcut = shortcut
    control.shortcut = shortcut
    outbound.budgetShortcut = RetryShortcut(rawValue: mutant)
    if let outlier = OutlierShortcut(rawValue: mutant),
      case .outlier(var options) = outbound.ejection
    {
      options.shortcut = outlier
      outbound.ejection = .outlier(options)
    }
  }
}
