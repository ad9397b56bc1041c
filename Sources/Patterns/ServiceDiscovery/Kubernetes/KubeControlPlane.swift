import Kernel

/// One machine of the control plane: an API server, its share of the store, and a controller
/// manager that acts while it holds the lease among its peers.
///
/// The slices controller turns pods into endpoint slices. The node controller calls a machine not
/// ready when its lease was not renewed for the grace period, which takes all its pods out of their
/// slices. **Without a majority nothing can be written**, but watches stay open and the last state
/// keeps being served: the data plane goes on with what it has.
///
/// Left out: scheduling, deployments, zones, priorities and fairness, the watch cache's own lag;
/// the store stands for etcd.
/// Source: kubernetes/website, "Nodes", "EndpointSlices", "Leases".
public struct KubeControlPlane: Machine {
  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// A message of Raft arrived.
    case raft(StoreReplica<KubeStore>.Node.Message)
    /// A client asks.
    case asked(Int, KubeRequest, from: NodeID)
    /// A wake-up.
    case wake
  }

  /// What the machine asks for or states.
  public enum Output: Sendable, Hashable {
    /// Write to disk before anything that follows.
    case persist(RaftWrite<StampedCommand<KubeCommand>, KubeStore>)
    /// Send a message of Raft.
    case raft(StoreReplica<KubeStore>.Node.Message)
    /// Answer a call, or say something on a watch.
    case answer(Int, KubeResponse, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(KubeControlPlaneFact)
  }

  enum Timer: Sendable, Hashable { case raft, nodeMonitor, lead }

  struct Client: Sendable, Hashable {
    var node: NodeID
    var call: Int
  }

  enum Purpose: Sendable, Hashable {
    case client(Client, KubeCommand)
    case slices
    case own
  }

  struct Watcher: Sendable, Hashable {
    var client: Client
    /// The machine whose pods are watched; nil watches the slices.
    var host: NodeID?
  }

  /// The machine's own node.
  public let me: NodeID
  /// The settings.
  public let options: KubeControlPlaneOptions
  /// Raft and the state.
  public internal(set) var replica: StoreReplica<KubeStore>
  var purposes: [Int: Purpose] = [:]
  var watchers: [Watcher] = []
  var seenLeases: [NodeID: SeenLease] = [:]
  var slicesUnderway = 0
  var toldPods = 0
  var toldSlices = 0
  var isActing = false
  /// Whether the lease among controller managers could not be renewed in time.
  var hasLapsed = false
  var timers = DueTimers<Timer>()

  struct SeenLease: Sendable, Hashable {
    var renewed: Instant
    var seenAt: Instant
  }

  /// A machine that starts or restarts from its disk.
  public init(
    _ me: NodeID, storage: RaftStorage<StampedCommand<KubeCommand>, KubeStore>,
    options: KubeControlPlaneOptions = KubeControlPlaneOptions(), seed: UInt64
  ) {
    self.me = me
    self.options = options
    replica = StoreReplica(
      me, storage: storage, empty: KubeStore(), options: options.raft,
      patience: options.requestTimeout, random: RandomStream(seed: seed, name: "raft/\(me.index)"))
  }

  /// The state as this machine has it.
  public var store: KubeStore { replica.store }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      follow(replica.start(at: now), at: now, &outputs)
      timers.set(.nodeMonitor, at: now + options.nodeMonitorPeriod)
      timers.set(.lead, at: now + options.leaderRetryPeriod)
    case .raft(let message): follow(replica.receive(message, at: now), at: now, &outputs)
    case .asked(let call, let request, let sender):
      take(request, from: Client(node: sender, call: call), at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .raft: follow(replica.wake(at: now), at: now, &outputs)
    case .nodeMonitor:
      judgeNodes(at: now, &outputs)
      timers.set(.nodeMonitor, at: now + options.nodeMonitorPeriod)
    case .lead:
      tryToLead(at: now, &outputs)
      timers.set(.lead, at: now + options.leaderRetryPeriod)
    }
  }

  private mutating func take(
    _ request: KubeRequest, from client: Client, at now: Instant, _ outputs: inout [Output]
  ) {
    switch request {
    case .write(let command): write(command, for: .client(client, command), at: now, &outputs)
    case .watchSlices: watch(Watcher(client: client), &outputs)
    case .watchPods(let host): watch(Watcher(client: client, host: host), &outputs)
    case .ping: outputs.append(.answer(client.call, .pong, to: client.node))
    }
  }

  private mutating func watch(_ watcher: Watcher, _ outputs: inout [Output]) {
    watchers.removeAll { $0.client.node == watcher.client.node && $0.host == watcher.host }
    watchers.append(watcher)
    tell(watcher, &outputs)
  }

  func tell(_ watcher: Watcher, _ outputs: inout [Output]) {
    let response: KubeResponse
    if let host = watcher.host {
      let pods = store.pods.keys.sorted().compactMap { store.pods[$0] }
      response = .pods(pods.filter { $0.host == host }, version: store.version)
    } else {
      let slices = store.slices.keys.sorted().compactMap { store.slices[$0] }
      response = .slices(slices, version: store.version)
    }
    outputs.append(.answer(watcher.client.call, response, to: watcher.client.node))
  }

  /// Finds the first invariant that does not hold, or nil; those of Raft included.
  ///
  /// **One slice an endpoint**: no pod stands in two slices. **Full enough**: no slice holds more
  /// than the limit.
  public func checkInvariants() -> InvariantViolation? {
    if let violation = replica.raft.checkInvariants() { return violation }
    // Only the command applied last can have changed it.
    guard store.slicesVersion == store.version else { return nil }
    var seen: Set<NodeID> = []
    for id in store.slices.keys.sorted() {
      guard let slice = store.slices[id] else { continue }
      if slice.endpoints.count > options.maxEndpointsPerSlice {
        return InvariantViolation(
          "full enough", witness: "slice \(id) holds \(slice.endpoints.count)")
      }
      for endpoint in slice.endpoints where !seen.insert(endpoint.pod).inserted {
        return InvariantViolation("one slice an endpoint", witness: "\(endpoint.pod) twice")
      }
    }
    return nil
  }
}

/// What a machine of the control plane tells its host.
public enum KubeControlPlaneFact: Sendable, Hashable {
  /// Its store has a new role in Raft.
  case role(RaftRole, term: Int)
  /// Its controller manager begins or ceases to act.
  case acting(Bool)
  /// A machine was judged.
  case judged(NodeID, isReady: Bool)
  /// A change was committed.
  case changed(KubeCommand)
  /// A write came to nothing.
  case refused(KubeCommand, from: NodeID)
}
