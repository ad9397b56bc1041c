import Kernel
import Patterns
import Simulation
import Verification

/// An orders service, its relays, a topic and consuming services in one simulated world.
struct EventUniverse: ~Copyable {
  /// What the driver waits for.
  enum Alarm {
    case arrival
    case work(NodeID, tag: Int)
    case deploy
    case look
    case calm
  }

  let setup: EventSetup
  var cluster: Cluster<MessagingFamily>
  var record: EventRecord
  var story: EventStory
  var violation: (at: Instant, violation: InvariantViolation)?
  let seed: UInt64
  private var alarms: [Int: Alarm] = [:]
  private var nextAlarm = 0
  private var arrivals: RandomStream
  private var picks: RandomStream
  private var refusals: RandomStream
  private var nextChange = 0

  init(_ setup: EventSetup, _ request: ScenarioRequest, mutant: EventMutant?) {
    self.setup = setup
    seed = request.seed
    let latency = Distribution.lognormal(p50: .milliseconds(2), p99: .milliseconds(10))
    let network = Network(
      LinkQuality(latency: latency, keepsOrder: true), seed: request.seed)
    let environment = Environment(
      setup.roster, network: network, traceCapacity: request.traceCapacity)
    let family = MessagingFamily(roles: setup.roles(seed: request.seed, mutant: mutant))
    cluster = Cluster(
      family, members: family.roles.count, in: environment, faults: request.faults,
      seed: request.seed)
    record = EventRecord(subscribers: setup.queues.count)
    story = EventStory(setup)
    arrivals = RandomStream(seed: request.seed, name: "events/arrivals")
    picks = RandomStream(seed: request.seed, name: "events/picks")
    refusals = RandomStream(seed: request.seed, name: "events/refusals")
    setAlarm(.arrival, at: .zero + .milliseconds(100))
    setAlarm(.look, at: .zero + .seconds(30))
    setAlarm(.calm, at: setup.loadEnd)
    let deploy = setup.settings.span("schema.at")
    if deploy > .zero { setAlarm(.deploy, at: .zero + deploy) }
  }

  var now: Instant { cluster.now }

  mutating func setAlarm(_ alarm: Alarm, at instant: Instant) {
    alarms[nextAlarm] = alarm
    cluster.setAlarm(nextAlarm, at: instant)
    nextAlarm += 1
  }

  /// Lets the run go to its end, or until an invariant breaks.
  mutating func run() {
    while violation == nil {
      switch cluster.run(until: setup.end) {
      case .answered(let answer, let node, _): take(answer, from: node)
      case .alarm(let number): if let alarm = alarms.removeValue(forKey: number) { take(alarm) }
      case .received(let message, let queue, _, _): look(at: message, from: queue)
      case .violated(let broken, let node):
        violation = (now, broken)
        story.violated(broken, by: node, in: &cluster)
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func take(_ alarm: Alarm) {
    switch alarm {
    case .arrival: arrive()
    case .work(let worker, let tag):
      cluster.submit(.told(.workDone(tag: tag, isGood: true)), to: worker)
    case .deploy: deploy()
    case .look:
      for queue in setup.queues {
        cluster.send(
          .receive(most: 10, isDead: true, request: 0), from: setup.person, to: queue)
      }
      if now + .seconds(30) < setup.end { setAlarm(.look, at: now + .seconds(30)) }
    case .calm:
      if !cluster.environment.active.isEmpty { cluster.add(TimedFault(at: now, .heal)) }
      for node in cluster.memberNodes where cluster.environment.processes.isDown(node) {
        cluster.add(TimedFault(at: now, .restart(node)))
      }
    }
  }

  /// A customer wants a change.
  private mutating func arrive() {
    let rate = setup.settings.number("rate") * cluster.environment.loadFactor
    let next = now + TimeSpan(seconds: arrivals.exponential() / rate)
    if next < setup.loadEnd { setAlarm(.arrival, at: next) }
    let order = picks.below(setup.settings.integer("orders"))
    let state = 1 + picks.below(1_000_000)
    let isRefused = refusals.chance(setup.settings.number("refused"))
    let median = setup.settings.span("commit.time")
    var random = RandomStream(seed: seed, name: "events/commit/\(nextChange)")
    let change = OrderChange(
      number: nextChange, aggregate: order, state: state, isRefused: isRefused,
      workTime: Distribution.lognormal(p50: median, p99: median * 10).sample(&random))
    nextChange += 1
    guard cluster.environment.processes.runs(setup.orders) else { return }
    record.wanted(change.number, at: now)
    cluster.submit(.told(.change(change)), to: setup.orders)
  }

  /// Version 2 goes out, if the registry takes its schema.
  private mutating func deploy() {
    let refusal = setup.schemaRefusal
    story.deployed(setup.nextSchema, refusal: refusal, in: &cluster)
    guard refusal == nil else { return }
    record.isDeployed = true
    cluster.submit(.told(.deploy(setup.nextSchema)), to: setup.orders)
  }

  /// Somebody reads the dead-letter queue, writes down what is there and deletes it.
  private mutating func look(at message: MessagingWire, from queue: NodeID) {
    guard case .received(let deliveries, true, _) = message, !deliveries.isEmpty,
      let subscriber = setup.queues.firstIndex(of: queue)
    else { return }
    for delivery in deliveries {
      record.handle(delivery.body.id, .setAside, at: now, by: subscriber)
      cluster.send(
        .delete(delivery.handle, isDead: true, request: 0), from: setup.person, to: queue)
    }
    cluster.send(.receive(most: 10, isDead: true, request: 0), from: setup.person, to: queue)
  }

  mutating func beginWork(_ event: DomainEvent, _ receives: Int, _ tag: Int, by worker: NodeID) {
    var random = RandomStream(
      seed: seed, name: "events/working/\(worker.index)/\(event.id)/\(receives)")
    let slowdown = cluster.environment.processes.slowdown(worker)
    setAlarm(.work(worker, tag: tag), at: now + setup.work.sample(&random) * slowdown)
  }
}
