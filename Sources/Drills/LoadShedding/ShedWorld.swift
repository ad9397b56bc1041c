import Kernel
import Patterns
import Simulation

/// What a client wants done once.
struct ShedRequest: Sendable {
  let client: Int
  let arrivedAt: Instant
  var sequence = RetrySequence()
}

/// One call to the server.
struct ShedCall: Sendable {
  let request: Int
  let client: Int
  let sentAt: Instant
  let deadline: Instant
  let isRetry: Bool
  var timer: EventHandle?
  var permit: ConcurrencyLimiter.Permit?
  var begunAt: Instant?
  var work: EventHandle?
  var failure: CallFailure?
  /// Whether its caller has an answer or has given up.
  var isSettled = false
  /// Parties that still know it: its caller, and the server or a message.
  var holders = 2
}

/// Everything that a run of the overloaded server changes.
///
///     checkout ─┐                  door           line
///     browse  ──┼─ throttle ──▶ (limiter) ──▶ (queue) ──▶ slots
///     prefetch ─┘                  │              │
///                                  └── refused ◀──┘
struct ShedWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case arrival(Int8)
    case callArrives(Int32)
    case workEnds(Int32)
    case refusalEnds(Int32)
    case answerArrives(Int32)
    case patienceEnds(Int32)
    case retryIsDue(Int32)
    case faultIsDue
    case watch
  }

  static let server = NodeID(0)

  let settings: ShedSettings
  var environment: Environment
  var schedule: FaultSchedule
  var requests = Slab<ShedRequest>()
  var calls = Slab<ShedCall>()
  var limiter: ConcurrencyLimiter
  var line: AdmissionQueue
  var working: [Int] = []
  /// Calls whose refusal waits for a slot, and those whose refusal is under way.
  var refusals = CallLine()
  var refusing: [Int] = []
  var isPaused = false
  var held: [Event] = []
  var throttles: [AdaptiveThrottle?]
  var tally: GroupTally
  var counts = ShedCounts()
  var checks = InvariantLog(ShedChecks.all)
  var watch = EpisodeWatch<ShedTrouble>()
  var serviceRandom: RandomStream
  var errorRandom: RandomStream
  var retryRandom: [RandomStream]
  private var budget = RetryBudget()
  private var arrivalRandom: [RandomStream]
  private var throttleRandom: [RandomStream]

  init(
    _ settings: ShedSettings, roster: Roster, faults: FaultPlan, seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(settings.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    limiter = ConcurrencyLimiter(settings.design.limiter)
    line = AdmissionQueue(settings.design.queue)
    let names = ShedSettings.clientNames
    throttles = names.map { _ in settings.design.throttle.map { AdaptiveThrottle($0) } }
    tally = GroupTally(groups: names.count, duration: settings.duration)
    serviceRandom = RandomStream(seed: seed, name: "server/service")
    errorRandom = RandomStream(seed: seed, name: "server/errors")
    retryRandom = names.map { RandomStream(seed: seed, name: "\($0)/retry") }
    arrivalRandom = names.map { RandomStream(seed: seed, name: "\($0)/arrivals") }
    throttleRandom = names.map { RandomStream(seed: seed, name: "\($0)/throttle") }
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for client in settings.rates.indices { scheduleArrival(client, in: &queue) }
    beginWatch(every: GroupTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival(let client):
      takeRequest(Int(client), at: now, in: &queue)
      scheduleArrival(Int(client), in: &queue)
    case .callArrives(let call):
      isPaused ? held.append(event) : callArrives(Int(call), at: now, in: &queue)
    case .workEnds(let call):
      isPaused ? held.append(event) : workEnds(Int(call), at: now, in: &queue)
    case .refusalEnds(let call):
      isPaused ? held.append(event) : refusalEnds(Int(call), at: now, in: &queue)
    case .answerArrives(let call): answerArrives(Int(call), at: now, in: &queue)
    case .patienceEnds(let call): patienceEnds(Int(call), at: now, in: &queue)
    case .retryIsDue(let request): send(Int(request), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(_ client: Int, in queue: inout EventQueue<Event>) {
    let rate = settings.rates[client] * environment.loadFactor
    guard rate > 0 else { return }
    let gap = arrivalRandom[client].exponential() / rate
    queue.schedule(
      .arrival(Int8(client)), after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func takeRequest(
    _ client: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    tally.requestArrived(client, at: now)
    let request = requests.add(ShedRequest(client: client, arrivedAt: now))
    send(request, at: now, in: &queue)
  }

  /// Sends a call of a request, unless the client's own throttle refuses it.
  private mutating func send(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let request = requests[number]
    let client = request.client
    if throttles[client]?.admits(at: now, random: &throttleRandom[client]) == false {
      counts.throttled += 1
      noteThrottle(client, at: now)
      return end(number, isGood: false, at: now)
    }
    counts.sent += 1
    let call = calls.add(
      ShedCall(
        request: number, client: client, sentAt: now, deadline: now + settings.patience,
        isRetry: request.sequence.attempts > 1))
    calls[call].timer = queue.schedule(.patienceEnds(Int32(call)), after: settings.patience)
    if let arrival = transmit(from: NodeID(client + 1), to: Self.server, at: now) {
      queue.schedule(.callArrives(Int32(call)), at: arrival)
    } else {
      release(call)
    }
  }

  private mutating func answerArrives(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let call = calls[number]
    defer { release(number) }
    guard !call.isSettled else { return }
    if let timer = call.timer { queue.cancel(timer) }
    settle(number, failure: call.failure, at: now, in: &queue)
  }

  private mutating func patienceEnds(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    noteTimeout(calls[number], at: now)
    settle(number, failure: .timedOut, at: now, in: &queue)
  }

  /// The caller of a call has its answer or gives it up: the request ends or is tried again.
  private mutating func settle(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].isSettled = true
    let call = calls[number]
    throttles[call.client]?.answered(isAccepted: failure == nil, at: now)
    release(number)
    guard let failure else { return end(call.request, isGood: true, at: now) }
    var sequence = requests[call.request].sequence
    let decision = sequence.failed(
      failure, at: now, policy: settings.retry, budget: &budget,
      random: &retryRandom[call.client])
    requests[call.request].sequence = sequence
    guard case .retry(let at) = decision else {
      return end(call.request, isGood: false, at: now)
    }
    queue.schedule(.retryIsDue(Int32(call.request)), at: max(at, now))
  }

  private mutating func end(_ number: Int, isGood: Bool, at now: Instant) {
    let request = requests[number]
    tally.requestEnded(request.client, began: request.arrivedAt, isGood: isGood, at: now)
    requests.remove(number)
  }

  /// Lets one party of a call go; the last one frees its number.
  mutating func release(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }
}
