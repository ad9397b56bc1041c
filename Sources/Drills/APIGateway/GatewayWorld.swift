import Kernel
import Patterns
import Simulation

/// Everything that a run of the gateway changes.
///
///     clients ──▶ gateway (route, credential, limit, cache) ──▶ catalog | next, accounts, prices
///                    └── issuer: keys   └── keystore: API keys   └── limits: one count for all
struct GatewayWorld: World, Sendable {
  enum Event: Sendable {
    case arrival(Int32)
    case stranger(Stranger)
    case keysArrive(Int32, Int32)
    case fetchIsOver(Int32)
    case lookupArrives(Int32)
    case lookupAnswered(Int32, Int32)
    case lookupIsOver(Int32)
    case revocation
    case poll(Int32)
    case pollArrives(Int32)
    case revocationsArrive(Int32, Int32)
    case countArrives(Int32)
    case countAnswered(Int32, Bool)
    case countIsOver(Int32)
    case callArrives(Int32)
    case workEnds(Int32)
    case answerArrives(Int32)
    case patienceEnds(Int32)
    case retryIsDue(Int32)
    case pageIsOver(Int32)
    case faultIsDue
    case watch
  }

  /// Those who send what no consumer does.
  enum Stranger: Int, Sendable, CaseIterable { case forger, thief, spoofer, insider }

  /// How long a gateway waits for the issuer, and for the store of limits.
  static let sideTimeout = TimeSpan.seconds(1)
  static let countTimeout = TimeSpan.milliseconds(50)
  /// Tokens in use at each consumer, with staggered ages.
  static let clientsOfConsumer = 20

  let settings: GatewaySettings
  var environment: Environment
  var schedule: FaultSchedule
  var gateways: [GatewayProcess]
  var upstreams: [GatewayUpstream]
  var issuer: TokenIssuer
  /// Key sets on their way, by number: JSON documents.
  var keySets: [[UInt8]] = []
  /// The table of API keys, which of them each consumer uses, and the one that has leaked.
  var keyTable = APIKeyTable()
  var keysInUse: [Int] = []
  var leakedKey = 0
  var revokedAt: Instant?
  var shared: RateLimiterTable<Int>?
  var visits = Slab<GatewayVisit>()
  var parts = Slab<GatewayPart>()
  var calls = Slab<GatewayCall>()
  /// Visits whose count in the store is awaited.
  var counting: [Int: EventHandle] = [:]
  var tokens: [[CompactToken]] = []
  var tokenEnds: [[Instant]] = []
  /// Whether a client had the next version last; nil before its first answer of catalog.
  var lastVersions: [Bool?]
  var comparison = CanaryComparison()
  var isCanaryOut = false
  var log: AccessLog
  var tally: GatewayTally
  var checks: GatewayChecks
  var watch = EpisodeWatch<GatewayTrouble>()
  var openVisits = 0
  var turn = 0
  var strangers = [0, 0, 0, 0]
  var arrivalRandoms: [RandomStream]
  var strangerRandoms: [RandomStream]
  var kindRandom: RandomStream
  var keyedRandom: RandomStream
  var logRandom: RandomStream

  init(
    _ settings: GatewaySettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(settings.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    var options = Balancer.Options()
    options.maxFails = settings.design.maxFails
    let weights = (0..<settings.instances).map { _ in 1 }
    let balancer = Balancer(.roundRobin, weights: weights, options: options)
    gateways = (0..<settings.gateways).map { index in
      GatewayProcess(
        node: settings.node, balancers: GatewaySettings.services.map { _ in balancer },
        chooseRandom: RandomStream(seed: seed, name: "gateway-\(index)/choose"),
        retryRandom: RandomStream(seed: seed, name: "gateway-\(index)/retry"),
        splitRandom: RandomStream(seed: seed, name: "gateway-\(index)/split"))
    }
    upstreams = (0..<GatewaySettings.services.count * settings.instances).map { index in
      GatewayUpstream(
        serviceRandom: RandomStream(seed: seed, name: "upstream-\(index)/service"),
        errorRandom: RandomStream(seed: seed, name: "upstream-\(index)/errors"))
    }
    issuer = TokenIssuer(settings)
    if settings.scope == "shared", let limit = settings.design.limit {
      shared = RateLimiterTable(RateLimiter(limit), capacity: 10_000)
    }
    lastVersions = Array(
      repeating: nil, count: GatewaySettings.consumers.count * Self.clientsOfConsumer)
    log = AccessLog(settings.log, shown: 0)
    tally = GatewayTally(settings)
    checks = GatewayChecks(settings)
    arrivalRandoms = GatewaySettings.consumers.map {
      RandomStream(seed: seed, name: "\($0)/arrivals")
    }
    strangerRandoms = ["forged", "thief", "spoofer", "insider"].map {
      RandomStream(seed: seed, name: $0)
    }
    kindRandom = RandomStream(seed: seed, name: "kinds")
    keyedRandom = RandomStream(seed: seed, name: "keyed")
    logRandom = RandomStream(seed: seed, name: "log")
  }

  var limitsNode: NodeID { NodeID(gateways.count + upstreams.count) }
  var issuerNode: NodeID { NodeID(gateways.count + upstreams.count + 1) }
  var keystoreNode: NodeID { NodeID(gateways.count + upstreams.count + 2) }
  func upstreamNode(_ service: Int, _ instance: Int) -> NodeID {
    NodeID(gateways.count + service * settings.instances + instance)
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for consumer in GatewaySettings.consumers.indices {
      keysInUse.append(keyTable.issue(to: consumer))
      tokens.append([])
      tokenEnds.append([])
      for client in 0..<Self.clientsOfConsumer {
        let age = settings.tokenLife * (0.8 * Double(client) / Double(Self.clientsOfConsumer))
        tokens[consumer].append(token(for: consumer, wall: .zero - age, at: .zero))
        tokenEnds[consumer].append(.zero - age + settings.tokenLife)
      }
    }
    leakedKey = keysInUse[0]
    for consumer in 0..<3 { scheduleArrival(consumer, in: &queue) }
    for stranger in Stranger.allCases { scheduleStranger(stranger, in: &queue) }
    if settings.revokeAt > .zero { queue.schedule(.revocation, after: settings.revokeAt) }
    if settings.design.apiKeyPoll > .zero {
      for gateway in gateways.indices {
        queue.schedule(.poll(Int32(gateway)), after: settings.design.apiKeyPoll)
      }
    }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.watch, after: GatewayTally.step)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival(let consumer):
      takeRequest(Int(consumer), at: now, in: &queue)
      scheduleArrival(Int(consumer), in: &queue)
    case .stranger(let stranger):
      take(stranger, at: now, in: &queue)
      scheduleStranger(stranger, in: &queue)
    case .keysArrive(let gateway, let set): keysArrive(Int(gateway), Int(set), at: now, in: &queue)
    case .fetchIsOver(let gateway): fetchIsOver(Int(gateway), at: now, in: &queue)
    case .lookupArrives(let visit): lookupArrives(Int(visit), at: now, in: &queue)
    case .lookupAnswered(let visit, let consumer):
      lookupAnswered(Int(visit), Int(consumer), at: now, in: &queue)
    case .lookupIsOver(let visit): lookupIsOver(Int(visit), at: now, in: &queue)
    case .revocation: revoke(at: now)
    case .poll(let gateway): poll(Int(gateway), at: now, in: &queue)
    case .pollArrives(let gateway): pollArrives(Int(gateway), at: now, in: &queue)
    case .revocationsArrive(let gateway, let count):
      revocationsArrive(Int(gateway), Int(count))
    case .countArrives(let visit): countArrives(Int(visit), at: now, in: &queue)
    case .countAnswered(let visit, let isAllowed):
      countAnswered(Int(visit), isAllowed, at: now, in: &queue)
    case .countIsOver(let visit): countIsOver(Int(visit), at: now, in: &queue)
    case .callArrives(let call): callArrives(Int(call), at: now, in: &queue)
    case .workEnds(let call): workEnds(Int(call), at: now, in: &queue)
    case .answerArrives(let call): answerArrives(Int(call), at: now, in: &queue)
    case .patienceEnds(let call): patienceEnds(Int(call), at: now, in: &queue)
    case .retryIsDue(let part): send(Int(part), at: now, in: &queue)
    case .pageIsOver(let visit): pageIsOver(Int(visit), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  /// When a message arrives, nil when it is lost; a second copy of it is ignored.
  mutating func transmit(from source: NodeID, to target: NodeID, at now: Instant) -> Instant? {
    switch environment.network.transmit(from: source, to: target, at: now) {
    case .once(let at): at
    case .twice(let first, let second): min(first, second)
    case .lost, .cut: nil
    }
  }

  func name(_ node: NodeID) -> String { environment.roster.name(node) }
}
