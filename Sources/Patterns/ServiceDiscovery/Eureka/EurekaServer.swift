import Kernel

/// A Eureka server: an available registry that prefers stale instances to none.
///
///     absent ──register──▶ registered ──cancel──────────────▶ absent
///                            │    ▲
///            no renewal for  │    │ renew
///            2 x duration    ▼    │
///                          expired ──evicted by the timer, if self-preservation allows──▶ absent
///
/// Peers copy operations to each other without a quorum and without repeating what a peer told
/// them; of two copies the one with the newer `lastDirtyTimestamp` wins. **A run evicts at most
/// 15 % of the registry. While renewals of the last minute are not above the threshold nothing is
/// evicted.** Clients read through the caches of `EurekaResponseCache`.
///
/// Left out: remote regions, ASG status, the rate limiter, secure VIPs; the recount of expected
/// clients counts the server's own registry, where the real one asks its built-in client.
/// Source: Netflix/eureka, `AbstractInstanceRegistry`, `PeerAwareInstanceRegistryImpl`.
public struct EurekaServer: Machine {
  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// The process starts and copies the registry of a peer, if it has peers.
    case started
    /// A message arrived from a node.
    case received(EurekaMessage, from: NodeID)
    /// A wake-up that was asked for, or any other.
    case wake
  }

  /// What the server asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message to a node.
    case send(EurekaMessage, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(EurekaServerFact)
  }

  enum Timer: Sendable, Hashable {
    case minute, evict, recount, cacheRefresh, deltaPurge, peerCopy
    case flush(NodeID)
    case peerTimeout(NodeID)
  }

  enum Phase: Sendable, Hashable {
    /// Copying from a peer; so many attempts were made.
    case copying(attempts: Int)
    /// Serving; reads are refused before that instant.
    case open(readsFrom: Instant)
  }

  /// The server's own node.
  public let me: NodeID
  /// The other servers.
  public let peers: [NodeID]
  /// The settings.
  public let options: EurekaServerOptions
  /// The registrations, by node.
  public internal(set) var leases: [NodeID: EurekaLease] = [:]
  /// Renewals counted by the minute.
  public internal(set) var renewals = RenewalRate()
  /// The threshold and the count behind it.
  public internal(set) var preservation = SelfPreservation()
  /// The result of the last eviction run, for invariants.
  public internal(set) var lastRun: EvictionRun?
  var phase = Phase.copying(attempts: 0)
  var overrides: [NodeID: EurekaOverride] = [:]
  var changes: [EurekaChange] = []
  var cache = EurekaResponseCache()
  var outboxes: [NodeID: EurekaOutbox] = [:]
  var timers = DueTimers<Timer>()
  var lastEviction: Instant?
  var isPreserving = false
  var nextCall = 0
  var random: RandomStream

  /// A server that has not started; `random` picks which expired leases go first.
  public init(
    _ me: NodeID, peers: [NodeID] = [], options: EurekaServerOptions = .netflix,
    random: RandomStream
  ) {
    self.me = me
    self.peers = peers.filter { $0 != me }.sorted()
    self.options = options
    self.random = random
    for peer in self.peers { outboxes[peer] = EurekaOutbox() }
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: start(at: now, &outputs)
    case .received(.request(let call, let request), let sender):
      let response = answer(request, from: sender, at: now, &outputs)
      outputs.append(.send(.response(call, response), to: sender))
    case .received(.response(let call, let response), let sender):
      received(response, to: call, from: sender, at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The registered instances in the order of their nodes.
  public var instances: [EurekaInstance] {
    leases.keys.sorted().compactMap { leases[$0]?.holder }
  }

  /// Whether self-preservation holds back evictions right now.
  public var isBelowRenewThreshold: Bool {
    !preservation.allowsEviction(renewals: renewals.lastMinute, options: options)
  }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .minute:
      renewals.endMinute()
      timers.set(.minute, at: now + .seconds(60))
      notePreservation(&outputs)
    case .evict:
      evict(at: now, &outputs)
      timers.set(.evict, at: now + options.evictionInterval)
    case .recount:
      preservation.recount(leases.count, options: options)
      timers.set(.recount, at: now + options.renewalThresholdUpdateInterval)
    case .cacheRefresh:
      refreshCache(at: now)
      timers.set(.cacheRefresh, at: now + options.responseCacheUpdateInterval)
    case .deltaPurge:
      changes.removeAll { now - $0.at > options.deltaRetention }
      timers.set(.deltaPurge, at: now + options.deltaRetentionTimerInterval)
    case .peerCopy: copyFromPeer(at: now, &outputs)
    case .flush(let peer): flush(to: peer, at: now, &outputs)
    case .peerTimeout(let peer): peerDidNotAnswer(peer, at: now)
    }
  }

  /// Tells when self-preservation begins or ends to hold evictions back.
  func preservationFact() -> EurekaServerFact {
    .preserving(isPreserving, renewals: renewals.lastMinute, threshold: preservation.threshold)
  }

  mutating func notePreservation(_ outputs: inout [Output]) {
    guard isPreserving != isBelowRenewThreshold else { return }
    isPreserving.toggle()
    outputs.append(.entered(preservationFact()))
  }
}

/// What a Eureka server tells its host about itself.
public enum EurekaServerFact: Sendable, Hashable {
  /// It serves requests, with so many instances copied from a peer.
  case opened(copied: Int)
  /// A lease was made or renewed by a registration.
  case registered(NodeID, isNew: Bool, isReplication: Bool)
  /// A lease ended at its owner's word.
  case cancelled(NodeID, isReplication: Bool)
  /// A lease was evicted; its last heartbeat counted until `expiry`.
  case evicted(NodeID, expiry: Instant)
  /// Self-preservation began (true) or ended (false) to hold evictions back.
  case preserving(Bool, renewals: Int, threshold: Int)
}

/// What one eviction run saw and did.
public struct EvictionRun: Sendable, Hashable {
  /// Registered instances before the run.
  public let size: Int
  /// Expired leases that it found; nil when self-preservation stopped it before looking.
  public let expired: Int?
  /// Leases that it evicted.
  public let evicted: Int
  /// Renewals in the minute that decided.
  public let renewals: Int
  /// The threshold they were compared with.
  public let threshold: Int
}

/// An operator's word on a node, forgotten when nobody used it for an hour.
struct EurekaOverride: Sendable, Hashable {
  var status: EurekaInstance.Status
  var lastUse: Instant
}

/// A recent change, for the delta.
struct EurekaChange: Sendable, Hashable {
  var at: Instant
  var instance: EurekaInstance
}
