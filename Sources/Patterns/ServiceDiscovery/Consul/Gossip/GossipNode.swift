import Kernel

/// A member of a gossip group: SWIM failure detection with the Lifeguard extensions.
///
///     alive ──no ack, direct or indirect──▶ suspect ──time is up──▶ dead
///       ▲                                      │                      │
///       └──────── a higher incarnation of the node itself ◀───────────┘
///
/// Each round one member of a shuffled ring is pinged; without an ack three others and a stream
/// try as well; without any ack the node is suspected. **Only the node itself raises its
/// incarnation. A dead node comes back only by a higher incarnation.** A member that misses acks
/// and nacks blames itself too: its health score stretches its own probe deadlines.
///
/// Left out: encryption, compression, addresses and their conflicts, user messages, network
/// coordinates; a datagram holds 20 rumours instead of 1,400 bytes.
/// Source: hashicorp/memberlist, `state.go`, `awareness.go`; Das, Gupta, Motivala, "SWIM" (2002).
public struct GossipNode: Machine {
  /// What can happen to the member.
  public enum Input: Sendable, Hashable {
    /// The process starts; it joins by way of the first member it can reach.
    case started
    /// A message arrived.
    case received(GossipMessage, from: NodeID)
    /// The process leaves in good order.
    case leave
    /// A wake-up.
    case wake
  }

  /// What the member asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message to a member.
    case send(GossipMessage, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// What is believed of a node changed.
    case entered(GossipFact)
  }

  enum Timer: Sendable, Hashable {
    case probe, probeTimeout, probeDeadline, gossip, pushPull, reconnect
    case suspicion(NodeID)
    case nack(Int)
  }

  /// The probe that is out.
  struct Probe: Sendable, Equatable {
    var number: Int
    var target: NodeID
    var helpers = 0
    var nacks = 0
    var isReachable = false
  }

  /// A probe made on another member's behalf.
  struct Relay: Sendable, Equatable {
    var number: Int
    var origin: NodeID
    var originNumber: Int
  }

  /// The member's own node.
  public let me: NodeID
  /// The settings.
  public let options: GossipOptions
  /// The beliefs about every known node, itself included.
  public internal(set) var members: [NodeID: GossipMember] = [:]
  /// The local health score: 0 is healthy.
  public internal(set) var health = 0
  /// The suspicions that run.
  public internal(set) var suspicions: [NodeID: Suspicion] = [:]
  /// The last change of belief, for invariants.
  public internal(set) var lastChange: GossipChange?
  var ring: [NodeID] = []
  var ringPlace = 0
  var probe: Probe?
  var relays: [Relay] = []
  var rumors = RumorQueue()
  var nextNumber = 0
  var hasLeft = false
  var gossipPhase = TimeSpan.zero
  var timers = DueTimers<Timer>()
  var random: RandomStream

  /// A member that knows `members` to be alive; a restarted process knows only whom to join.
  public init(
    _ me: NodeID, members: [NodeID], options: GossipOptions = .lan, random: RandomStream,
    at now: Instant = .zero
  ) {
    self.me = me
    self.options = options
    self.random = random
    for node in Set(members).union([me]) {
      self.members[node] = GossipMember(node, .alive, incarnation: 1, since: now)
    }
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: start(at: now, &outputs)
    case .received(let message, let sender): receive(message, from: sender, at: now, &outputs)
    case .leave:
      hasLeft = true
      let incarnation = members[me]?.incarnation ?? 1
      takeDead(me, incarnation: incarnation, by: me, at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    armGossip(at: now)
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The members that take part, in the order of their nodes.
  public var active: [NodeID] {
    members.keys.sorted().filter { members[$0]?.isActive ?? false }
  }

  /// What is believed of `node`.
  public func state(of node: NodeID) -> GossipMember.State? { members[node]?.state }

  /// Timers start at random phases, so that members do not act in step.
  private mutating func start(at now: Instant, _ outputs: inout [Output]) {
    ring = members.keys.sorted().filter { $0 != me }
    random.shuffle(&ring)
    timers.set(.probe, at: now + random.span(.zero, to: options.probeInterval))
    timers.set(.pushPull, at: now + random.span(.zero, to: pushPullInterval))
    timers.set(.reconnect, at: now + random.span(.zero, to: options.reconnectInterval))
    gossipPhase = (now - .zero) + random.span(.zero, to: options.gossipInterval)
    rumors.add(.alive(me, incarnation: members[me]?.incarnation ?? 1))
    if let seed = ring.first { outputs.append(.send(.pushPull(list, isAnswer: false), to: seed)) }
  }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    guard !hasLeft || timer == .gossip else { return }
    switch timer {
    case .probe:
      timers.set(.probe, at: now + options.probeInterval)
      if probe == nil { probeNext(at: now, &outputs) }
    case .probeTimeout: askForHelp(at: now, &outputs)
    case .probeDeadline: concludeProbe(at: now, &outputs)
    case .gossip: gossip(at: now, &outputs)
    case .pushPull:
      timers.set(.pushPull, at: now + pushPullInterval)
      exchange(with: pick(1) { $0.isActive }, &outputs)
    case .reconnect:
      timers.set(.reconnect, at: now + options.reconnectInterval)
      reconnect(&outputs)
    case .suspicion(let node): suspicionEnded(node, at: now, &outputs)
    case .nack(let number): sendNack(number, &outputs)
    }
  }

  /// The whole list, for an exchange.
  var list: [GossipMember] { members.keys.sorted().compactMap { members[$0] } }

  private var pushPullInterval: TimeSpan {
    GossipScale.pushPull(options.pushPullInterval, members: activeCount)
  }

  /// How many members take part, ourselves included.
  var activeCount: Int { members.values.count { $0.isActive } }
}

/// What a gossip member tells its host.
public enum GossipFact: Sendable, Hashable {
  /// A node counts as alive (again).
  case alive(NodeID, incarnation: Int)
  /// A node is suspected, first by that member.
  case suspected(NodeID, by: NodeID, incarnation: Int)
  /// A node counts as dead, on that member's word, after so many confirmations of our own.
  case dead(NodeID, by: NodeID, incarnation: Int, confirmations: Int)
  /// A node left in good order.
  case left(NodeID)
  /// Somebody suspected us, or took us for dead; we raised our incarnation.
  case refuted(incarnation: Int)
  /// The local health score changed.
  case health(Int)
}

/// One change of belief about a node.
public struct GossipChange: Sendable, Hashable {
  /// What was believed.
  public let before: GossipMember?
  /// What is believed now.
  public let after: GossipMember
}
