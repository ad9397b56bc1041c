import Kernel
import Patterns
import Simulation

/// A running etcd cluster with one client who waits for each answer, as the recorder did.
///
/// The client sits on the node after the servers. Links take 0.1 ms and a sync 1 ms, as on one
/// machine with a good disk.
struct EtcdHost: ~Copyable {
  /// What came of a call.
  struct Reply {
    let result: Result<EtcdResponse, EtcdError>?
    let elapsed: TimeSpan
  }

  var cluster: Cluster<EtcdFamily>
  let size: Int
  private var nextCall = 0
  private var responses: [Int: Result<EtcdResponse, EtcdError>] = [:]
  private var words: [Int: [EtcdWatchResponse]] = [:]
  private(set) var violation: InvariantViolation?

  private var client: NodeID { NodeID(size) }

  init(size: Int, options: EtcdServerOptions = EtcdServerOptions(), seed: UInt64 = 1) {
    self.size = size
    let roster = Roster((1...size).map { "etcd\($0)" } + ["client"])
    let link = LinkQuality(latency: .constant(.microseconds(100)), keepsOrder: true)
    let environment = Environment(roster, network: Network(link, seed: seed))
    cluster = Cluster(
      EtcdFamily(size: size, options: options, seed: seed), members: size, in: environment,
      options: ClusterOptions(syncLatency: .constant(.milliseconds(1))), seed: seed)
  }

  var now: Instant { cluster.now }

  /// The server that leads, or nil.
  var leader: NodeID? {
    let leading = cluster.participants.compactMap { $0 }.filter { $0.raft.role == .leader }
    return leading.max { $0.raft.term < $1.raft.term }?.me
  }

  /// Lets time pass until there is a leader and some time more.
  mutating func settle() {
    for _ in 0..<200 where leader == nil { pass(.milliseconds(50)) }
    pass(.milliseconds(300))
  }

  /// Lets time pass.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while !step(until: end) {}
  }

  /// Calls a server (the leader unless named) and waits for the answer, at most for `patience`.
  mutating func call(
    _ request: EtcdRequest, at server: NodeID? = nil, patience: TimeSpan = .seconds(60)
  ) -> Reply {
    let start = now
    let number = send(request, to: server ?? leader ?? NodeID(0))
    while responses[number] == nil, !step(until: start + patience) {}
    return Reply(result: responses[number], elapsed: now - start)
  }

  /// Calls without waiting; the number is that of the watch, if it is one.
  mutating func send(_ request: EtcdRequest, to server: NodeID) -> Int {
    nextCall += 1
    cluster.send(.request(nextCall, request), from: client, to: server)
    return nextCall
  }

  /// What was said on a watch so far.
  func words(of watch: Int) -> [EtcdWatchResponse] { words[watch] ?? [] }

  mutating func kill(_ node: NodeID) { cluster.add(TimedFault(at: now, .crash(node))) }

  mutating func restart(_ node: NodeID) { cluster.add(TimedFault(at: now, .restart(node))) }

  /// Lets one thing happen; true when the limit is reached.
  private mutating func step(until limit: Instant) -> Bool {
    switch cluster.run(until: limit) {
    case .received(.response(let number, let result), from: _, by: _, cause: _):
      responses[number] = result
    case .received(.watch(let number, let word), from: _, by: _, cause: _):
      words[number, default: []].append(word)
    case .violated(let violation, by: _): self.violation = self.violation ?? violation
    case .received, .answered, .alarm: break
    case .reachedLimit, .spentBudget: return true
    }
    return false
  }
}
