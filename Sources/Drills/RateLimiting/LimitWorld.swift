import Kernel
import Patterns
import Simulation

/// Everything that a run of the rate-limiting scenario changes.
struct LimitWorld: ScenarioWorld, Sendable {
  /// What can happen; numbers name tries and requests.
  enum Event: ScenarioEvent, Sendable {
    case honest
    case greedy
    case retry(Int32)
    case giveUp(Int32)
    case forward(Int32)
    case wake(Seat)
    case question(Seat, Question)
    case served(Seat, Question, storeLife: Int32)
    case reply(Seat, Reply)
    case workEnds(Int32)
    case faultIsDue
    case watch
  }

  /// A key at a gateway in one of its lives.
  struct Seat: Sendable {
    let gateway: Int32
    let life: Int32
    let key: Int32
  }

  /// What a gateway asks the store.
  enum Question: Sendable {
    case ask(Int32)
    case lease(Int32)
    case report(Int32)
  }

  /// What the store answers.
  enum Reply: Sendable {
    case answered(Int32, RateDecision)
    case leased(Int32, until: Instant)
    case counted(Int32, until: Instant)
  }

  struct Request: Sendable {
    let sender: Int
    let arrivedAt: Instant
    var sequence = RetrySequence()
    var isEnded = false
  }

  struct Try: Sendable {
    enum State: Sendable { case deciding, delayed, refused, shed, forwarded }

    let request: Int
    let seat: Seat
    let sentAt: Instant
    var forwardedAt = Instant.zero
    var state = State.deciding
    /// Whether the client has what it waits for, or waits no more.
    var isOver = false
  }

  let settings: LimitSettings
  var environment: Environment
  var schedule: FaultSchedule
  var requests: [Request] = []
  var tries: [Try] = []
  var lives: [Int32]
  /// With share=own, the limiters of each gateway.
  var tables: [LimitTables]
  /// With other ways to share, the nodes of each gateway by key; looked up, never walked through.
  var nodes: [[Int32: LimiterNode]]
  /// Requests of each gateway at the backend.
  var inProgress: [RateLimiter]
  var store: StoreState
  var budget = RetryBudget(.unlimited)
  var line: [Int32] = []
  var lineHead = 0
  var working = 0
  var nextGateway = 0
  var greedySent = 0
  var tally: LimitTally
  var judge: LimitJudge
  var checks: LimitChecks
  var watch = LimitWatch()
  var arrivalRandom: RandomStream
  var senderRandom: RandomStream
  var greedyRandom: RandomStream
  var identityRandom: RandomStream
  var retryRandom: RandomStream
  var serviceRandom: RandomStream
  var errorRandom: RandomStream

  init(
    _ settings: LimitSettings, roster: Roster, faults: FaultPlan, seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    let link = LinkQuality(
      latency: .lognormal(p50: settings.network, p99: settings.network * 3), keepsOrder: true)
    environment = Environment(
      roster, network: Network(link, seed: seed), traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    lives = Array(repeating: 0, count: settings.gateways)
    tables = Array(repeating: LimitTables(settings), count: settings.gateways)
    nodes = Array(repeating: [:], count: settings.gateways)
    inProgress = Array(repeating: Self.progress(settings), count: settings.gateways)
    store = StoreState(LimitTables(settings))
    tally = LimitTally(settings)
    judge = LimitJudge(senders: settings.tenants + 1, rate: settings.limiter.rate)
    checks = LimitChecks(settings.limiter)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    senderRandom = RandomStream(seed: seed, name: "tenants")
    greedyRandom = RandomStream(seed: seed, name: "greedy")
    identityRandom = RandomStream(seed: seed, name: "greedy/ids")
    retryRandom = RandomStream(seed: seed, name: "retries")
    serviceRandom = RandomStream(seed: seed, name: "backend/service")
    errorRandom = RandomStream(seed: seed, name: "errors")
  }

  static func progress(_ settings: LimitSettings) -> RateLimiter {
    settings.inProgress == 0
      ? RateLimiter(.unlimited) : RateLimiter(.concurrency(ConcurrencyLimit(settings.inProgress)))
  }

  var storeNode: NodeID { NodeID(settings.gateways) }
  var backend: NodeID { NodeID(settings.gateways + 1) }

  /// Schedules what begins a run.
  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleHonest(in: &queue)
    scheduleGreedy(in: &queue)
    beginWatch(every: LimitTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .honest:
      let sender = senderRandom.below(settings.tenants)
      for _ in 0..<settings.page { send(from: sender, at: now, in: &queue) }
      scheduleHonest(in: &queue)
    case .greedy: sendGreedily(at: now, in: &queue)
    case .retry(let request):
      watch.retries += 1
      makeTry(Int(request), at: now, in: &queue)
    case .giveUp(let number): fail(number, .timedOut, at: now, in: &queue)
    case .forward(let number):
      guard isAlive(tries[Int(number)].seat) else { return }
      forward(number, at: now, in: &queue)
    case .wake(let seat): tell(seat, .wake, event, at: now, in: &queue)
    case .reply(let seat, let reply):
      switch reply {
      case .answered(let number, let decision):
        tell(seat, .answered(id: Int(number), decision), event, at: now, in: &queue)
      case .leased(let permits, let until):
        tell(seat, .leased(permits: Int(permits), until: until), event, at: now, in: &queue)
      case .counted(let total, let until):
        tell(seat, .counted(total: Int(total), until: until), event, at: now, in: &queue)
      }
    case .question(let seat, let question): ask(seat, question, at: now, in: &queue)
    case .served(let seat, let question, let life):
      if life == store.life { serve(seat, question, at: now, in: &queue) }
    case .workEnds(let number): workEnds(number, at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  /// Whether the gateway has not died since.
  func isAlive(_ seat: Seat) -> Bool {
    lives[Int(seat.gateway)] == seat.life
      && !environment.processes.isDown(NodeID(Int(seat.gateway)))
  }
}
