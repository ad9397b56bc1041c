import Kernel
import Patterns
import Simulation

/// Everything that a run of the pods changes.
///
///     client ─▶ gateway ─▶ sidecar ─▶ application ─▶ sidecar ─▶ ledger
///                             ├── lines ──▶ log-store
///                             └── certificate, configuration ◀── control-plane
///
/// The gateway, every sidecar and every ledger has a `MeshProxy`; proxies are numbered in that order,
/// pods first.
struct SidecarWorld: World, Sendable {
  enum Event: Sendable {
    case arrival
    case workEnds(Int32)
    case callBegins(Int32)
    case callEnds(Int32)
    case retryIsDue(Int32)
    case waitIsOver(Int32)
    case ship(Int32, Int32)
    case live(Int32, Int32, PodLifecycle.Input)
    case sidecarAsks(Int32, Int32)
    case agentWakes(Int32, Int32, process: Int32)
    case certificateArrives(Int32, process: Int32)
    case partArrives(Int32)
    case controlWakes
    case unlist(Int32, Int32)
    case replace(Int32)
    case probe
    case scrape
    case faultIsDue
    case watch
  }

  let settings: SidecarSettings
  let seed: UInt64
  var environment: Environment
  var schedule: FaultSchedule
  var pods: [SidecarPod]
  var gateway: MeshProxy
  var ledgers: [MeshProxy]
  var authority: CertificateAuthority
  var control: ControlPlane
  var pushes = Slab<SidecarPush>()
  var requests = Slab<SidecarRequest>()
  var ledgerConnections = 0
  var replacing: Int?
  var tally: SidecarTally
  var checks = InvariantLog(SidecarScenario.rules)
  var lastFault: Trace.ID?
  var told: [String: Trace.ID] = [:]
  /// The instance that an application without an ambassador calls next.
  var directTurn = 0
  private var arrivalRandom: RandomStream
  private var workRandom: RandomStream
  var chooseRandom: RandomStream
  var retryRandom: RandomStream
  var errorRandom: RandomStream

  init(
    _ settings: SidecarSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    self.seed = seed
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(.zero)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    pods = (0..<settings.pods).map { SidecarPod(settings, number: $0, epoch: 0, seed: seed) }
    func agent(_ name: String) -> CertificateAgent {
      CertificateAgent(settings.mesh.agent, random: RandomStream(seed: seed, name: name))
    }
    var plain = OutboundProxy.Options()
    (plain.algorithm, plain.panicPercent, plain.maxRequests) = (.roundRobin, 0, 0)
    gateway = MeshProxy(
      agent: agent("gateway"), inbound: InboundProxy(mode: settings.mesh.mode),
      outbound: OutboundProxy(
        plain, zone: 0, endpoints: pods.map { _ in .init(zone: 0, subset: 1) }, routes: nil,
        subsets: [], random: RandomStream(seed: seed, name: "gateway/accrual")))
    ledgers = (1...settings.ledgers).map {
      MeshProxy(
        agent: agent("ledger-\($0)"), inbound: InboundProxy(mode: settings.mesh.mode),
        outbound: nil)
    }
    authority = CertificateAuthority(
      lifetime: settings.mesh.certificateLife, backdate: settings.mesh.backdate)
    control = ControlPlane(
      settings.mesh.control, proxyCount: settings.pods + 1 + settings.ledgers, subsets: [1])
    tally = SidecarTally(settings)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    workRandom = RandomStream(seed: seed, name: "work")
    chooseRandom = RandomStream(seed: seed, name: "choose")
    retryRandom = RandomStream(seed: seed, name: "retry")
    errorRandom = RandomStream(seed: seed, name: "errors")
  }

  func sidecarNode(_ pod: Int) -> NodeID { NodeID(pods.count + pod) }
  func ledgerNode(_ ledger: Int) -> NodeID { NodeID(2 * pods.count + ledger) }
  var controlNode: NodeID { NodeID(2 * pods.count + ledgers.count) }
  var storeNode: NodeID { NodeID(2 * pods.count + ledgers.count + 1) }

  /// Whether the sidecar of a pod carries what is under way right now.
  func isSidecarUp(_ pod: Int) -> Bool { pods[pod].life.isSidecarUp && hasProcesses(pod) }

  /// Whether it takes new requests too.
  func sidecarTakesNew(_ pod: Int) -> Bool { pods[pod].life.sidecarTakesNew && hasProcesses(pod) }

  private func hasProcesses(_ pod: Int) -> Bool {
    !environment.processes.isDown(sidecarNode(pod)) && !environment.processes.isDown(NodeID(pod))
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    bootMesh(in: &queue)
    // The run begins with pods of the version before, which had no init container.
    for pod in pods.indices {
      var before = settings.pod
      before.hasSetup = false
      pods[pod].life = PodLifecycle(before)
      for input: PodLifecycle.Input in [.started, .sidecarRuns, .sidecarReady, .applicationCalls] {
        _ = pods[pod].life.step(input, at: .zero)
      }
      connect(pod, isAmbassador: true)
      connect(pod, isAmbassador: false)
    }
    scheduleArrival(in: &queue)
    if settings.isRollingOut { queue.schedule(.replace(0), at: .zero + .seconds(15)) }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.probe, after: .seconds(2))
    queue.schedule(.scrape, after: .seconds(5))
    queue.schedule(.watch, after: SidecarTally.step)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    func isCurrent(_ pod: Int32, _ epoch: Int32) -> Bool { pods[Int(pod)].epoch == Int(epoch) }
    switch event {
    case .arrival:
      take(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .workEnds(let number): workEnds(Int(number), at: now, in: &queue)
    case .callBegins(let number): callBegins(Int(number), at: now, in: &queue)
    case .callEnds(let number): callEnds(Int(number), at: now, in: &queue)
    case .retryIsDue(let number): retryIsDue(Int(number), at: now, in: &queue)
    case .waitIsOver(let number): waitIsOver(Int(number), at: now, in: &queue)
    case .ship(let pod, let epoch):
      if isCurrent(pod, epoch) { ship(Int(pod), at: now, in: &queue) }
    case .live(let pod, let epoch, let input):
      if isCurrent(pod, epoch) { livesOn(input, Int(pod), at: now, in: &queue) }
    case .sidecarAsks(let pod, let process):
      if pods[Int(pod)].process == Int(process) { sidecarAsks(Int(pod), at: now, in: &queue) }
    case .agentWakes(let party, let number, let process):
      agentWakes(Int(party), Int(number), process: Int(process), at: now, in: &queue)
    case .certificateArrives(let party, let process):
      certificateArrives(Int(party), process: Int(process), at: now, in: &queue)
    case .partArrives(let push): partArrives(Int(push), at: now, in: &queue)
    case .controlWakes: tellControl(.wake, at: now, in: &queue)
    case .unlist(let pod, let epoch):
      if isCurrent(pod, epoch) { list(Int(pod), false, at: now) }
    case .replace(let pod): replace(Int(pod), at: now, in: &queue)
    case .probe: probe(at: now, in: &queue)
    case .scrape: scrape(at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * max(environment.loadFactor, 1e-6)
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / rate)
    queue.schedule(.arrival, after: max(gap, .nanoseconds(1)))
  }

  /// A request comes: the gateway's proxy chooses a pod, the pod's proxy admits it.
  private mutating func take(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.arrived(at: now)
    let isLong = workRandom.chance(settings.longShare)
    let span =
      isLong ? settings.longTime : TimeSpan.milliseconds(20) * workRandom.exponential()
    guard case .endpoint(let pod, _)? = gateway.outbound?.choose(at: now, using: &chooseRandom)
    else { return tally.ended(since: now, .noPod, at: now) }
    if let reason = refusal(of: pod, at: now) {
      note("refused", pod, reason, at: now)
      gateway.disconnect(pod)
      return tally.ended(since: now, .refused, at: now)
    }
    gateway.outbound?.started(pod, isRetry: false, at: now)
    pods[pod].working += 1
    let number = requests.add(
      SidecarRequest(arrivedAt: now, pod: pod, epoch: pods[pod].epoch))
    let slowdown = environment.processes.slowdown(NodeID(pod))
    queue.schedule(
      .workEnds(Int32(number)),
      after: pass(pod, at: now) + max(.microseconds(1), span * slowdown))
  }

  /// Why a pod does not take a new request, or nil.
  private mutating func refusal(of pod: Int, at now: Instant) -> String? {
    guard sidecarTakesNew(pod) else { return "a request comes and its sidecar takes none" }
    var identity = gateway.connection(to: pod, youngerThan: Self.connectionAge, at: now)?.identity
    if gateway.connection(to: pod, youngerThan: Self.connectionAge, at: now) == nil {
      let shaken = gateway.connect(
        to: pod, pods[pod].proxy.side(at: now), mode: pods[pod].proxy.inbound.mode,
        as: gateway.side(at: now), at: now)
      switch shaken {
      case .refused(let why):
        tally.handshakesRefused += 1
        return "the handshake with its sidecar fails: \(why.rawValue)"
      case .plaintext: break
      case .mutual(let known): identity = known
      }
    }
    guard pods[pod].proxy.inbound.verdict(on: identity) == .accepted else {
      return "its sidecar turns the request away"
    }
    guard pods[pod].life.applicationTakesNew else { return "a request comes and nobody takes it" }
    return pods[pod].working < settings.workers ? nil : "all workers are busy"
  }

  /// How long a connection is used before a new handshake.
  static let connectionAge = TimeSpan.seconds(30)

  func name(_ pod: Int) -> String { environment.roster.name(NodeID(pod)) }

  /// Tells the trace the first trouble of a kind.
  mutating func note(
    _ kind: String, _ pod: Int, _ detail: String,
    weight: Trace.Weight = .harm, blames: [NodeID] = [], at now: Instant
  ) {
    guard told[kind] == nil else { return }
    let suspects = [sidecarNode(pod), NodeID(pod)] + blames + [controlNode, storeNode]
    var blamed: Trace.ID?
    for suspect in suspects where blamed == nil {
      blamed = environment.blame(suspect, seenBy: NodeID(pod))
    }
    told[kind] = environment.trace.record(
      at: now, name(pod), kind, detail, weight: weight,
      cause: blamed ?? told["stopping"] ?? told["died"] ?? lastFault)
  }

  mutating func broke(_ invariant: String, _ witness: String, at now: Instant) {
    checks.violated(invariant, at: now, witness)
  }
}
