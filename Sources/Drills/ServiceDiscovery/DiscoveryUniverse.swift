import Kernel
import Patterns
import Simulation

/// A registry, instances, callers and their load in one simulated world.
///
/// The cluster runs the machines; the universe drives the callers, carries out deploys, and knows
/// what no machine knows: who is really alive. Scenario and bench both run it.
struct DiscoveryUniverse: ~Copyable {
  let setup: DiscoverySetup
  var cluster: Cluster<DiscoveryFamily>
  var meters = DiscoveryMeters()
  var story: DiscoveryStory
  var violation: (at: Instant, violation: InvariantViolation)?
  /// Whether the load runs by itself.
  let hasLoad: Bool
  var pickers: [NodeID: InstancePicker] = [:]
  var calls: [Int: DiscoveryCall] = [:]
  var attempts: [Int: (call: Int, app: NodeID)] = [:]
  var waitingForName: [NodeID: [Int]] = [:]
  var lostSince: [NodeID: Instant] = [:]
  var wasDown: [NodeID: Bool] = [:]
  /// What each picker sees, as last told.
  var views: [NodeID: [NodeID]] = [:]
  var outcomes: [Int: Bool] = [:]
  var nextNumber = 0
  var arrivals: RandomStream
  var picks: RandomStream
  var errors: RandomStream

  init(
    _ setup: DiscoverySetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int = 20_000,
    hasLoad: Bool = true
  ) {
    self.setup = setup
    self.hasLoad = hasLoad
    let latency = Distribution.lognormal(p50: .microseconds(500), p99: .milliseconds(3))
    var network = Network(LinkQuality(latency: latency, keepsOrder: true), seed: seed)
    let loopback = LinkQuality(latency: .constant(.microseconds(20)), keepsOrder: true)
    for app in setup.roster.apps {
      network.setQuality(from: app, to: setup.roster.host(of: app), loopback)
      network.setQuality(from: setup.roster.host(of: app), to: app, loopback)
    }
    let environment = Environment(
      setup.roster.roster, network: network, traceCapacity: traceCapacity)
    let plan = setup.roster.spellOut(faults)
    cluster = Cluster(
      DiscoveryFamily(setup, seed: seed), in: environment, faults: plan, seed: seed)
    story = DiscoveryStory(setup)
    arrivals = RandomStream(seed: seed, name: "discovery/arrivals")
    picks = RandomStream(seed: seed, name: "discovery/picks")
    errors = RandomStream(seed: seed, name: "discovery/errors")
    for node in setup.roster.pickers {
      pickers[node] = InstancePicker(
        setup, random: RandomStream(seed: seed, name: "discovery/picker/\(node.index)"))
    }
    setAlarms(plan)
    for node in setup.roster.pickers { refreshView(of: node) }
  }

  private mutating func setAlarms(_ plan: FaultPlan) {
    cluster.setAlarm(DiscoveryAlarm.sample.number, at: .zero + .seconds(1))
    if hasLoad {
      cluster.setAlarm(DiscoveryAlarm.arrival.number, at: setup.measuredFrom)
    }
    for fault in plan.faults { look(after: fault) }
    if setup.roster.nameServer != nil {
      let justBefore = setup.measuredFrom - .seconds(1)
      for node in setup.roster.pickers {
        cluster.submit(.told(.lookup), to: node, at: justBefore)
      }
    }
    if let deploy = setup.deploy {
      cluster.setAlarm(DiscoveryAlarm.deploy(0).number, at: deploy.at)
    }
  }

  /// Makes sure that the universe looks at who is alive right after a fault begins and ends.
  mutating func look(after fault: TimedFault) {
    let moment = TimeSpan.nanoseconds(1)
    cluster.setAlarm(DiscoveryAlarm.look.number, at: fault.at + moment)
    guard let duration = fault.duration else { return }
    cluster.setAlarm(DiscoveryAlarm.look.number, at: fault.at + duration + moment)
  }

  var now: Instant { cluster.now }

  /// Whether figures count by now.
  var isMeasured: Bool { now >= setup.measuredFrom || !hasLoad }

  /// Lets time pass up to `limit`, or until an invariant breaks.
  mutating func run(until limit: Instant) {
    while violation == nil {
      switch cluster.run(until: limit) {
      case .answered(let answer, let node, let cause): take(answer, from: node, cause: cause)
      case .alarm(let number): take(DiscoveryAlarm(number))
      case .violated(let broken, let node): noteViolation(broken, by: node)
      case .received: break
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func noteViolation(_ broken: InvariantViolation, by node: NodeID) {
    violation = (now, broken)
    cluster.record(
      setup.roster.roster.name(node), Fact("violated", broken.description, weight: .harm))
  }

  private mutating func take(_ alarm: DiscoveryAlarm) {
    switch alarm {
    case .arrival: arrive()
    case .refused(let attempt), .timeout(let attempt): ended(attempt, isGood: false)
    case .abandoned(let call): finish(call, isGood: false)
    case .sample: sample()
    case .look: look()
    case .deploy(let place): deploy(place)
    case .stop(let place): stop(place)
    case .late(let attempt): ended(attempt, isGood: true)
    }
  }

  private mutating func take(
    _ answer: DiscoveryAnswer, from node: NodeID, cause: Trace.ID?
  ) {
    switch answer {
    case .replied(let attempt): replied(attempt)
    case .relayArrived(let call): attempt(call)
    case .relayReturned(let call, let isGood): finish(call, isGood: isGood)
    case .view(let added, let removed):
      viewChanged(of: node, added: added, removed: removed, cause: cause)
    case .lostRegistry(let isLost):
      lostSince[node] = isLost ? lostSince[node] ?? now : nil
      story.registry(lost: isLost, by: node, in: &cluster)
    case .lookedUp(let isGood): lookedUp(by: node, isGood: isGood)
    case .terminated(let app): die(app)
    case .registrationRefused(let app): registrationRefused(app, by: node, cause: cause)
    case .fact(let fact):
      noteFalseDeath(fact)
      story.tell(fact, by: node, cause: cause, in: &cluster)
    }
  }

  private mutating func registrationRefused(_ app: NodeID, by node: NodeID, cause: Trace.ID?) {
    guard isMeasured else { return }
    meters.refusedRegistrations += 1
    story.refused(app, by: node, cause: cause, in: &cluster)
  }

  private mutating func noteFalseDeath(_ fact: DiscoveryFact) {
    guard case .gossip(.dead(let node, _, _, _)) = fact, isMeasured else { return }
    if setup.roster.isUnhindered(node, in: cluster.environment) { meters.falseDeaths += 1 }
  }
}
