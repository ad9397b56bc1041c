import Kernel
import Simulation
import Verification

/// Publishers, brokers and workers of NATS or Redis in one simulated world: the cluster runs the
/// processes, the driver is the load, the work and the witness.
struct StreamUniverse: ~Copyable {
  /// What the driver waits for.
  enum Alarm {
    case arrival
    case work(NodeID, tag: Int, number: Int)
    case calm
  }

  let setup: StreamSetup
  var cluster: Cluster<StreamFamily>
  var meters: DeliveryMeters
  var tally = StreamTally()
  var story: StreamStory
  var violation: (at: Instant, violation: InvariantViolation)?
  let seed: UInt64
  private var alarms: [Int: Alarm] = [:]
  private var nextAlarm = 0
  private var arrivals: RandomStream
  private var picks: RandomStream
  /// What each service has applied.
  var applied: Set<StreamTally.Copy> = []
  /// Who works on what, and in which life.
  var working: [StreamTally.Copy: (worker: NodeID, life: Int)] = [:]

  init(_ setup: StreamSetup, _ request: ScenarioRequest) {
    self.setup = setup
    seed = request.seed
    let latency = Distribution.lognormal(p50: .microseconds(500), p99: .milliseconds(3))
    let environment = Environment(
      setup.roster,
      network: Network(LinkQuality(latency: latency, keepsOrder: true), seed: request.seed),
      traceCapacity: request.traceCapacity)
    cluster = Cluster(
      StreamFamily(roles: setup.roles), in: environment, faults: request.faults,
      options: ClusterOptions(
        syncLatency: .lognormal(p50: .milliseconds(1), p99: .milliseconds(8))),
      seed: request.seed)
    meters = DeliveryMeters(subscriptions: setup.services)
    story = StreamStory(setup)
    arrivals = RandomStream(seed: request.seed, name: "\(setup.name)/arrivals")
    picks = RandomStream(seed: request.seed, name: "\(setup.name)/picks")
    setAlarm(.arrival, at: .zero + .seconds(1))
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
      case .answered(let answer, let node, _): take(answer, from: node)
      case .alarm(let number): if let alarm = alarms.removeValue(forKey: number) { take(alarm) }
      case .received: break
      case .violated(let broken, let node):
        violation = (now, broken)
        story.tell(node, Fact("violated", broken.description, weight: .harm), in: &cluster)
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func take(_ alarm: Alarm) {
    switch alarm {
    case .arrival: arrive()
    case .work(let worker, let tag, let number):
      let copy = StreamTally.Copy(number: number, subscription: setup.subscription(of: worker))
      if working[copy]?.worker == worker { working[copy] = nil }
      cluster.submit(.told(.workDone(tag: tag)), to: worker)
    case .calm:
      if !cluster.environment.active.isEmpty { cluster.add(TimedFault(at: now, .heal)) }
      for node in cluster.memberNodes where cluster.environment.processes.isDown(node) {
        cluster.add(TimedFault(at: now, .restart(node)))
      }
    }
  }

  /// A publisher has a message.
  private mutating func arrive() {
    let rate = setup.rate * max(0.01, cluster.environment.loadFactor)
    let next = now + TimeSpan(seconds: arrivals.exponential() / rate)
    if next < setup.loadEnd { setAlarm(.arrival, at: next) }
    let place = picks.below(setup.publishers.count)
    let key = picks.below(setup.keys)
    let publisher = setup.publishers[place]
    guard cluster.environment.processes.runs(publisher) else { return }
    let number = meters.history.publish(by: place, key: key, at: now)
    cluster.submit(.told(.publish(number: number)), to: publisher)
  }
}
