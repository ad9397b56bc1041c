import Kernel
import Patterns
import Simulation
import Verification

/// Brokers, producers and consumers in one simulated world.
///
/// The cluster runs the processes; the universe hands messages over, keeps the record of what
/// producers and consumers saw, and knows what no process knows: who is really alive.
struct QueueUniverse: ~Copyable {
  let setup: QueueSetup
  var cluster: Cluster<QueueFamily>
  var deliveries = DeliveryMeters()
  var meters = QueueMeters()
  var story = QueueStory()
  var violation: (at: Instant, violation: InvariantViolation)?
  var items: [QueueItem] = []
  /// What has been applied, as the database behind the consumers knows it.
  var applied: Set<Int> = []
  var newcomer = NewcomerMeters()
  /// What each consumer was handed and has not finished.
  var inHand: [NodeID: [Int]] = [:]
  var lives: [Int]
  /// How many messages waited in each broker's queues when last looked at.
  var waiting: [Int]
  private var arrivals: RandomStream
  private var contents: RandomStream
  private var nextProducer = 0

  enum Alarm {
    static let arrival = 0
    static let sample = 1
    static let look = 2
    static let newcomer = 3
  }

  static let sampleInterval = TimeSpan.milliseconds(100)

  init(_ setup: QueueSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int = 20_000) {
    self.setup = setup
    let latency = Distribution.lognormal(p50: .microseconds(500), p99: .milliseconds(3))
    let network = Network(LinkQuality(latency: latency, keepsOrder: true), seed: seed)
    let environment = Environment(
      setup.roster, network: network, traceCapacity: traceCapacity)
    let sync = setup.syncMedian
    let options = ClusterOptions(
      syncLatency: sync == .zero ? .constant(.zero) : .lognormal(p50: sync, p99: sync * 4))
    cluster = Cluster(
      QueueFamily(setup, seed: seed), in: environment, faults: faults, options: options,
      seed: seed)
    lives = Array(repeating: 0, count: setup.roster.names.count)
    waiting = Array(repeating: 0, count: setup.brokerCount)
    arrivals = RandomStream(seed: seed, name: "queue/arrivals")
    contents = RandomStream(seed: seed, name: "queue/contents")
    cluster.setAlarm(Alarm.arrival, at: setup.loadFrom)
    cluster.setAlarm(Alarm.sample, at: .zero + Self.sampleInterval)
    if let at = setup.newcomerAt { cluster.setAlarm(Alarm.newcomer, at: at) }
    for fault in faults.faults { look(after: fault) }
  }

  var now: Instant { cluster.now }

  /// Makes sure that the universe looks at who is alive right after a fault begins and ends.
  private mutating func look(after fault: TimedFault) {
    let moment = TimeSpan.nanoseconds(1)
    cluster.setAlarm(Alarm.look, at: fault.at + moment)
    guard let duration = fault.duration else { return }
    cluster.setAlarm(Alarm.look, at: fault.at + duration + moment)
  }

  /// Lets time pass up to `limit`, or until an invariant breaks.
  mutating func run(until limit: Instant) {
    while violation == nil {
      switch cluster.run(until: limit) {
      case .answered(let answer, let node, let cause): take(answer, from: node, cause: cause)
      case .alarm(Alarm.arrival): arrive()
      case .alarm(Alarm.sample): sample()
      case .alarm(Alarm.newcomer):
        let before = deliveries.history.messages.count
        newcomer.came(at: now)
        let detail =
          "declares a queue of its own; it gets none of the \(before) orders from before"
        cluster.record(
          QueueSetup.newQueue, Fact("comes", detail, weight: before > 0 ? .harm : .change))
      case .alarm: look()
      case .violated(let broken, let node):
        violation = (now, broken)
        cluster.record(name(node), Fact("violated", broken.description, weight: .harm))
      case .received: break
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  func name(_ node: NodeID) -> String { setup.roster.name(node) }

  // MARK: Load

  /// Hands the next message to a producer that runs, and waits for the one after.
  private mutating func arrive() {
    guard now < setup.loadUntil else { return }
    let factor = max(0.01, cluster.environment.loadFactor)
    let gap = TimeSpan(seconds: arrivals.exponential() / (setup.rate * factor))
    cluster.setAlarm(Alarm.arrival, at: now + gap)
    let key = contents.below(setup.keyCount)
    let isPoison = contents.chance(setup.poisonShare)
    let expires = contents.chance(setup.expiringShare)
    // A key has one producer, so that its order of publication is known.
    let producer = setup.producers[key % setup.producerCount]
    guard cluster.environment.processes.runs(producer) else { return }
    let number = deliveries.history.publish(by: producer.index, key: key, at: now)
    let item = QueueItem(
      number: number, key: key, isPoison: isPoison,
      expiration: expires ? setup.expiringTTL : nil)
    items.append(item)
    cluster.submit(.told(.publish(item)), to: producer)
  }

  // MARK: What processes tell

  private mutating func take(_ answer: QueueAnswer, from node: NodeID, cause: Trace.ID?) {
    if node == setup.newcomer, case .applied(let number) = answer { return newcomer.read(number) }
    switch answer {
    case .confirmed(let number): deliveries.history.confirm(number, at: now)
    case .refused(let number):
      deliveries.history.refuse(number, at: now)
      if story.isFirst("refused") {
        cluster.record(
          name(node), Fact("refused", "message \(number) is the first that the broker refuses"),
          cause: cause)
      }
    case .received(let number, let isRedelivered):
      deliveries.history.handle(number, .received, by: node.index, at: now)
      inHand[node, default: []].append(number)
      if isRedelivered { meters.redeliveries += 1 }
    case .applied(let number): apply(number, by: node, cause: cause)
    case .failed(let number):
      letGo(number, by: node)
      meters.failedAttempts += 1
      if items[number].isPoison { meters.poisonAttempts += 1 }
    case .setAside(let number):
      deliveries.history.handle(number, .setAside, by: node.index, at: now)
      if let ttl = items[number].expiration {
        let due = deliveries.history.messages[number].publishedAt + ttl
        if now >= due { meters.expiryDelays.append(now - due) }
      }
    case .fact(let fact): cluster.record(name(node), fact, cause: cause)
    case .broker(let fact): tell(fact, of: node, cause: cause)
    }
  }

  private mutating func letGo(_ number: Int, by node: NodeID) {
    guard let place = inHand[node]?.firstIndex(of: number) else { return }
    inHand[node]?.remove(at: place)
  }

  private mutating func apply(_ number: Int, by node: NodeID, cause: Trace.ID?) {
    letGo(number, by: node)
    meters.attempts += 1
    guard applied.contains(number) else {
      applied.insert(number)
      deliveries.history.handle(number, .applied, by: node.index, at: now)
      return
    }
    if setup.isIdempotent {
      meters.suppressed += 1
      return
    }
    deliveries.history.handle(number, .applied, by: node.index, at: now)
    if story.isFirst("duplicate", upTo: 3) {
      cluster.record(
        name(node), Fact("applied-twice", "message \(number) takes effect again", weight: .harm),
        cause: cause)
    }
  }
}
