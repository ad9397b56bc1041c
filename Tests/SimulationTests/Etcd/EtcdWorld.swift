import Kernel
import Patterns
import Simulation

/// Servers in a simulated cluster and clients beside it, each a machine of its own.
///
/// Clients sit on the nodes after the servers; their timers are the driver's alarms.
struct EtcdWorld: ~Copyable {
  var cluster: Cluster<EtcdFamily>
  private(set) var clients: [EtcdClient]
  private var isUp: [Bool]
  private var wakes: [Instant?]
  private(set) var facts: [(at: Instant, client: Int, fact: EtcdClientFact)] = []
  private(set) var serverFacts: [(at: Instant, server: NodeID, fact: EtcdServerFact)] = []
  private(set) var failure: String?
  let servers: Int

  init(
    servers: Int = 3, clients count: Int, seed: UInt64, plan: String = "",
    options: EtcdServerOptions = EtcdServerOptions(),
    client: EtcdClientOptions = EtcdClientOptions(), loss: Double = 0
  ) throws {
    self.servers = servers
    let names = (1...servers).map { "s\($0)" } + (1...count).map { "c\($0)" }
    let roster = Roster(names)
    let link = LinkQuality(
      latency: .uniform(.microseconds(200), .milliseconds(2)), loss: loss, keepsOrder: true)
    cluster = Cluster(
      EtcdFamily(size: servers, options: options, seed: seed), members: servers,
      in: Environment(roster, network: Network(link, seed: seed)),
      faults: try FaultPlan.parse(plan, roster: roster),
      options: ClusterOptions(syncLatency: .exponential(mean: .milliseconds(2))), seed: seed)
    let nodes = (0..<servers).map(NodeID.init)
    clients = (0..<count).map { place in
      EtcdClient(
        NodeID(servers + place), service: ServiceID(place % 2), servers: nodes, options: client)
    }
    isUp = Array(repeating: true, count: count)
    wakes = Array(repeating: nil, count: count)
    for place in 0..<count { step(place, .started) }
  }

  var now: Instant { cluster.now }

  mutating func run(for span: TimeSpan) {
    let end = now + span
    while failure == nil {
      switch cluster.run(until: end, budget: 500_000) {
      case .received(let message, from: let server, by: let node, cause: _):
        step(node.index - servers, .received(message, from: server))
      case .alarm(let place):
        guard let wake = wakes[place], wake <= now else { continue }
        wakes[place] = nil
        step(place, .wake)
      case .answered(let fact, by: let server, cause: _):
        serverFacts.append((now, server, fact))
      case .violated(let violation, by: let node): failure = "\(node): \(violation)"
      case .spentBudget: failure = "it never comes to the end"
      case .reachedLimit: return
      }
    }
  }

  mutating func step(_ place: Int, _ input: EtcdClient.Input) {
    guard clients.indices.contains(place), isUp[place] else { return }
    for output in clients[place].step(input, at: now) {
      switch output {
      case .send(let message, to: let server):
        cluster.send(message, from: clients[place].me, to: server)
      case .wakeMe(at: let instant):
        wakes[place] = instant
        cluster.setAlarm(place, at: max(now, instant))
      case .entered(let fact): facts.append((now, place, fact))
      }
    }
    if let violation = clients[place].checkInvariants() { failure = "\(violation)" }
  }

  /// A client's process dies without a word.
  mutating func crash(client place: Int) { isUp[place] = false }

  /// Asks something in the name of the last client, who does not wait for the answer.
  mutating func ask(_ request: EtcdRequest, of server: NodeID) {
    cluster.send(.request(0, request), from: NodeID(servers + clients.count - 1), to: server)
  }

  var leader: NodeID? {
    cluster.participants.compactMap { $0 }.filter { $0.raft.role == .leader }
      .max { $0.raft.term < $1.raft.term }?.me
  }

  /// The nodes registered in the leader's store.
  var registered: [NodeID] {
    guard let leader, let server = cluster.participants[leader.index] else { return [] }
    return server.state.store.read(EtcdInstanceKey.all).compactMap {
      EtcdInstanceKey.instance($0.key)?.node
    }.sorted()
  }

  /// What a client believes to be registered.
  func view(_ place: Int) -> [NodeID] {
    (clients[place].instances(of: ServiceID(0)) + clients[place].instances(of: ServiceID(1)))
      .sorted()
  }
}
