import Kernel
import Patterns
import Simulation
import Verification

/// SNS, SQS, producers and workers in one simulated world: the cluster runs the processes, the
/// driver is the load, the work, the reader of the dead-letter queues, and the witness.
struct SQSUniverse: ~Copyable {
  /// What the driver waits for.
  enum Alarm {
    case arrival
    case work(NodeID, tag: Int, number: Int, isGood: Bool)
    case look
    case calm
  }

  let setup: SQSSetup
  var cluster: Cluster<MessagingFamily>
  var meters: DeliveryMeters
  var tally = SQSTally()
  var story: SQSStory
  var violation: (at: Instant, violation: InvariantViolation)?
  let seed: UInt64
  private var alarms: [Int: Alarm] = [:]
  private var nextAlarm = 0
  private var arrivals: RandomStream
  private var picks: RandomStream
  /// The last version of each key.
  private var versions: [Int: Int] = [:]

  init(_ setup: SQSSetup, _ request: ScenarioRequest, mutant: SQSMutant?) {
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
    meters = DeliveryMeters(subscriptions: setup.queues.count)
    story = SQSStory(setup)
    arrivals = RandomStream(seed: request.seed, name: "sqs/arrivals")
    picks = RandomStream(seed: request.seed, name: "sqs/picks")
    setAlarm(.arrival, at: .zero + .milliseconds(100))
    setAlarm(.look, at: .zero + setup.settings.span("operator.every"))
    setAlarm(.calm, at: setup.loadEnd)
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
      case .answered(let answer, let node, let cause): take(answer, from: node, cause: cause)
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
    case .work(let worker, let tag, let number, let isGood):
      story.worked(number, by: worker, at: setup.subscription(of: worker))
      cluster.submit(.told(.workDone(tag: tag, isGood: isGood)), to: worker)
    case .look:
      for queue in setup.queues {
        cluster.send(
          .receive(most: 10, isDead: true, request: 0), from: setup.person, to: queue)
      }
      let next = now + setup.settings.span("operator.every")
      if next < setup.end { setAlarm(.look, at: next) }
      // The last look, so that nothing set aside late goes unseen.
      if now < setup.end - .seconds(1), next >= setup.end {
        setAlarm(.look, at: setup.end - .seconds(1))
      }
    case .calm: calm()
    }
  }

  /// A producer has a message.
  private mutating func arrive() {
    let rate = setup.rate * cluster.environment.loadFactor
    let next = now + TimeSpan(seconds: arrivals.exponential() / rate)
    if next < setup.loadEnd { setAlarm(.arrival, at: next) }
    let place = picks.below(setup.producers.count)
    let key = picks.below(setup.keys)
    let producer = setup.producers[place]
    guard cluster.environment.processes.runs(producer) else { return }
    let number = meters.history.publish(by: place, key: key, at: now)
    versions[key, default: 0] += 1
    let event = DomainEvent(
      id: number, aggregate: key, version: versions[key] ?? 1, type: "job")
    cluster.submit(
      .told(.produce(event, group: setup.group(key), deduplication: "message-\(number)")),
      to: producer)
  }

  /// Everything is well again from here on.
  private mutating func calm() {
    if !cluster.environment.active.isEmpty { cluster.add(TimedFault(at: now, .heal)) }
    for node in cluster.memberNodes where cluster.environment.processes.isDown(node) {
      cluster.add(TimedFault(at: now, .restart(node)))
    }
  }

  /// Somebody reads the dead-letter queue, writes down what is there and deletes it.
  private mutating func look(at message: MessagingWire, from queue: NodeID) {
    guard case .received(let deliveries, true, _) = message, !deliveries.isEmpty,
      let subscription = setup.queues.firstIndex(of: queue)
    else { return }
    for delivery in deliveries {
      meters.history.handle(
        delivery.body.id, .setAside, by: setup.person.index, subscription: subscription, at: now)
      cluster.send(
        .delete(delivery.handle, isDead: true, request: 0), from: setup.person, to: queue)
    }
    cluster.send(.receive(most: 10, isDead: true, request: 0), from: setup.person, to: queue)
  }
}
