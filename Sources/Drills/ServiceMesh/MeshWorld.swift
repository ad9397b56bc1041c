import Kernel
import Patterns
import Simulation

/// Everything that a run of the mesh changes.
///
///     ingress ──▶ front ──▶ orders ──▶ stock        batch, intruder ──▶ stock
///        └───────────┴─────────┴──────────┴── control plane: certificates, configuration
///
/// Every arrow goes through two sidecars: one chooses, one admits.
struct MeshWorld: World, Sendable {
  enum Event: Sendable {
    case arrival, batchArrival, intruderArrival
    case callArrives(Int32)
    case workEnds(Int32)
    case answerArrives(Int32)
    case patienceEnds(Int32)
    case retryIsDue(Int32)
    case agentWakes(Int32, Int32)
    case requestArrives(Int32)
    case certificateArrives(Int32)
    case controlWakes
    case changeIsDue(Int32)
    case stageIsOver
    case partArrives(Int32)
    case acknowledged(Int32)
    case discovered(Int32)
    case listed(Int32)
    case faultIsDue
    case watch
  }

  let settings: MeshSettings
  var environment: Environment
  var schedule: FaultSchedule
  var nodes: [MeshNode]
  /// The nodes that each node may call, in the order of its endpoints.
  let targets: [[Int]]
  var errands = Slab<MeshErrand>()
  /// Errands that no call waits for: requests of clients, and copies.
  var openRequests = 0
  var calls = Slab<MeshCall>()
  var authority: CertificateAuthority
  var control: ControlPlane
  var pushes = Slab<MeshPush>()
  var issues = Slab<MeshIssue>()
  var rollout: MeshRollout
  var tally: MeshTally
  var watch = EpisodeWatch<MeshTrouble>()
  /// The last change of configuration, and the loss of the control plane, as the trace has them.
  var lastChange: Trace.ID?
  var controlLost: Trace.ID?
  var checks = MeshChecks()
  private var arrivalRandom: RandomStream
  private var batchRandom: RandomStream
  private var zoneRandom: RandomStream
  var mirrorRandom: RandomStream
  var pushRandom: RandomStream

  init(
    _ settings: MeshSettings, roster: Roster, faults: FaultPlan, seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    let plan = settings.plan
    var network = Network(LinkQuality(latency: .constant(settings.network)), seed: seed)
    let far = LinkQuality(latency: .constant(settings.network + settings.networkZone))
    for source in plan.indices {
      for target in plan.indices where plan[source].zone != plan[target].zone {
        network.setQuality(from: NodeID(source), to: NodeID(target), far)
      }
    }
    environment = Environment(roster, network: network, traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    let targets = plan.map { node -> [Int] in
      guard node.service != 3 else { return [] }
      let wanted = min(3, node.service + 1)
      return plan.indices.filter { plan[$0].service == wanted }
    }
    self.targets = targets
    nodes = plan.indices.map { MeshNode($0, plan, targets[$0], settings, seed: seed) }
    authority = CertificateAuthority(
      lifetime: settings.design.certificateLife, backdate: settings.design.backdate)
    control = ControlPlane(settings.design.control, proxyCount: plan.count, subsets: [1])
    rollout = MeshRollout(settings, plan)
    tally = MeshTally(settings)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    batchRandom = RandomStream(seed: seed, name: "batch")
    zoneRandom = RandomStream(seed: seed, name: "zones")
    mirrorRandom = RandomStream(seed: seed, name: "mirror")
    pushRandom = RandomStream(seed: seed, name: "push")
  }

  /// The control plane's node, which stands after the workloads.
  var controlNode: NodeID { NodeID(nodes.count) }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for node in nodes.indices where nodes[node].proxy.hasSidecar {
      let issued = authority.sign(nodes[node].plan.service, at: .zero)
      tally.longestLife = settings.design.certificateLife
      carryOut(
        nodes[node].proxy.agent.step(.issued(issued), at: .zero), of: node, at: .zero, in: &queue)
    }
    for (index, change) in rollout.changes.enumerated() {
      queue.schedule(.changeIsDue(Int32(index)), at: .zero + change.at)
    }
    if rollout.isStaged, let first = rollout.changes.first {
      queue.schedule(.stageIsOver, at: .zero + first.at + settings.changeGap)
    }
    scheduleArrival(.client, in: &queue)
    if settings.batchRate > 0 { scheduleArrival(.batch, in: &queue) }
    if settings.intruderRate > 0 { scheduleArrival(.intruder, in: &queue) }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.watch, after: tally.step)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      let zone = zoneRandom.below(settings.zones)
      take(.client, from: zone, hop: 0, at: now, in: &queue)
      scheduleArrival(.client, in: &queue)
    case .batchArrival:
      take(.batch, from: nodes.count - 2, hop: 2, at: now, in: &queue)
      scheduleArrival(.batch, in: &queue)
    case .intruderArrival:
      take(.intruder, from: nodes.count - 1, hop: 2, at: now, in: &queue)
      scheduleArrival(.intruder, in: &queue)
    case .callArrives(let call): callArrives(Int(call), at: now, in: &queue)
    case .workEnds(let call): workEnds(Int(call), at: now, in: &queue)
    case .answerArrives(let call): answerArrives(Int(call), at: now, in: &queue)
    case .patienceEnds(let call): patienceEnds(Int(call), at: now, in: &queue)
    case .retryIsDue(let errand):
      errands[Int(errand)].retry = nil
      send(for: Int(errand), at: now, in: &queue)
    case .agentWakes(let node, let number):
      agentWakes(Int(node), Int(number), at: now, in: &queue)
    case .requestArrives(let node): requestArrives(Int(node), at: now, in: &queue)
    case .certificateArrives(let issue): certificateArrives(Int(issue), at: now, in: &queue)
    case .controlWakes: tellControl(.wake, at: now, in: &queue)
    case .changeIsDue(let index): change(Int(index), at: now, in: &queue)
    case .stageIsOver: judgeStage(at: now, in: &queue)
    case .partArrives(let push): partArrives(Int(push), at: now, in: &queue)
    case .acknowledged(let push): acknowledged(Int(push), at: now, in: &queue)
    case .discovered(let node): discovered(Int(node), in: &queue)
    case .listed(let node): listed(Int(node), at: now)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(_ client: MeshClient, in queue: inout EventQueue<Event>) {
    let rate: Double
    let event: Event
    switch client {
    case .batch: (rate, event) = (settings.batchRate, .batchArrival)
    case .intruder: (rate, event) = (settings.intruderRate, .intruderArrival)
    default: (rate, event) = (settings.rate, .arrival)
    }
    let factor = max(environment.loadFactor, 1e-6)
    let draw =
      client == .client ? arrivalRandom.exponential() : batchRandom.exponential()
    let gap = (settings.isPoisson ? draw : 1) / (rate * factor)
    queue.schedule(event, after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func take(
    _ client: MeshClient, from source: Int, hop: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    tally.arrived(client, at: now)
    begin(client, hop: hop, from: source, parent: nil, subset: nil, at: now, in: &queue)
  }

  /// When a message arrives, nil when it is lost; a second copy of it is ignored.
  mutating func transmit(from source: NodeID, to target: NodeID, at now: Instant) -> Instant? {
    switch environment.network.transmit(from: source, to: target, at: now) {
    case .once(let at): at
    case .twice(let first, let second): min(first, second)
    case .lost, .cut: nil
    }
  }

  func name(_ node: Int) -> String { environment.roster.name(NodeID(node)) }

  /// The wall clock of a node.
  func wall(_ node: NodeID, at now: Instant) -> Instant { environment.clock(node).wall(at: now) }
}

extension MeshNode {
  init(_ number: Int, _ all: [Plan], _ targets: [Int], _ settings: MeshSettings, seed: UInt64) {
    let plan = all[number]
    self.plan = plan
    var outbound: OutboundProxy?
    if !targets.isEmpty {
      // A workload without a sidecar spreads its calls like any client, and takes nobody out.
      var options = settings.design.outbound
      if plan.service == 4, !settings.isBatchMeshed { options = OutboundProxy.Options() }
      outbound = OutboundProxy(
        options, zone: plan.zone,
        endpoints: targets.map { .init(zone: all[$0].zone, subset: all[$0].subset) },
        routes: MeshRoutes([.init(1, 1_000)]), subsets: [1],
        random: RandomStream(seed: seed, name: "\(plan.name)/accrual"))
    }
    proxy = MeshProxy(
      hasSidecar: plan.service != 4 || settings.isBatchMeshed,
      agent: CertificateAgent(
        settings.design.agent, random: RandomStream(seed: seed, name: "\(plan.name)/agent")),
      inbound: InboundProxy(mode: settings.design.mode, shortcut: settings.shortcut),
      outbound: outbound)
    slots = plan.service == 3 ? settings.slots : 1_000
    serviceRandom = RandomStream(seed: seed, name: "\(plan.name)/service")
    errorRandom = RandomStream(seed: seed, name: "\(plan.name)/errors")
    chooseRandom = RandomStream(seed: seed, name: "\(plan.name)/choose")
    retryRandom = RandomStream(seed: seed, name: "\(plan.name)/retry")
  }
}
