import Kernel
import Patterns
import Simulation
import Verification

/// Brokers, producers and a group of consumers in one simulated world; scenario and bench run it.
struct LogUniverse: ~Copyable {
  let setup: LogSetup
  var cluster: Cluster<LogFamily>
  var meters = DeliveryMeters()
  var violation: (at: Instant, violation: InvariantViolation)?
  let hasLoad: Bool
  var arrivals: RandomStream
  var keys: RandomStream
  private var salts: RandomStream
  private var deletions: RandomStream
  var table = LogTable()
  var own = LogMeters()
  var newcomer = NewcomerMeters()
  /// What each consumer has applied, where it remembers; shared, as a database is.
  private var remembered: Set<Int> = []
  private var told: Set<String> = []

  private enum Alarm {
    static let arrival = 0
    static let sample = 1
    static let newcomer = 2
    static let deploy = 16
    static let deployDown = 64
  }

  init(
    _ setup: LogSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int = 20_000,
    hasLoad: Bool = true
  ) {
    self.setup = setup
    self.hasLoad = hasLoad
    let latency = Distribution.lognormal(p50: .microseconds(500), p99: .milliseconds(3))
    let environment = Environment(
      setup.roster, network: Network(LinkQuality(latency: latency, keepsOrder: true), seed: seed),
      traceCapacity: traceCapacity)
    cluster = Cluster(
      LogFamily(setup, seed: seed), in: environment, faults: faults,
      options: ClusterOptions(
        syncLatency: .lognormal(p50: .milliseconds(1), p99: .milliseconds(8))), seed: seed)
    arrivals = RandomStream(seed: seed, name: "log/arrivals")
    keys = RandomStream(seed: seed, name: "log/keys")
    salts = RandomStream(seed: seed, name: "log/salts")
    deletions = RandomStream(seed: seed, name: "log/tombstones")
    own.partitions = setup.partitions
    cluster.setAlarm(Alarm.sample, at: .zero + .seconds(5))
    if let at = setup.newcomerAt { cluster.setAlarm(Alarm.newcomer, at: at) }
    guard hasLoad else { return }
    cluster.setAlarm(Alarm.arrival, at: .zero + .seconds(5))
    guard let deploy = setup.deployAt else { return }
    for place in setup.consumers.indices {
      let gap = setup.deployDown + .seconds(1)
      cluster.setAlarm(Alarm.deploy + place, at: deploy + gap * place)
    }
  }

  var now: Instant { cluster.now }

  /// Lets time pass up to `limit`, or until an invariant breaks.
  mutating func run(until limit: Instant) {
    while violation == nil {
      switch cluster.run(until: limit) {
      case .alarm(let number): take(alarm: number)
      case .answered(let answer, let node, let cause): take(answer, from: node, cause)
      case .received: break
      case .violated(let broken, let node):
        violation = (now, broken)
        cluster.record(
          setup.roster.name(node), Fact("violated", broken.description, weight: .harm))
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func take(alarm: Int) {
    switch alarm {
    case Alarm.arrival:
      guard now < setup.sendUntil else { return }
      let number = keys.below(setup.producers.count)
      let isHot = keys.chance(setup.hotShare)
      send(by: setup.producers[number], key: isHot ? 0 : keys.below(setup.keys))
      let rate = setup.rate * max(0.01, cluster.environment.loadFactor)
      let mean = TimeSpan.nanoseconds(Int64(1e9 / rate))
      let gap = Distribution.exponential(mean: mean).sample(&arrivals)
      cluster.setAlarm(Alarm.arrival, at: now + gap)
    case Alarm.sample:
      let owners = own.owned.count { $0 > 0 }
      own.sample(ownerless: setup.partitions - owners)
      if now < setup.end { cluster.setAlarm(Alarm.sample, at: now + .milliseconds(100)) }
    case Alarm.newcomer:
      newcomer.came(at: now)
      cluster.record(
        QueueSetup.newQueue,
        Fact("comes", "reads all \(setup.partitions) partitions from offset 0 on"))
    case Alarm.deploy..<Alarm.deployDown: stop(setup.consumers[alarm - Alarm.deploy])
    default:
      let node = setup.consumers[alarm - Alarm.deployDown]
      cluster.add(TimedFault(at: now, .restart(node)))
    }
  }

  /// A deploy stops a consumer in order, and starts it again.
  private mutating func stop(_ node: NodeID) {
    cluster.submit(.close, to: node)
    cluster.add(TimedFault(at: now + .milliseconds(100), .crash(node)))
    let place = node.index - setup.consumers[0].index
    cluster.setAlarm(Alarm.deployDown + place, at: now + setup.deployDown)
  }

  /// A producer's application sends a record.
  mutating func send(by producer: NodeID, key: Int) {
    let place = producer.index - setup.producers[0].index
    let number = meters.history.publish(by: place, key: key, at: now)
    let salt = setup.salt
    let name = salt > 1 ? "key-\(key)#\(salts.below(salt))" : "key-\(key)"
    own.count(partition: KafkaPartitioning.partition(forKey: name, of: setup.partitions))
    let deletes = setup.tombstones > 0 && deletions.chance(setup.tombstones)
    table.published(number, of: key, deletes: deletes)
    let value = deletes ? nil : "\(number)"
    cluster.submit(.send(key: name, value: value, tag: number), to: producer)
  }

  private mutating func take(_ answer: LogAnswer, from node: NodeID, _ cause: Trace.ID?) {
    if node == setup.newcomer, case .applied(let tag) = answer { return newcomer.read(tag) }
    let isReader = node == setup.reader
    let consumer =
      isReader ? setup.consumers.count : node.index - (setup.consumers.first?.index ?? 0)
    switch answer {
    case .acknowledged(let tag, _): meters.history.confirm(tag, at: now)
    case .failed(let tag, let error, let isCertain):
      if isCertain { meters.history.refuse(tag, at: now) }
      if told.insert("failed/\(error)").inserted {
        cluster.record(
          setup.roster.name(node),
          Fact("failed", "gives up record \(tag): \(error)", weight: .harm), cause: cause)
      }
    case .took(let tag): meters.history.handle(tag, .received, by: consumer, at: now)
    case .applied(let tag):
      if setup.deduplicates, !remembered.insert(tag).inserted { return }
      meters.history.handle(tag, .applied, by: consumer, at: now)
      table.applied(tag)
    case .rebalancing: own.rebalances += 1
    case .assigned(let partitions): own.assign(partitions, to: node)
    case .revoked(let partitions): own.revoke(partitions, from: node)
    case .tooFewReplicas: own.tooFewReplicas += 1
    case .uncleanElection: own.uncleanElections += 1
    case .reset: own.resets += 1
    case .fenced: own.fenced += 1
    case .aborted: own.aborted += 1
    case .leaderless: break
    }
  }
}
