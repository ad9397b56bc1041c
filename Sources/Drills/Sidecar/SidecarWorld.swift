import Kernel
import Patterns
import Simulation

/// One pod: what runs in it, what its sidecar keeps, and the requests that it works on.
struct SidecarPod: Sendable {
  var life: PodLifecycle
  /// Counted up with each start, so that what belonged to an earlier one is known.
  var epoch = 0
  var pool: AmbassadorPool?
  var adapter: LogAdapter
  /// Connections of the application, or of the ambassador.
  var connections = 0
  var working = 0
  var usingConnections = 0
  var takesUntil = Instant.distantFuture
  var isListed = true
  var isShipping = false
  /// Requests that wait until there is room for their line.
  var blocked: [Int] = []
}

/// One request, from its arrival to its answer.
struct SidecarRequest: Sendable {
  let arrivedAt: Instant
  let pod: Int
  let epoch: Int
  var isWaiting = false
  var timer: EventHandle?
}

/// Everything that a run of the pods changes.
///
///     client ──▶ sidecar ──▶ application ──▶ sidecar ──▶ database
///                   └── lines ──▶ log-store
struct SidecarWorld: World, Sendable {
  enum Event: Sendable {
    case arrival
    case workEnds(Int32)
    case callEnds(Int32)
    case waitIsOver(Int32)
    case ship(Int32, Int32)
    case sidecarUp(Int32, Int32)
    case applicationUp(Int32, Int32)
    case backoffOver(Int32, Int32)
    case lingerOver(Int32, Int32)
    case sidecarGone(Int32, Int32)
    case graceOver(Int32, Int32)
    case unlist(Int32, Int32)
    case replace(Int32)
    case probe
    case faultIsDue
    case watch
  }

  let settings: SidecarSettings
  var environment: Environment
  var schedule: FaultSchedule
  var pods: [SidecarPod]
  var requests = Slab<SidecarRequest>()
  var databaseConnections = 0
  var replacing: Int?
  var tally: SidecarTally
  var checks = SidecarChecks()
  var lastFault: Trace.ID?
  var told: [String: Trace.ID] = [:]
  private var turn = 0
  private var arrivalRandom: RandomStream
  private var workRandom: RandomStream

  init(
    _ settings: SidecarSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(.zero)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    pods = (0..<settings.pods).map { _ in SidecarPod(settings) }
    tally = SidecarTally(settings)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    workRandom = RandomStream(seed: seed, name: "work")
  }

  var databaseNode: NodeID { NodeID(2 * pods.count) }
  var storeNode: NodeID { NodeID(2 * pods.count + 1) }
  func sidecarNode(_ pod: Int) -> NodeID { NodeID(pods.count + pod) }

  /// Whether the sidecar of a pod carries anything right now.
  func isSidecarUp(_ pod: Int) -> Bool {
    pods[pod].life.isSidecarUp && !environment.processes.isDown(sidecarNode(pod))
      && !environment.processes.isDown(NodeID(pod))
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for pod in pods.indices {
      // The run begins with pods that have long been up.
      _ = pods[pod].life.step(.started, at: .zero)
      _ = pods[pod].life.step(.sidecarUp, at: .zero)
      connect(pod, isAmbassador: true)
      _ = pods[pod].life.step(.applicationUp, at: .zero)
      connect(pod, isAmbassador: false)
    }
    scheduleArrival(in: &queue)
    if settings.isRollingOut { queue.schedule(.replace(0), at: .zero + .seconds(15)) }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.probe, after: .seconds(2))
    queue.schedule(.watch, after: SidecarTally.step)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    func isCurrent(_ pod: Int32, _ epoch: Int32) -> Bool { pods[Int(pod)].epoch == Int(epoch) }
    switch event {
    case .arrival:
      take(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .workEnds(let number): workEnds(Int(number), at: now, in: &queue)
    case .callEnds(let number): callEnds(Int(number), at: now, in: &queue)
    case .waitIsOver(let number): waitIsOver(Int(number), at: now, in: &queue)
    case .ship(let pod, let epoch):
      if isCurrent(pod, epoch) { ship(Int(pod), at: now, in: &queue) }
    case .sidecarUp(let pod, let epoch):
      if isCurrent(pod, epoch) { live(.sidecarUp, Int(pod), at: now, in: &queue) }
    case .applicationUp(let pod, let epoch):
      if isCurrent(pod, epoch) { live(.applicationUp, Int(pod), at: now, in: &queue) }
    case .backoffOver(let pod, let epoch):
      if isCurrent(pod, epoch) { live(.backoffOver, Int(pod), at: now, in: &queue) }
    case .lingerOver(let pod, let epoch):
      if isCurrent(pod, epoch) { endIfIdle(Int(pod), at: now, in: &queue) }
    case .sidecarGone(let pod, let epoch):
      if isCurrent(pod, epoch) { live(.sidecarGone, Int(pod), at: now, in: &queue) }
    case .graceOver(let pod, let epoch):
      guard isCurrent(pod, epoch) else { return }
      live(.applicationGone, Int(pod), at: now, in: &queue)
      if isCurrent(pod, epoch) { live(.sidecarGone, Int(pod), at: now, in: &queue) }
    case .unlist(let pod, let epoch):
      if isCurrent(pod, epoch) { pods[Int(pod)].isListed = false }
    case .replace(let pod): replace(Int(pod), at: now, in: &queue)
    case .probe: probe(at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * max(environment.loadFactor, 1e-6)
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / rate)
    queue.schedule(.arrival, after: max(gap, .nanoseconds(1)))
  }

  private mutating func take(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.arrived(at: now)
    let isLong = workRandom.chance(settings.longShare)
    let span =
      isLong
      ? settings.longTime : TimeSpan.milliseconds(20) * workRandom.exponential()
    let listed = pods.indices.filter { pods[$0].isListed }
    guard !listed.isEmpty else { return tally.ended(since: now, .noPod, at: now) }
    let pod = listed[turn % listed.count]
    turn += 1
    let isTaking =
      isSidecarUp(pod) && pods[pod].life.isApplicationUp && now < pods[pod].takesUntil
    guard isTaking, pods[pod].working < settings.workers else {
      note(
        "refused", pod,
        isTaking ? "all workers are busy" : "a request comes and nobody takes it", at: now)
      return tally.ended(since: now, .refused, at: now)
    }
    pods[pod].working += 1
    let number = requests.add(
      SidecarRequest(arrivedAt: now, pod: pod, epoch: pods[pod].epoch))
    let slowdown = environment.processes.slowdown(NodeID(pod))
    queue.schedule(.workEnds(Int32(number)), after: max(.microseconds(1), span * slowdown))
  }

  func name(_ pod: Int) -> String { environment.roster.name(NodeID(pod)) }

  /// Tells the trace the first trouble of a kind.
  mutating func note(
    _ kind: String, _ pod: Int, _ detail: String, weight: Trace.Weight = .harm, at now: Instant
  ) {
    guard told[kind] == nil else { return }
    let blamed =
      environment.blame(sidecarNode(pod), seenBy: NodeID(pod))
      ?? environment.blame(databaseNode, seenBy: NodeID(pod))
      ?? environment.blame(storeNode, seenBy: NodeID(pod))
    told[kind] = environment.trace.record(
      at: now, name(pod), kind, detail, weight: weight,
      cause: blamed ?? told["stopping"] ?? told["died"] ?? lastFault)
  }
}

extension SidecarPod {
  init(_ settings: SidecarSettings) {
    life = PodLifecycle(settings.pod)
    adapter = LogAdapter(
      capacity: settings.logBuffer, isDropping: settings.isDropping, shortcut: settings.shortcut)
  }
}
