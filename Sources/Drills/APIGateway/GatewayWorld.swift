import Kernel
import Patterns
import Simulation

/// Everything that a run of the gateway changes.
///
///     clients ──▶ gateway (route, token, limit, cache) ──▶ catalog, accounts, prices
///                    └── issuer: keys       └── limits: one count for all nodes
struct GatewayWorld: World, Sendable {
  enum Event: Sendable {
    case arrival(Int32)
    case forgery
    case keysArrive(Int32, Int32)
    case fetchIsOver(Int32)
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
  let issuer: TokenIssuer
  /// Key sets on their way, by number.
  var keySets: [[SigningKey]] = []
  var shared: RateLimiterTable<Int>?
  var visits = Slab<GatewayVisit>()
  var parts = Slab<GatewayPart>()
  var calls = Slab<GatewayCall>()
  /// Visits whose count in the store is awaited.
  var counting: [Int: EventHandle] = [:]
  var tokens: [[SignedToken]] = []
  var tally: GatewayTally
  var checks: GatewayChecks
  var watch = GatewayWatch()
  var openVisits = 0
  private var turn = 0
  private var forgeries = 0
  private var arrivalRandoms: [RandomStream]
  private var kindRandom: RandomStream
  private var forgedRandom: RandomStream

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
        node: settings.node, balancers: [balancer, balancer, balancer],
        chooseRandom: RandomStream(seed: seed, name: "gateway-\(index)/choose"),
        retryRandom: RandomStream(seed: seed, name: "gateway-\(index)/retry"))
    }
    upstreams = (0..<3 * settings.instances).map { index in
      GatewayUpstream(
        serviceRandom: RandomStream(seed: seed, name: "upstream-\(index)/service"),
        errorRandom: RandomStream(seed: seed, name: "upstream-\(index)/errors"))
    }
    issuer = TokenIssuer(settings)
    if settings.scope == "shared", let limit = settings.design.limit {
      shared = RateLimiterTable(RateLimiter(limit), capacity: 10_000)
    }
    tally = GatewayTally(settings)
    checks = GatewayChecks(settings)
    arrivalRandoms = GatewaySettings.consumers.map {
      RandomStream(seed: seed, name: "\($0)/arrivals")
    }
    kindRandom = RandomStream(seed: seed, name: "kinds")
    forgedRandom = RandomStream(seed: seed, name: "forged")
  }

  var limitsNode: NodeID { NodeID(gateways.count + upstreams.count) }
  var issuerNode: NodeID { NodeID(gateways.count + upstreams.count + 1) }
  func upstreamNode(_ service: Int, _ instance: Int) -> NodeID {
    NodeID(gateways.count + service * settings.instances + instance)
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    tokens = GatewaySettings.consumers.indices.map { consumer in
      (0..<Self.clientsOfConsumer).map { client in
        let age = settings.tokenLife * (0.8 * Double(client) / Double(Self.clientsOfConsumer))
        return issuer.token(
          for: consumer, life: settings.tokenLife, audience: GatewaySettings.audience,
          wall: .zero - age, at: .zero)
      }
    }
    for consumer in 0..<3 { scheduleArrival(consumer, in: &queue) }
    if settings.forgedRate > 0 { scheduleForgery(in: &queue) }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.watch, after: GatewayTally.step)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival(let consumer):
      takeRequest(Int(consumer), at: now, in: &queue)
      scheduleArrival(Int(consumer), in: &queue)
    case .forgery:
      takeForgery(at: now, in: &queue)
      scheduleForgery(in: &queue)
    case .keysArrive(let gateway, let set): keysArrive(Int(gateway), Int(set), at: now, in: &queue)
    case .fetchIsOver(let gateway): fetchIsOver(Int(gateway), at: now, in: &queue)
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

  private mutating func scheduleArrival(_ consumer: Int, in queue: inout EventQueue<Event>) {
    let rate =
      settings.rate * (consumer == 2 ? settings.flood : 1) * max(environment.loadFactor, 1e-6)
    guard rate > 0 else { return }
    let gap = TimeSpan(seconds: arrivalRandoms[consumer].exponential() / rate)
    queue.schedule(.arrival(Int32(consumer)), after: max(gap, .nanoseconds(1)))
  }

  private mutating func scheduleForgery(in queue: inout EventQueue<Event>) {
    let gap = TimeSpan(seconds: forgedRandom.exponential() / settings.forgedRate)
    queue.schedule(.forgery, after: max(gap, .nanoseconds(1)))
  }

  private mutating func takeRequest(
    _ consumer: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let draw = kindRandom.unit()
    let path: String
    if draw < settings.accountShare {
      path = "/account"
    } else if draw < settings.accountShare + settings.pageShare {
      path = "/page/home"
    } else {
      path = "/catalog/\(kindRandom.below(50))"
    }
    let client = kindRandom.below(Self.clientsOfConsumer)
    refresh(consumer, client, at: now)
    arrive(
      consumer, isForged: false, .init(path: path, token: tokens[consumer][client]), at: now,
      in: &queue)
  }

  /// A client fetches its next token when a fifth of the present one's life is left.
  private mutating func refresh(_ consumer: Int, _ client: Int, at now: Instant) {
    guard !environment.processes.isDown(issuerNode) else { return }
    let wall = environment.clock(issuerNode).wall(at: now)
    guard wall >= tokens[consumer][client].expiresAt - settings.tokenLife / 5 else { return }
    tokens[consumer][client] = issuer.token(
      for: consumer, life: settings.tokenLife, audience: GatewaySettings.audience, wall: wall,
      at: now)
  }

  /// Tokens that must not count, one kind after another.
  private mutating func takeForgery(at now: Instant, in queue: inout EventQueue<Event>) {
    let wall = environment.clock(issuerNode).wall(at: now)
    var token = issuer.token(
      for: 0, life: settings.tokenLife, audience: GatewaySettings.audience, wall: wall, at: now)
    switch forgeries % 5 {
    case 0: (token.keyID, token.signedWith) = (1_000 + forgeries, 7)
    case 1: (token.algorithm, token.signedWith) = (.none, 0)
    case 2: token.audience = 2
    case 3:
      token.notBefore = wall - settings.tokenLife * 2 - .minutes(20)
      token.expiresAt = wall - settings.tokenLife - .minutes(20)
    default: token.signedWith = 7
    }
    forgeries += 1
    arrive(0, isForged: true, .init(path: "/catalog/1", token: token), at: now, in: &queue)
  }

  private mutating func arrive(
    _ consumer: Int, isForged: Bool, _ request: GatewayNode.Request, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    tally.arrived(consumer, isForged: isForged, at: now)
    // Clients take the gateways in turn and pass over those that are down.
    var gateway = turn % gateways.count
    for offset in 0..<gateways.count {
      gateway = (turn + offset) % gateways.count
      if !environment.processes.isDown(NodeID(gateway)) { break }
    }
    turn += 1
    openVisits += 1
    let visit = visits.add(
      GatewayVisit(
        consumer: consumer, isForged: isForged, request: request, gateway: gateway, arrivedAt: now))
    guard !environment.processes.isDown(NodeID(gateway)) else {
      return end(visit, isGood: false, isRefused: true, at: now, in: &queue)
    }
    guard gateways[gateway].inProgress < settings.workers else {
      tally.overloaded += 1
      noteOverloaded(gateway, at: now)
      return end(visit, isGood: false, isRefused: true, at: now, in: &queue)
    }
    gateways[gateway].inProgress += 1
    visits[visit].isHeld = true
    tally.openPeak = max(tally.openPeak, gateways[gateway].inProgress)
    admit(visit, at: now, in: &queue)
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
