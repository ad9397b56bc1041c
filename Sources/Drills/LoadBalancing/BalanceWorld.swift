import Kernel
import Patterns
import Simulation

/// Everything that a run of the load-balancing scenario changes.
struct BalanceWorld: ScenarioWorld, Sendable {
  /// What can happen; the numbers name calls, hosts, balancers, and pairs of the two.
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case callArrives(Int32)
    case workEnds(Int32)
    case answerArrives(Int32)
    case patienceEnds(Int32)
    case checkIsDue(Int32)
    case sweepIsDue(Int32)
    case reportIsDue
    case hostsJoin
    case deployBegins(Int32)
    case hostStops(Int32)
    case hostStarts(Int32)
    case faultIsDue
    case watch
  }

  let settings: BalanceSettings
  let seed: UInt64
  var environment: Environment
  var schedule: FaultSchedule
  var fronts: [FrontBalancer]
  var instances: [DependencyInstance]
  var requests = Slab<BalancedRequest>()
  var calls = Slab<UpstreamCall>()
  /// How often each write was carried out.
  var carriedOut: [UInt8] = []
  /// The host that a client's cookie names, -1 for none.
  var cookies: [Int32]
  /// The host that holds a client's session, -1 for none.
  var homes: [Int32]
  /// The hosts that hold a client's data, a bit each.
  var cached: [UInt64]
  var tally: BalanceTally
  var checks = BalanceChecks()
  var watch: BalanceWatch
  var arrivalRandom: RandomStream
  var clientRandom: RandomStream
  var frontRandom: RandomStream
  var sizeRandom: RandomStream
  var writeRandom: RandomStream

  init(
    _ settings: BalanceSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    self.seed = seed
    let link = LinkQuality(latency: .lognormal(p50: settings.network, p99: settings.network * 3))
    environment = Environment(
      roster, network: Network(link, seed: seed), traceCapacity: traceCapacity)
    for front in 0..<settings.balancers {
      for host in 0..<settings.allHosts
      where settings.zone(of: host) != settings.zone(of: front) && settings.zoneDelay > .zero {
        let longer = settings.network + settings.zoneDelay
        let far = LinkQuality(latency: .lognormal(p50: longer, p99: longer + settings.network * 2))
        let node = NodeID(settings.allHosts + front)
        environment.network.setQuality(from: node, to: NodeID(host), far)
        environment.network.setQuality(from: NodeID(host), to: node, far)
      }
    }
    schedule = FaultSchedule(faults)
    fronts = (0..<settings.balancers).map {
      FrontBalancer($0, settings, hosts: settings.hosts, seed: seed, at: .zero)
    }
    instances = (0..<settings.allHosts).map {
      DependencyInstance(
        roster.names[$0], slots: settings.slots, queueLimit: settings.queueLimit, seed: seed)
    }
    cookies = Array(repeating: -1, count: settings.clients)
    homes = Array(repeating: -1, count: settings.clients)
    cached = Array(repeating: 0, count: settings.clients)
    tally = BalanceTally(settings)
    watch = BalanceWatch(settings)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    clientRandom = RandomStream(seed: seed, name: "clients")
    frontRandom = RandomStream(seed: seed, name: "balancers")
    sizeRandom = RandomStream(seed: seed, name: "sizes")
    writeRandom = RandomStream(seed: seed, name: "writes")
  }

  /// The node of a balancer: they stand behind the hosts.
  func node(ofFront front: Int) -> NodeID { NodeID(settings.allHosts + front) }

  /// Schedules what begins a run.
  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleArrival(in: &queue)
    beginWatch(every: BalanceTally.step, in: &queue)
    if settings.checkEvery > .zero {
      for host in 0..<settings.hosts { scheduleFirstChecks(of: host, in: &queue) }
    }
    for (front, value) in fronts.enumerated() {
      if let detector = value.detector {
        queue.schedule(.sweepIsDue(Int32(front)), at: detector.nextSweepAt)
      }
    }
    if let every = settings.reportEvery { queue.schedule(.reportIsDue, after: every) }
    if settings.join > 0 { queue.schedule(.hostsJoin, after: settings.joinAt) }
    if let at = settings.deployAt { queue.schedule(.deployBegins(0), after: at) }
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
    case .checkIsDue(let lane): check(Int(lane), at: now, in: &queue)
    case .sweepIsDue(let front): sweep(Int(front), at: now, in: &queue)
    case .reportIsDue: report(at: now, in: &queue)
    case .hostsJoin: join(at: now, in: &queue)
    case .deployBegins(let host): deploy(Int(host), at: now, in: &queue)
    case .hostStops(let host): stop(Int(host), at: now, in: &queue)
    case .hostStarts(let host): start(Int(host), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  /// Lets one party of a call go; the last one frees its number.
  mutating func release(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }
}
