import Kernel

/// How a node of a redundant service is set up.
public struct FailoverNodeOptions: Sendable, Hashable {
  /// How it is decided who takes writes.
  public enum Election: Sendable, Hashable {
    /// By a lease in a store that has a majority.
    case lease(LeaseOptions)
    /// By adverts between the nodes alone.
    case router(RouterOptions)
    /// Not at all: every node takes writes.
    case everybody(ConflictRule)
    /// By Sentinels, who tell it.
    case sentinel(RedisOptions)
    /// By a cluster that fences lost nodes.
    case cluster(ClusterElectionOptions)
  }

  /// A preferred node that is given the lead back.
  public struct Failback: Sendable, Hashable {
    /// The preferred node.
    public let preferred: NodeID
    /// How long another leads at least.
    public let after: TimeSpan

    /// Gives the lead back to `preferred`.
    public init(to preferred: NodeID, after: TimeSpan) {
      self.preferred = preferred
      self.after = after
    }
  }

  /// How it is decided who takes writes.
  public var election: Election
  /// The other nodes of the service.
  public var peers: [NodeID]
  /// The lease store.
  public var stores: [NodeID]
  /// Those who send writes.
  public var clients: [NodeID]
  /// The shared resource that writes go to; nil keeps them in logs that are copied.
  public var resource: NodeID?
  /// How many peers must have a write before it is answered.
  public var acks: Int
  /// How long a node takes to get ready after it was elected.
  public var openingTime: TimeSpan
  /// How long after its start a node leaves the lease to others.
  public var standsBack: TimeSpan
  /// Whether a leader looks at its own clock before each write.
  public var checksLease: Bool
  /// To whom the lead is given back, and when; nil keeps it where it is.
  public var failback: Failback?
  /// A deliberate bug.
  public var shortcut: FailoverShortcut?

  /// Options.
  public init(
    election: Election, peers: [NodeID], stores: [NodeID], clients: [NodeID], resource: NodeID?,
    acks: Int, openingTime: TimeSpan, standsBack: TimeSpan, checksLease: Bool,
    failback: Failback?, shortcut: FailoverShortcut?
  ) {
    self.election = election
    self.peers = peers
    self.stores = stores
    self.clients = clients
    self.resource = resource
    self.acks = acks
    self.openingTime = openingTime
    self.standsBack = standsBack
    self.checksLease = checksLease
    self.failback = failback
    self.shortcut = shortcut
  }
}

/// One node of a redundant service: it stands by, or it takes writes and copies them to its peers.
///
///     standby ──elected: a token──▶ opening ──openingTime──▶ active ──lease lost──▶ standby
///
/// A leader's log is the truth: a node that comes back takes it over and drops what it had beyond
/// it. **A standby that says it has n entries has the leader's first n entries.** What was answered
/// before `acks` peers had it can be among what is dropped.
///
/// Left out: catching up by snapshots (a node that does not fit is sent the whole log), and reads.
public struct FailoverNode: Machine {
  /// What can happen to it.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(FailoverMessage, from: NodeID)
    /// Time to look what is due.
    case wake
    /// An operator moves the lead away.
    case switchover
    /// The power of a lost node was cut.
    case fenced(NodeID)
    /// A cluster has checked the service here.
    case checked(isGood: Bool)
    /// The service could not be started here.
    case startFailed
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(FailoverMessage, to: NodeID)
    /// Keep an entry, or what replaces the log, on disk before what follows.
    case persist(Record)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Cut the power of a node.
    case fence(NodeID)
    /// What changed.
    case fact(FailoverFact)
  }

  /// What a disk keeps.
  public enum Record: Sendable, Hashable {
    /// One more entry.
    case append(FailoverEntry)
    /// The log from this position on is replaced.
    case replace(after: Int, [FailoverEntry])
    /// Carts.
    case carts([SharedCart])
    /// What a Redis server's configuration file says it is.
    case redis(RedisRole.Kept)
  }

  enum Timer: Sendable, Hashable { case tick, advert, ask, opening, beat }

  struct Waiting: Sendable, Hashable {
    let request: Int
    let client: NodeID
    let position: Int
  }

  struct Follower: Sendable, Hashable {
    var sent = 0
    var matched = 0
    var resyncedAt: Instant?
    var heardAt: Instant?
  }

  enum Role: Sendable, Hashable {
    case lease(LeaseElector)
    case router(RouterElection)
    case everybody(ConflictRule)
    case sentinel(RedisRole)
    case cluster(ClusterElection)
  }

  /// The node itself.
  public let me: NodeID
  /// The set-up.
  public let options: FailoverNodeOptions
  /// The log.
  public internal(set) var log: [FailoverEntry]
  /// The carts, where all nodes take writes.
  public internal(set) var carts: [SharedCart]
  /// The highest token it has seen on anything.
  public internal(set) var highest = 0
  /// The token under which it last matched a leader's log, and how far.
  public internal(set) var matched: (token: Int, length: Int) = (0, 0)
  var role: Role
  var opensAt: Instant?
  var isFenced = false
  var requests: Set<Int> = []
  var waiting: [Waiting] = []
  var storing: [Waiting] = []
  var followers: [NodeID: Follower] = [:]
  var timers = DueTimers<Timer>()
  var asked: (number: Int, at: Instant)?
  var turn = 0
  var askNumber = 0
  var ledSince: Instant?
  var peerAsk: (number: Int, at: Instant)?

  /// A node with what its disk kept.
  public init(
    _ me: NodeID, log: [FailoverEntry], carts: [SharedCart], redis: RedisRole.Kept? = nil,
    options: FailoverNodeOptions, at now: Instant
  ) {
    self.me = me
    self.options = options
    self.log = log
    self.carts = carts
    requests = Set(log.map(\.request))
    highest = log.last?.token ?? 0
    role =
      switch options.election {
      case .lease(let lease):
        .lease(LeaseElector(me, options: lease, standsBack: options.standsBack, at: now))
      case .router(let router): .router(RouterElection(router, at: now))
      case .everybody(let rule): .everybody(rule)
      case .sentinel(let options): .sentinel(RedisRole(me, options, kept: redis, at: now))
      case .cluster(let cluster):
        .cluster(ClusterElection(me, peers: options.peers, options: cluster, at: now))
      }
  }

  /// Two nodes are equal when everything that can be seen of them is.
  public static func == (left: Self, right: Self) -> Bool {
    left.me == right.me && left.log == right.log && left.carts == right.carts
      && left.role == right.role && left.highest == right.highest
      && left.opensAt == right.opensAt && left.waiting == right.waiting
      && left.matched == right.matched
  }

  /// The token that it believes to lead with; nil when it stands by.
  public var token: Int? {
    switch role {
    case .lease(let elector): elector.token
    case .router(let router): router.token
    case .everybody: 0
    case .sentinel(let redis): redis.token
    case .cluster(let cluster): cluster.token
    }
  }

  /// Whether it believes that it leads, by its own clock.
  public func leads(at now: Instant) -> Bool {
    switch role {
    case .lease(let elector):
      options.checksLease ? elector.leads(at: now) : elector.token != nil
    case .router, .sentinel, .cluster: token != nil
    case .everybody: true
    }
  }

  /// The lease as it last saw it; nil where there is none.
  public var lease: LeaseRecord? {
    if case .lease(let elector) = role { elector.record } else { nil }
  }

  /// Nothing that one node can break alone.
  public func checkInvariants() -> InvariantViolation? {
    for place in log.indices.dropFirst().suffix(1) where log[place].token < log[place - 1].token {
      return InvariantViolation(
        "tokens in a log never fall",
        witness: "entry \(place + 1) has token \(log[place].token) after \(log[place - 1].token)")
    }
    return nil
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: start(at: now, &outputs)
    case .received(let message, let sender): receive(message, from: sender, at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { run(timer, at: now, &outputs) }
    case .switchover: handOver(at: now, &outputs)
    case .fenced(let lost): fenced(lost)
    case .checked(let isGood): checked(isGood, at: now, &outputs)
    case .startFailed: failed(.start, at: now, &outputs)
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  private mutating func start(at now: Instant, _ outputs: inout [Output]) {
    switch role {
    case .lease: timers.set(.tick, at: now)
    case .router(let router):
      timers.set(.advert, at: now + router.options.advertInterval / 10)
    case .everybody: opensAt = now
    case .sentinel(let redis): if let token = redis.token { elected(token, at: now, &outputs) }
    case .cluster: timers.set(.advert, at: now)
    }
    timers.set(.beat, at: now + Self.beat)
  }
}

/// What a node tells of itself.
public enum FailoverFact: Sendable, Hashable {
  /// It has heard nothing of the leader for so long and takes its place.
  case suspects(silent: TimeSpan)
  /// It was elected.
  case elected(token: Int)
  /// It takes writes.
  case opened(token: Int)
  /// It leads no more, and why.
  case stepped(String)
  /// It is stopped and started again where it is, after so many failures.
  case restarts(failures: Int)
  /// It may not lead: its log is too short.
  case barred(lag: Int)
  /// It dropped entries that the leader does not have.
  case dropped([FailoverEntry])
  /// The resource refused it.
  case fenced(token: Int)
}

extension FailoverNode {
  /// Whether it takes writes, by its own clock.
  public func isOpen(at now: Instant) -> Bool { opensAt != nil && leads(at: now) }
}
