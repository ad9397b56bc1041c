import Kernel
import Patterns
import Simulation

/// A client's request at the service.
struct BulkheadRequest: Sendable {
  let route: Int
  let arrivedAt: Instant
  var patience: EventHandle?
  /// What ends its wait for a permit or for a pool.
  var wait: EventHandle?
  /// Whether the client has its answer or has left.
  var isSettled = false
  var isOnThread = false
  /// Parties that still know it: the client, the service, a call in a pool.
  var holders = 2
}

/// A call to a dependency.
struct BulkheadCall: Sendable {
  let request: Int
  let dependency: Int
  let sentAt: Instant
  var timer: EventHandle?
  var work: EventHandle?
  var isFailed = false
  /// Whether the thread that made it has gone on.
  var isSettled = false
  /// Parties that still know it: its thread, and the dependency or a message.
  var holders = 2
}

/// A dependency: a line and slots.
struct BulkheadDependency: Sendable {
  var working: [Int] = []
  var line = CallLine()
  var isPaused = false
  var held: [BulkheadWorld.Event] = []
  var random: RandomStream
  var errors: RandomStream
}

/// Everything that a run of the service changes.
///
///     clients ──▶ backlog ──▶ threads ──┬─ [bulkhead] ──▶ payments
///                                       ├─ [bulkhead] ──▶ catalog
///                                       └─ [bulkhead] ──▶ reviews
struct BulkheadWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case arrival(Int8)
    case callArrives(Int32)
    case workEnds(Int32)
    case answerArrives(Int32)
    case socketTimesOut(Int32)
    case waitEnds(Int32)
    case patienceEnds(Int32)
    case faultIsDue
    case watch
  }

  static let api = NodeID(0)

  let settings: BulkheadSettings
  var environment: Environment
  var schedule: FaultSchedule
  var requests = Slab<BulkheadRequest>()
  var calls = Slab<BulkheadCall>()
  var dependencies: [BulkheadDependency]
  var bulkheads: [BulkheadPreset.Design]
  /// The pools, where bulkheads are pools.
  var pools: [ThreadPoolBulkhead?]
  /// Requests on threads, and requests that wait for one.
  var onThreads = 0
  var backlog = CallLine()
  /// Calls under way to each dependency, and threads that they hold.
  var underWay = [0, 0, 0]
  var isDown = false
  var tally: GroupTally
  var counts = BulkheadCounts()
  var checks = InvariantLog(BulkheadChecks.all)
  var watch = EpisodeWatch<BulkheadTrouble>()
  private var arrivalRandom: [RandomStream]

  init(
    _ settings: BulkheadSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(settings.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    dependencies = BulkheadSettings.dependencies.map {
      BulkheadDependency(
        random: RandomStream(seed: seed, name: "\($0)/service"),
        errors: RandomStream(seed: seed, name: "\($0)/errors"))
    }
    bulkheads = Array(repeating: settings.design, count: dependencies.count)
    var pool: ThreadPoolBulkhead?
    if case .pool(let options) = settings.design { pool = ThreadPoolBulkhead(options) }
    pools = Array(repeating: pool, count: dependencies.count)
    tally = GroupTally(groups: BulkheadSettings.routes.count, duration: settings.duration)
    arrivalRandom = BulkheadSettings.routes.map {
      RandomStream(seed: seed, name: "\($0)/arrivals")
    }
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for route in settings.rates.indices { scheduleArrival(route, in: &queue) }
    beginWatch(every: GroupTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival(let route):
      takeRequest(Int(route), at: now, in: &queue)
      scheduleArrival(Int(route), in: &queue)
    case .callArrives(let call), .workEnds(let call):
      let place = calls[Int(call)].dependency
      if dependencies[place].isPaused {
        dependencies[place].held.append(event)
      } else if case .callArrives = event {
        callArrives(Int(call), at: now, in: &queue)
      } else {
        workEnds(Int(call), at: now, in: &queue)
      }
    case .answerArrives(let call): answerArrives(Int(call), at: now, in: &queue)
    case .socketTimesOut(let call): socketTimesOut(Int(call), at: now, in: &queue)
    case .waitEnds(let request): waitEnds(Int(request), at: now, in: &queue)
    case .patienceEnds(let request): patienceEnds(Int(request), at: now)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(_ route: Int, in queue: inout EventQueue<Event>) {
    let rate = settings.rates[route] * environment.loadFactor
    guard rate > 0 else { return }
    let gap = arrivalRandom[route].exponential() / rate
    queue.schedule(.arrival(Int8(route)), after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func takeRequest(
    _ route: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    tally.requestArrived(route, at: now)
    let number = requests.add(BulkheadRequest(route: route, arrivedAt: now))
    requests[number].patience = queue.schedule(
      .patienceEnds(Int32(number)), after: settings.patience)
    if isDown {
      reply(number, isGood: false, at: now, in: &queue)
      return drop(number)
    }
    if onThreads < settings.threads {
      enter(number, at: now, in: &queue)
    } else if backlog.count < settings.backlog {
      backlog.append(number)
      counts.longestBacklog = max(counts.longestBacklog, backlog.count)
      noteThreads(at: now)
    } else {
      counts.turnedAway += 1
      reply(number, isGood: false, at: now, in: &queue)
      drop(number)
    }
  }

  /// A request gets a thread.
  private mutating func enter(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    onThreads += 1
    counts.mostThreads = max(counts.mostThreads, onThreads)
    requests[number].isOnThread = true
    ask(number, at: now, in: &queue)
    check(at: now)
  }

  /// A request is done with its thread, which takes the next one from the backlog.
  mutating func leaveThread(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    if let wait = requests[number].wait { queue.cancel(wait) }
    requests[number].wait = nil
    requests[number].isOnThread = false
    onThreads -= 1
    drop(number)
    while onThreads < settings.threads, let next = backlog.popFirst() {
      backlog.leave()
      if requests[next].isSettled {
        // The client has left; its connection is closed.
        drop(next)
      } else {
        enter(next, at: now, in: &queue)
      }
    }
  }

  /// The client gets its answer, if it still waits.
  mutating func reply(
    _ number: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let request = requests[number]
    guard !request.isSettled else { return }
    if let patience = request.patience { queue.cancel(patience) }
    requests[number].isSettled = true
    tally.requestEnded(request.route, began: request.arrivedAt, isGood: isGood, at: now)
    drop(number)
  }

  private mutating func patienceEnds(_ number: Int, at now: Instant) {
    let request = requests[number]
    requests[number].isSettled = true
    noteTimeout(request, at: now)
    tally.requestEnded(request.route, began: request.arrivedAt, isGood: false, at: now)
    drop(number)
  }

  /// Lets one party of a request go; the last one frees its number.
  mutating func drop(_ number: Int) {
    requests[number].holders -= 1
    if requests[number].holders == 0 { requests.remove(number) }
  }
}
