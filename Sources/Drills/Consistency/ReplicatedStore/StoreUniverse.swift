import Kernel
import Patterns
import Simulation

/// A store, its clients and their load in one simulated world.
///
/// The cluster runs the store; the universe drives the clients and writes down what they see.
/// Scenario and bench both run it.
struct StoreUniverse: ~Copyable {
  let setup: StoreSetup
  var cluster: Cluster<StoreFamily>
  var clients: [StoreClient]
  var meters: StoreMeters
  var violation: (at: Instant, violation: InvariantViolation)?
  /// Until when clients work by themselves; nil when they only do what a learner says.
  var worksUntil: Instant?
  /// Whether every key is read once more in the end, as in a drill.
  let looksInTheEnd: Bool
  var nextProcess: Int
  var nextValue = 0
  /// Trouble that was told already.
  var told: Set<String> = []

  init(
    _ setup: StoreSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int = 20_000,
    hasLoad: Bool = true, recording stretch: ClosedRange<Instant>? = nil
  ) {
    self.setup = setup
    worksUntil = hasLoad ? setup.quietFrom : nil
    looksInTheEnd = hasLoad
    let roster = setup.roster
    let network = Network.zoned(
      roster.roster, zone: roster.zone, between: setup.zoneLatency, seed: seed)
    let environment = Environment(roster.roster, network: network, traceCapacity: traceCapacity)
    let disk = Distribution.lognormal(
      p50: max(.nanoseconds(1), setup.diskLatency), p99: max(.nanoseconds(1), setup.diskLatency) * 4
    )
    cluster = Cluster(
      StoreFamily(setup, seed: seed), members: roster.replicas.count + 1, in: environment,
      faults: faults,
      options: ClusterOptions(syncLatency: setup.diskLatency == .zero ? .constant(.zero) : disk),
      seed: seed)
    cluster.recorder = stretch.map { MessageRecorder($0) }
    clients = roster.clients.enumerated().map { number, node in
      StoreClient(node, process: number, believed: roster.replicas[0], seed: seed)
    }
    nextProcess = clients.count
    meters = StoreMeters(clients: clients.count)
    guard hasLoad else { return }
    for number in clients.indices {
      let first = clients[number].random.span(.zero, to: setup.think)
      cluster.setAlarm(StoreAlarm.begin(client: number).number, at: .zero + .seconds(2) + first)
    }
  }

  var now: Instant { cluster.now }

  /// Lets time pass up to `limit`, or until an invariant breaks.
  mutating func run(until limit: Instant) {
    while violation == nil {
      switch cluster.run(until: limit) {
      case .alarm(let number): take(StoreAlarm(number))
      case .received(.answer(let reply), let replica, let client, _):
        answered(reply, by: replica, to: client)
      case .received, .answered: break
      case .violated(let broken, let node):
        violation = (now, broken)
        cluster.record(
          setup.roster.roster.name(node), Fact("violated", broken.description, weight: .harm))
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func take(_ alarm: StoreAlarm) {
    switch alarm {
    case .begin(let client): begin(client)
    case .timeout(let client, let number, let attempt): timedOut(client, number, attempt)
    case .again(let client, let number):
      guard clients[client].errand?.request.id.number == number else { return }
      send(client)
    }
  }

  /// The place of a client's node among the clients.
  func place(of client: NodeID) -> Int { client.index - setup.roster.replicas.count - 1 }

  /// The requests whose writes the store holds at the end, where its log tells; nil where it does not.
  var survivors: Set<StoreRequest.ID>? {
    let parts = cluster.participants.compactMap(\.self)
    switch setup.kind {
    case .quorum, .crdt: return nil
    case .single, .primaryBackup:
      let nodes = parts.compactMap { part in
        if case .primaryBackup(let node) = part.role { node } else { nil }
      }
      let primary = nodes.filter(\.isPrimary).max { $0.epoch < $1.epoch }
      return primary.map { Set($0.log.map(\.request.id)) }
    case .raft:
      let nodes = parts.compactMap { part in
        if case .raft(let node) = part.role { node.replica.raft } else { nil }
      }
      guard let best = nodes.max(by: { $0.commit < $1.commit }) else { return nil }
      return Set(best.log.entries.prefix(best.commit).compactMap { $0.command?.command.id })
    }
  }
}
