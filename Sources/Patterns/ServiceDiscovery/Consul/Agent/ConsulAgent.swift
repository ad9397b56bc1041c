import Kernel

/// A Consul client agent: it knows the instances on its machine, checks them, and makes the
/// servers' catalog say what it knows.
///
/// The agent is the authority on its instances: **the catalog converges to the agent, never the
/// other way round.** A change is sent at once; a full sync about every minute repairs what got
/// lost and takes out what the agent does not know. Gossip, which tells the servers when the whole
/// machine dies, runs beside it in the same process.
///
/// Left out: maintenance mode, ACLs, warning results of HTTP checks, output-only check updates.
/// Source: hashicorp/consul, `agent/local/state.go`, `agent/ae/ae.go`, `agent/checks/check.go`.
public struct ConsulAgent: Machine {
  /// What can happen to the agent.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// An instance on this machine is to be registered.
    case register(NodeID, ServiceID)
    /// An instance on this machine is to be taken out, in good order.
    case deregister(NodeID)
    /// The pull of that number came to a result.
    case checked(NodeID, number: Int, isHealthy: Bool)
    /// An instance with a TTL check reported.
    case reported(NodeID, ConsulStatus)
    /// A gossip message arrived.
    case gossip(GossipMessage, from: NodeID)
    /// A server answered.
    case answered(Int, ConsulResponse)
    /// A wake-up.
    case wake
  }

  /// What the agent asks for or states.
  public enum Output: Sendable, Hashable {
    /// Ask the instance for its health.
    case check(NodeID, number: Int)
    /// Call a server.
    case call(Int, ConsulRequest, server: NodeID)
    /// Send a gossip message.
    case gossip(GossipMessage, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(ConsulAgentFact)
  }

  enum Timer: Sendable, Hashable {
    case fullSync, gossip, reap
    case check(NodeID)
    case checkTimeout(NodeID)
    case ttl(NodeID)
    case rpc(Int)
  }

  /// An instance on this machine.
  public struct LocalService: Sendable, Hashable {
    /// The service it belongs to.
    public let service: ServiceID
    /// Its check.
    public internal(set) var check: ConsulCheck
    /// Whether the servers are known to agree.
    public internal(set) var isInSync = false
    /// Whether it is being taken out.
    public internal(set) var isLeaving = false
    var pull: Int?
  }

  enum Call: Sendable, Hashable {
    case fullSync
    case write(NodeID, ConsulCommand)
  }

  /// The agent's own node.
  public let me: NodeID
  /// The servers it may call.
  public let servers: [NodeID]
  /// The settings.
  public let options: ConsulAgentOptions
  /// The instances on this machine, by node.
  public internal(set) var services: [NodeID: LocalService] = [:]
  /// The gossip member in this process.
  public internal(set) var gossip: GossipNode
  var server = 0
  var calls: [Int: Call] = [:]
  var nextCall = 0
  var nextPull = 0
  var timers = DueTimers<Timer>()
  var random: RandomStream

  /// An agent that has not started; `members` are those it knows from its join list.
  public init(
    _ me: NodeID, servers: [NodeID], members: [NodeID],
    options: ConsulAgentOptions = ConsulAgentOptions(), seed: UInt64, at now: Instant = .zero
  ) {
    precondition(!servers.isEmpty, "a Consul agent needs at least one server")
    self.me = me
    self.servers = servers
    self.options = options
    random = RandomStream(seed: seed, name: "consul/agent/\(me.index)")
    gossip = GossipNode(
      me, members: members, options: options.gossip,
      random: RandomStream(seed: seed, name: "gossip/\(me.index)"), at: now)
    server = random.below(servers.count)
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      drive(.started, at: now, &outputs)
      timers.set(.fullSync, at: now + random.span(.zero, to: .seconds(2)))
      timers.set(.reap, at: now + options.checkReapInterval)
    case .register(let node, let service): add(node, service, at: now, &outputs)
    case .deregister(let node): remove(node, at: now, &outputs)
    case .checked(let node, let number, let isHealthy):
      guard services[node]?.pull == number else { break }
      services[node]?.pull = nil
      timers.cancel(.checkTimeout(node))
      take(isHealthy ? .passing : .critical, of: node, at: now, &outputs)
    case .reported(let node, let status):
      if let ttl = options.checkTTL { timers.set(.ttl(node), at: now + ttl) }
      take(status, of: node, at: now, &outputs)
    case .gossip(let message, let sender):
      drive(.received(message, from: sender), at: now, &outputs)
    case .answered(let call, let response): answered(call, response, at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .fullSync: beginFullSync(at: now, &outputs)
    case .gossip: drive(.wake, at: now, &outputs)
    case .reap:
      reap(at: now, &outputs)
      timers.set(.reap, at: now + options.checkReapInterval)
    case .check(let node): pull(node, at: now, &outputs)
    case .checkTimeout(let node):
      services[node]?.pull = nil
      take(.critical, of: node, at: now, &outputs)
    case .ttl(let node): take(.critical, of: node, at: now, &outputs)
    case .rpc(let call): failed(call, at: now, &outputs)
    }
  }

  /// Steps the gossip member and passes its outputs on.
  mutating func drive(
    _ input: GossipNode.Input, at now: Instant, _ outputs: inout [Output]
  ) {
    for output in gossip.step(input, at: now) {
      switch output {
      case .send(let message, let node): outputs.append(.gossip(message, to: node))
      case .wakeMe(let instant): timers.set(.gossip, at: instant)
      case .entered(let fact): outputs.append(.entered(.gossip(fact)))
      }
    }
  }

  /// Finds the first invariant that does not hold, or nil; those of gossip included.
  ///
  /// **One pull a check**: a check has a timer for its next pull or one is out, if it pulls.
  public func checkInvariants() -> InvariantViolation? {
    if let violation = gossip.checkInvariants() { return violation }
    for node in services.keys.sorted() where options.checkTTL == nil {
      let isWaiting = timers.due(.check(node)) != nil
      if !isWaiting, services[node]?.pull == nil, services[node]?.isLeaving == false {
        return InvariantViolation("one pull a check", witness: "nothing checks \(node)")
      }
    }
    return nil
  }
}

/// What a Consul agent tells its host.
public enum ConsulAgentFact: Sendable, Hashable {
  /// A check changed its status.
  case checkChanged(NodeID, ConsulStatus)
  /// The servers know the instance as the agent does.
  case synced(NodeID)
  /// A full sync failed: there is no leader or no answer.
  case syncFailed
  /// The servers did not take what the agent has to say of an instance.
  case writeFailed(NodeID)
  /// An instance was critical for too long and is taken out.
  case reaped(NodeID)
  /// What gossip says.
  case gossip(GossipFact)
}
