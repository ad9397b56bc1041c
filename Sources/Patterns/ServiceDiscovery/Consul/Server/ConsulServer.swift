import Kernel

extension ConsulCatalog: ReplicatedStore {}

/// A Consul server: the catalog behind Raft, and a gossip member that tells the leader who died.
///
/// **Every write needs a majority**; reads need one, the leader, or nobody, by their mode. A write
/// or a fresh read without a leader is held up to 7 s and then refused; a stale read is answered
/// from what the server has, with the time since it last heard from a leader.
///
/// Left out: sessions, key-value store, prepared queries, autopilot's clean-up, streaming; the
/// leader's lease is as long as its election timeout (half as long in the real one).
/// Source: hashicorp/consul, `agent/consul/rpc.go`, `leader.go`, `agent/blockingquery`.
public struct ConsulServer: Machine {
  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// A message of Raft arrived.
    case raft(StoreReplica<ConsulCatalog>.Node.Message)
    /// A gossip message arrived.
    case gossip(GossipMessage, from: NodeID)
    /// An agent, a caller or another server asks.
    case asked(Int, ConsulRequest, from: NodeID)
    /// The leader answered what we passed on to it.
    case answered(Int, ConsulResponse)
    /// A wake-up.
    case wake
  }

  /// What the server asks for or states.
  public enum Output: Sendable, Hashable {
    /// Write to disk before anything that follows.
    case persist(RaftWrite<StampedCommand<ConsulCommand>, ConsulCatalog>)
    /// Send a message of Raft.
    case raft(StoreReplica<ConsulCatalog>.Node.Message)
    /// Send a gossip message.
    case gossip(GossipMessage, to: NodeID)
    /// Answer a call.
    case answer(Int, ConsulResponse, to: NodeID)
    /// Pass a read on to the leader.
    case call(Int, ConsulRequest, server: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(ConsulServerFact)
  }

  enum Timer: Sendable, Hashable {
    case raft, gossip, reconcile
    case forward(Int)
    case parked(Int)
  }

  struct Caller: Sendable, Hashable {
    var node: NodeID
    var call: Int
  }

  /// What a ticket of the store is for.
  enum Purpose: Sendable, Hashable {
    case write(Caller, ConsulCommand)
    case own
    case read(Caller, ConsulRequest)
  }

  struct Parked: Sendable, Hashable {
    var number: Int
    var caller: Caller
    var query: ConsulQuery
  }

  struct Forwarded: Sendable, Hashable {
    var number: Int
    var caller: Caller
    var request: ConsulRequest
  }

  /// The server's own node.
  public let me: NodeID
  /// The settings.
  public let options: ConsulServerOptions
  /// Raft and the catalog.
  public internal(set) var replica: StoreReplica<ConsulCatalog>
  /// The gossip member in this process.
  public internal(set) var gossip: GossipNode
  /// All servers.
  public let servers: [NodeID]
  var purposes: [Int: Purpose] = [:]
  var parked: [Parked] = []
  var forwarded: [Forwarded] = []
  var held: [Forwarded] = []
  var nextNumber = 0
  var timers = DueTimers<Timer>()
  var random: RandomStream

  /// A server that starts or restarts from its disk.
  public init(
    _ me: NodeID, servers: [NodeID], members: [NodeID],
    storage: RaftStorage<StampedCommand<ConsulCommand>, ConsulCatalog>,
    options: ConsulServerOptions = ConsulServerOptions(), seed: UInt64, at now: Instant = .zero
  ) {
    self.me = me
    self.servers = servers
    self.options = options
    random = RandomStream(seed: seed, name: "consul/server/\(me.index)")
    gossip = GossipNode(
      me, members: members, options: options.gossip,
      random: RandomStream(seed: seed, name: "gossip/\(me.index)"), at: now)
    replica = StoreReplica(
      me, storage: storage, empty: ConsulCatalog(), options: options.raft,
      patience: options.rpcHoldTimeout,
      random: RandomStream(seed: seed, name: "raft/\(me.index)"))
  }

  /// The catalog as this server has it.
  public var catalog: ConsulCatalog { replica.store }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      nextNumber = Int(now.nanoseconds)
      follow(replica.start(at: now), at: now, &outputs)
      drive(.started, at: now, &outputs)
      timers.set(.reconcile, at: now + options.reconcileInterval)
    case .raft(let message): follow(replica.receive(message, at: now), at: now, &outputs)
    case .gossip(let message, let sender):
      drive(.received(message, from: sender), at: now, &outputs)
    case .asked(let call, let request, let sender):
      take(request, from: Caller(node: sender, call: call), at: now, &outputs)
    case .answered(let call, let response): relay(response, of: call, &outputs)
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
    case .gossip: drive(.wake, at: now, &outputs)
    case .reconcile:
      reconcileAll(at: now, &outputs)
      timers.set(.reconcile, at: now + options.reconcileInterval)
    case .forward(let number): giveUp(number, &outputs)
    case .parked(let number): unpark(number, at: now, &outputs)
    }
  }

  /// Steps the gossip member; as leader, writes what it says into the catalog.
  private mutating func drive(
    _ input: GossipNode.Input, at now: Instant, _ outputs: inout [Output]
  ) {
    for output in gossip.step(input, at: now) {
      switch output {
      case .send(let message, let node): outputs.append(.gossip(message, to: node))
      case .wakeMe(let instant): timers.set(.gossip, at: instant)
      case .entered(let fact):
        outputs.append(.entered(.gossip(fact)))
        reconcile(after: fact, at: now, &outputs)
      }
    }
  }

  /// Finds the first invariant that does not hold, or nil; those of Raft and gossip included.
  ///
  /// **Log order**: the catalog has applied exactly what Raft handed out.
  public func checkInvariants() -> InvariantViolation? {
    if let violation = gossip.checkInvariants() { return violation }
    if let violation = replica.raft.checkInvariants() { return violation }
    if catalog.lastIndex > replica.raft.applied {
      return InvariantViolation(
        "log order",
        witness: "the catalog is at \(catalog.lastIndex), Raft at "
          + "\(replica.raft.applied)")
    }
    return nil
  }
}

/// What a Consul server tells its host.
public enum ConsulServerFact: Sendable, Hashable {
  /// It has a new role.
  case role(RaftRole, term: Int)
  /// The catalog changed.
  case changed(ConsulCommand, index: Int)
  /// A request was refused for want of a leader.
  case refused(ConsulRequest, from: NodeID)
  /// What gossip says.
  case gossip(GossipFact)
}
