import Kernel
import Patterns
import Simulation

/// Everything that a run of the migration changes.
///
///     clients ──▶ facade ──▶ legacy ─┐
///                    └─────▶ new ◀───┴─ sync
struct StranglerWorld: World, Sendable {
  enum Event: Sendable {
    case arrival
    case done(Int32)
    case stageEnds(route: Int8, epoch: Int32)
    case mended
    case sync
    case retire
    case rollback
    case faultIsDue
    case look
  }

  struct Request: Sendable {
    let user: Int
    let route: Int
    let begun: Instant
    let system: StranglerRoute.System
    let isMirror: Bool
    /// The life of the system that works on it.
    let life: Int
  }

  /// The routes, in the order in which they are moved.
  static let routeNames = ["quote", "balance", "pay"]
  static let pay = 2

  let settings: StranglerSettings
  var environment: Environment
  var schedule: FaultSchedule
  var routes: [StranglerRoute]
  var epochs: [Int32] = [0, 0, 0]
  var data: StranglerData
  var requests = Slab<Request>()
  var legacyPool = ServicePool(slots: 4)
  var newPool: ServicePool
  var isMended = false
  var isMending = false
  var isRolledBack = false
  var truth: [Int: Int] = [:]
  var lastSystem: [Int: StranglerRoute.System] = [:]
  var tally: StranglerTally
  private var stamp = 0
  private var arrivals: RandomStream
  private var wishes: RandomStream
  private var routing: RandomStream
  private var noise: RandomStream

  init(_ settings: StranglerSettings, faults: FaultPlan, seed: UInt64, traceCapacity: Int) {
    self.settings = settings
    environment = Environment(
      StranglerSettings.roster,
      network: Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    routes = Array(repeating: StranglerRoute(settings.route), count: Self.routeNames.count)
    data = StranglerData(settings.sync, shortcut: settings.shortcut)
    newPool = ServicePool(slots: settings.newSlots)
    tally = StranglerTally(settings)
    arrivals = RandomStream(seed: seed, name: "strangler/arrivals")
    wishes = RandomStream(seed: seed, name: "strangler/wishes")
    routing = RandomStream(seed: seed, name: "strangler/routing")
    noise = RandomStream(seed: seed, name: "strangler/noise")
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    queue.schedule(.arrival, at: .zero)
    queue.schedule(.sync, after: settings.syncEvery)
    queue.schedule(.look, after: StranglerTally.step)
    queue.schedule(.stageEnds(route: 0, epoch: 0), at: .zero + settings.beginAt)
    if settings.rollbackAt > .zero {
      queue.schedule(.rollback, at: .zero + settings.rollbackAt)
    }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      arrive(at: now, in: &queue)
      let rate = settings.rate * environment.loadFactor
      let gap = max(TimeSpan(seconds: arrivals.exponential() / rate), .nanoseconds(1))
      queue.schedule(.arrival, after: gap)
    case .done(let number): done(Int(number), at: now)
    case .stageEnds(let route, let epoch):
      if epochs[Int(route)] == epoch { stageEnds(Int(route), at: now, in: &queue) }
    case .mended: mended(at: now)
    case .sync:
      carry(at: now, in: &queue)
      queue.schedule(.sync, after: settings.syncEvery)
    case .retire: retire(at: now)
    case .rollback: rollback(at: now, in: &queue)
    case .faultIsDue:
      for applied in schedule.carryOut(in: &environment, at: now) {
        tally.lastFault = applied.event
        for change in applied.changes {
          if case .crashed(let node) = change {
            if node == NodeID(1) { legacyPool.clear(at: now) }
            if node == NodeID(2) { newPool.clear(at: now) }
          }
        }
      }
      if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
    case .look: look(at: now, in: &queue)
    }
  }

  private func node(_ system: StranglerRoute.System) -> NodeID {
    NodeID(system == .legacy ? 1 : 2)
  }

  /// A user comes to the facade.
  private mutating func arrive(at now: Instant, in queue: inout EventQueue<Event>) {
    let user = wishes.below(settings.users)
    let isPaying = wishes.chance(settings.payments)
    let isQuote = wishes.chance(0.5)
    let route = isPaying ? Self.pay : isQuote ? 0 : 1
    let decision = routes[route].route(user: user, isWrite: isPaying, random: &routing)
    tally.routed(toNew: decision.system == .new, at: now)
    noteSystem(user, route, decision.system, at: now)
    if decision.system == .legacy, isRetired {
      tally.violated("retired", at: now, "user \(user) is sent to an old part that is gone")
    }
    if isPaying, data.isPaused { return tally.refusedPayment(at: now) }
    guard decision.isMirrored else {
      send(user, route, to: decision.system, isMirror: false, at: now, in: &queue)
      return
    }
    if isPaying, !settings.route.mirrorsWrites {
      tally.violated("mirror", at: now, "a payment of user \(user) was copied in shadow")
    }
    // In one process the two run one after the other, and the user waits for both.
    let copied =
      settings.route.isInline
      ? send(user, route, to: .new, isMirror: true, at: now, in: &queue) : now
    send(
      user, route, to: decision.system, isMirror: false, at: now, notBefore: copied, in: &queue)
    if !settings.route.isInline {
      send(user, route, to: .new, isMirror: true, at: now, in: &queue)
    }
  }

  /// Gives a system work; returns when it is done, or now when the system is not there.
  @discardableResult
  private mutating func send(
    _ user: Int, _ route: Int, to system: StranglerRoute.System, isMirror: Bool, at now: Instant,
    notBefore: Instant? = nil, in queue: inout EventQueue<Event>
  ) -> Instant {
    let node = node(system)
    guard environment.processes.runs(node) else {
      if !isMirror { tally.failed += 1 }
      return now
    }
    let cost = settings.serviceTime * environment.processes.slowdown(node)
    let begin = max(now, notBefore ?? now)
    let end = system == .legacy ? legacyPool.take(cost, at: begin) : newPool.take(cost, at: begin)
    let number = requests.add(
      Request(
        user: user, route: route, begun: now, system: system, isMirror: isMirror,
        life: environment.processes.incarnation(node)))
    queue.schedule(.done(Int32(number)), at: end)
    return end
  }

  /// A system has done its work: effects happen, the user has the answer.
  private mutating func done(_ number: Int, at now: Instant) {
    let request = requests[number]
    requests.remove(number)
    let node = node(request.system)
    guard environment.processes.runs(node),
      environment.processes.incarnation(node) == request.life
    else {
      if !request.isMirror { tally.failed += 1 }
      return
    }
    if !request.isMirror { tally.times.append((now - request.begun).nanoseconds) }
    switch request.route {
    case 0: quoted(request, at: now)
    case 1: read(request, at: now)
    default: paid(request, at: now)
    }
  }

  private mutating func quoted(_ request: Request, at now: Instant) {
    let right = 100 + request.user % 50
    let mine = settings.differs(request.user) && !isMended ? right + 1 : right
    guard request.isMirror else {
      if request.system == .new, mine != right { wrongAnswer(request.user, right, mine, at: now) }
      return
    }
    if settings.hasQuoteEffect, settings.areEffectsLive { heldTwice(request.user, at: now) }
    let isEqual = routes[0].compare(
      [right, nextStamp()], [mine, nextStamp()], again: [right, nextStamp()])
    guard !isEqual else { return }
    tally.differed(at: now)
    if right != mine { noteDifference(request.user, right, mine, at: now) }
  }

  /// A field that differs from answer to answer: a time, an id, the order of a list.
  private mutating func nextStamp() -> Int {
    guard settings.noise > 0, noise.chance(settings.noise) else { return 0 }
    stamp += 1
    return stamp
  }

  private mutating func read(_ request: Request, at now: Instant) {
    let shown = data.value(request.user, in: request.system)
    if request.isMirror {
      let isEqual = routes[1].compare([data.value(request.user, in: .legacy)], [shown])
      if !isEqual { tally.differed(at: now) }
    } else if shown != truth[request.user] ?? 0 {
      tally.staleReads += 1
    }
  }

  /// A payment: 10 euros into the data of whoever may write.
  private mutating func paid(_ request: Request, at now: Instant) {
    if request.isMirror {
      guard settings.areEffectsLive else { return }
      // The copy is a payment like any other to the system that gets it.
      data.add(10, to: request.user, in: .new, at: now, isLogged: false)
      chargedTwice(request.user, at: now)
      return
    }
    truth[request.user, default: 0] += 10
    switch settings.writes {
    case .owner: data.add(10, to: request.user, in: data.owner, at: now)
    case .local: data.add(10, to: request.user, in: request.system, at: now)
    case .both:
      data.add(10, to: request.user, in: data.owner, at: now, isLogged: false)
      let other: StranglerRoute.System = data.owner == .legacy ? .new : .legacy
      guard environment.processes.runs(node(other)) else {
        return secondWriteIsMissing(request.user, other, at: now)
      }
      data.add(10, to: request.user, in: other, at: now, isLogged: false)
    }
  }
}
