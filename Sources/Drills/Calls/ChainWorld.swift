import Kernel
import Patterns
import Simulation

/// Everything that a run of the chain changes.
///
///     client ──hop 0──▶ edge ──hop 1──▶ middle ──hop 2──▶ store (one or more replicas)
///
/// Every hop has a retry sequence, a budget and a timeout of its own. A server that waits for the
/// layer below keeps its slot. Work that nobody waits for any more goes on unless it is told.
struct ChainWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case callArrives(Int32)
    case workEnds(Int32)
    case answerArrives(Int32)
    case patienceEnds(Int32)
    case retryIsDue(Int32)
    case hedgeIsDue(Int32)
    case cancelArrives(Int32)
    case faultIsDue
    case watch
  }

  let settings: ChainSettings
  var environment: Environment
  var schedule: FaultSchedule
  var servers: [DependencyInstance]
  var orders: [ChainOrder] = []
  var errands = Slab<ChainErrand>()
  var calls = Slab<ChainCall>()
  var budgets: [RetryBudget]
  var hedger: Hedger?
  var keys: IdempotencyStore
  var tally: ChainTally
  var watch = EpisodeWatch<ChainTrouble>()
  var checks = ChainChecks()
  var retryRandom: [RandomStream]
  var balanceRandom: RandomStream
  private var arrivalRandom: RandomStream
  private var clientRandom: RandomStream

  init(
    _ settings: ChainSettings, roster: Roster, faults: FaultPlan, seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(settings.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    servers = settings.serverNames.indices.map {
      DependencyInstance($0, settings, seed: seed)
    }
    budgets = (0..<3).map { _ in
      RetryBudget(settings.budget, shortcut: settings.retryShortcut)
    }
    hedger = settings.hedging.map { Hedger($0) }
    keys = IdempotencyStore(settings.keys)
    tally = ChainTally(settings)
    retryRandom = ChainSettings.callerNames.map {
      RandomStream(seed: seed, name: "\($0)/retry")
    }
    balanceRandom = RandomStream(seed: seed, name: "balance")
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    clientRandom = RandomStream(seed: seed, name: "clients")
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleArrival(in: &queue)
    beginWatch(every: ChainTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      takeRequest(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .callArrives(let call): callArrives(Int(call), at: now, in: &queue)
    case .workEnds(let call): workEnds(Int(call), at: now, in: &queue)
    case .answerArrives(let call): answerArrives(Int(call), at: now, in: &queue)
    case .patienceEnds(let call): patienceEnds(Int(call), at: now, in: &queue)
    case .retryIsDue(let errand):
      errands[Int(errand)].retry = nil
      send(for: Int(errand), isCopy: false, at: now, in: &queue)
    case .hedgeIsDue(let errand): hedgeIsDue(Int(errand), at: now, in: &queue)
    case .cancelArrives(let call): cancelArrives(Int(call), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  /// The node of the caller at a hop: the client stands last in the roster.
  func caller(_ hop: Int) -> NodeID { NodeID(hop == 0 ? servers.count : hop - 1) }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * environment.loadFactor
    let gap = settings.isPoisson ? arrivalRandom.exponential() / rate : 1 / rate
    queue.schedule(.arrival, after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func takeRequest(at now: Instant, in queue: inout EventQueue<Event>) {
    let isDouble = clientRandom.chance(settings.doubleShare)
    let isReused = clientRandom.chance(settings.reusedShare)
    let order = orders.count
    let key = isReused && order > 0 ? orders[order - 1].key : order
    orders.append(ChainOrder(arrivedAt: now, key: key))
    for _ in 0..<(isDouble ? 2 : 1) {
      orders[order].open += 1
      tally.requestArrived(at: now)
      begin(hop: 0, order: order, parent: nil, key: nil, inherited: .none, at: now, in: &queue)
    }
  }

  /// Begins an errand at a hop, with its first call.
  mutating func begin(
    hop: Int, order: Int, parent: Int?, key: Int?, inherited: Deadline, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let deadline = settings.timeouts[hop].request(at: now, inherited: inherited)
    let isSafe = !settings.isWriting || settings.isUnsafe
    let number = errands.add(
      ChainErrand(
        hop: hop, order: order, parent: parent, begunAt: now, deadline: deadline, key: key,
        sequence: RetrySequence(deadline: deadline.at, isIdempotent: isSafe)))
    if let parent { calls[parent].child = number }
    send(for: number, isCopy: false, at: now, in: &queue)
  }

  /// Ends an errand: its caller has an answer, or has given up for good.
  mutating func finish(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let errand = errands[number]
    checks.ended(
      errand, policy: settings.policies[errand.hop], isGood: failure == nil, at: now)
    close(number, in: &queue)
    if let parent = errand.parent {
      calls[parent].child = nil
      respond(parent, failure: failure.map(Self.passedOn), at: now, in: &queue)
      return
    }
    orders[errand.order].open -= 1
    tally.requestEnded(began: errand.begunAt, failure: failure, at: now)
    if failure == nil {
      if settings.isWriting, orders[errand.order].effects == 0 {
        noteLost(errand.order, at: now)
      }
      orders[errand.order].isConfirmed = true
    }
  }

  /// Frees an errand; its timers are cancelled.
  mutating func close(_ number: Int, in queue: inout EventQueue<Event>) {
    if let retry = errands[number].retry {
      // A retry that was paid for and is not made after all.
      queue.cancel(retry)
      let hop = errands[number].hop
      budgets[hop].attemptStarted(.retry, at: queue.now)
      budgets[hop].attemptEnded(.retry, failure: .invalid, cost: 0, at: queue.now)
    }
    if let hedge = errands[number].hedge { queue.cancel(hedge) }
    errands.remove(number)
  }

  /// What a layer tells the one above of a failure below.
  private static func passedOn(_ failure: CallFailure) -> CallFailure {
    failure == .timedOut ? .error : failure
  }

  /// Lets one party of a call go; the last one frees its number.
  mutating func release(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }
}
