import Kernel
import Patterns
import Simulation

/// Nodes, a lease store, a shared storage and their clients in one simulated world.
///
/// The cluster runs the machines; the universe drives the clients and knows what no machine knows:
/// which writes were answered, and who really runs. Scenario and bench both run it.
struct FailoverUniverse: ~Copyable {
  /// A write on its way.
  struct Write: Sendable {
    let client: Int
    let key: Int
    var tries = 0
    var attempt = 0
    var target: NodeID
  }

  /// What a client remembers.
  struct Client: Sendable {
    let node: NodeID
    var address: NodeID?
    var validUntil = Instant.zero
  }

  enum Alarm {
    case arrival
    case sample
    case timeout(Int)
    case again(Int)
    case fence(Int)
    case monitor

    init(_ number: Int) {
      self =
        switch number & 7 {
        case 0: .arrival
        case 1: .sample
        case 2: .timeout(number >> 3)
        case 3: .fence(number >> 3)
        case 4: .monitor
        default: .again(number >> 3)
        }
    }

    var number: Int {
      switch self {
      case .arrival: 0
      case .sample: 1
      case .timeout(let attempt): attempt << 3 | 2
      case .fence(let order): order << 3 | 3
      case .monitor: 4
      case .again(let request): request << 3 | 5
      }
    }
  }

  let setup: FailoverSetup
  let hasLoad: Bool
  var cluster: Cluster<FailoverFamily>
  var meters = FailoverMeters()
  var story = FailoverStory()
  var violation: (at: Instant, violation: InvariantViolation)?
  var clients: [Client]
  /// The node that announced itself last to each group of clients.
  var announced: [NodeID?] = [nil, nil]
  /// Under which epoch of Sentinels.
  var announcedEpochs = [-1, -1]
  /// What the name stands for.
  var record: NodeID?
  var recordToken = -1
  var writes: [Int: Write] = [:]
  var attempts: [Int: Int] = [:]
  var answered: [Int] = []
  var lastOpened: NodeID?
  var nextRequest = 0
  var nextAttempt = 0
  /// What the results of real writes say of the leader.
  var watch: HealthChecker?
  var errors: RandomStream
  var arrivals: RandomStream
  var picks: RandomStream
  let firstFault: Instant?
  /// The highest token that opened.
  var highestOpened = 0
  /// Processes that were found dead, so that a broken connection is told once.
  var foundDead: Set<Int> = []
  /// Orders to cut somebody's power, in the order they were given.
  var fenceOrders: [FenceOrder] = []
  /// Nodes on which a cluster is starting the service again in place.
  var restarting: Set<Int> = []
  /// Of each node the last fault that a restart has ended there.
  var cured: [Int: Int] = [:]
  var checks: RandomStream

  init(
    _ setup: FailoverSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int = 20_000,
    hasLoad: Bool = true
  ) {
    self.setup = setup
    self.hasLoad = hasLoad
    let latency = Distribution.lognormal(p50: .microseconds(500), p99: .milliseconds(3))
    let network = Network(LinkQuality(latency: latency, keepsOrder: true), seed: seed)
    let environment = Environment(
      setup.roster.roster, network: network, traceCapacity: traceCapacity)
    cluster = Cluster(
      FailoverFamily(setup, seed: seed), members: setup.roster.memberCount, in: environment,
      faults: faults,
      options: ClusterOptions(
        syncLatency: .constant(.milliseconds(1)),
        timeSource: setup.isWallClock ? .wall : .monotonic), seed: seed)
    firstFault = faults.byTime.first?.at
    clients = (0..<10).map { Client(node: setup.roster.clients[$0 % 2]) }
    if setup.errorLimit > 0 {
      watch = HealthChecker(
        rise: 1, fall: setup.errorLimit, shortcut: FailoverShortcut(rawValue: setup.mutant ?? ""))
    }
    errors = RandomStream(seed: seed, name: "failover/errors")
    checks = RandomStream(seed: seed, name: "failover/checks")
    arrivals = RandomStream(seed: seed, name: "failover/arrivals")
    picks = RandomStream(seed: seed, name: "failover/picks")
    cluster.setAlarm(Alarm.sample.number, at: .zero + FailoverMeters.step)
    if setup.election == "cluster" {
      cluster.setAlarm(Alarm.monitor.number, at: .zero + setup.cluster.monitorInterval)
    }
    if hasLoad {
      cluster.setAlarm(Alarm.arrival.number, at: .zero + FailoverSetup.warmUp)
    }
  }

  var now: Instant { cluster.now }
  var isMeasured: Bool { now >= .zero + FailoverSetup.warmUp || !hasLoad }

  /// Lets time pass up to `limit`, or until an invariant breaks.
  mutating func run(until limit: Instant) {
    while violation == nil {
      switch cluster.run(until: limit) {
      case .answered(.fact(let fact), let node, let cause): take(fact, from: node, cause: cause)
      case .answered(.storeLeads(let leads), let node, let cause):
        if leads {
          cluster.record(
            name(node), Fact("store-leads", "leads the lease store"), cause: cause)
        }
      case .answered(.event(let event), let node, let cause): take(event, from: node, cause: cause)
      case .answered(.fence(let lost), let node, let cause):
        fence(lost, orderedBy: node, cause: cause)
      case .received(let message, let source, let client, _):
        receive(message, from: source, by: client)
      case .alarm(let number): take(Alarm(number))
      case .violated(let broken, let node):
        violation = (now, broken)
        cluster.record(name(node), Fact("violated", broken.description, weight: .harm))
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  func name(_ node: NodeID) -> String { setup.roster.roster.name(node) }

  private mutating func take(_ alarm: Alarm) {
    switch alarm {
    case .arrival: arrive()
    case .sample: sample()
    case .timeout(let attempt):
      guard let request = attempts.removeValue(forKey: attempt) else { return }
      ended(request, attempt, .silent)
    case .again(let request): send(request)
    case .fence(let order): cutPower(order)
    case .monitor: monitor()
    }
  }

  // MARK: Nodes as they are

  /// The machine of a node; nil while its process is down.
  func node(_ node: NodeID) -> FailoverNode? {
    guard case .node(let machine)? = cluster.participants[node.index]?.role else { return nil }
    return machine
  }

  /// The shared storage; nil while its process is down.
  var resource: FencedResource? {
    guard case .resource(let machine)? = cluster.participants[setup.roster.resource.index]?.role
    else { return nil }
    return machine
  }

  /// The nodes that believe that they lead, take writes, and run.
  var leaders: [NodeID] {
    setup.roster.nodes.filter { member in
      guard cluster.environment.processes.runs(member), let machine = node(member) else {
        return false
      }
      return machine.isOpen(at: cluster.localNow(member))
    }
  }

  /// Which requests the service has, once all is said and done.
  func kept() -> Set<Int> {
    if setup.isActiveActive {
      let first = setup.roster.nodes.first { cluster.environment.processes.runs($0) }
      guard let first else { return [] }
      return Set(cluster.durable(first).carts.flatMap(\.items))
    }
    if setup.isShared {
      return Set(resource?.writes.map(\.request) ?? answered)
    }
    let leading = leaders
    guard let truth = leading.count == 1 ? leading[0] : latest(leading) ?? lastOpened else {
      return []
    }
    return Set((node(truth)?.log ?? cluster.durable(truth).log).map(\.request))
  }

  /// Of several Redis primaries the one that Sentinels made last: the others must yield to it.
  private func latest(_ leading: [NodeID]) -> NodeID? {
    guard setup.sentinel != nil else { return nil }
    return leading.max { (node($0)?.token ?? 0) < (node($1)?.token ?? 0) }
  }

  /// The writes that were answered and that the service does not have.
  func lost() -> [Int] {
    let kept = kept()
    return answered.filter { !kept.contains($0) }
  }

  private mutating func sample() {
    cluster.setAlarm(Alarm.sample.number, at: now + FailoverMeters.step)
    if setup.sentinel != nil { breakConnections() }
    guard isMeasured else { return }
    let leading = leaders.count
    meters.sample(leaders: leading, at: now)
    if leading > 1, !setup.isActiveActive {
      let names = leaders.map { name($0) }
      story.twoLead(names, in: &cluster)
    }
    if leading == 1 { story.oneLeads(in: &cluster) }
    if let stale = resource?.staleWrites, stale > meters.staleWrites {
      meters.staleWrites = stale
      story.staleWrite(stale, in: &cluster)
    }
    meters.refusedTokens = resource?.refusals ?? meters.refusedTokens
  }
}
