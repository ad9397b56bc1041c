import Kernel

/// One Sentinel: it watches a primary and its replicas, and replaces the primary together with others.
///
///     watching ──silent for downAfter──▶ +sdown ──quorum agrees──▶ +odown, +try-failover
///        ▲                                                             │ own epoch, asks for votes
///        │            a majority of all Sentinels: +elected-leader ◀───┘
///        │                                │
///        │   +selected-slave ─▶ REPLICAOF NO ONE ─▶ +promoted-slave ─▶ other replicas, a few at a time
///        └──────────────────────────── +switch-master ◀────────────────────────┘
///
/// The quorum only says that the primary is down. **Who acts was voted for by a majority of all
/// Sentinels**, in an epoch in which each votes once and keeps the vote on disk. The configuration
/// with the highest epoch wins; a Sentinel that slept adopts it when it hears it.
///
/// Nothing here stops the old primary: it takes writes until somebody tells it, and those are lost.
///
/// Left out: discovery (all know each other from the start), scripts, authentication, coordinated
/// failover, and the channel in the Redis servers that hellos go through (they are sent directly).
///
/// Source: valkey-io/valkey src/sentinel.c @008734ee, which is Redis' file with other names.
public struct Sentinel: Machine {
  /// What can happen to it.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(SentinelMessage, from: NodeID)
    /// The connection to an instance broke: its process died, and its machine said so.
    case linkLost(NodeID)
    /// Time to look what is due.
    case wake
    /// SENTINEL FAILOVER: replace the primary, without asking anybody.
    case failoverAsked
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(SentinelMessage, to: NodeID)
    /// Tell the clients whom to write to; the epoch says how new that is.
    case tellClients(primary: NodeID, epoch: Int)
    /// Keep this on disk before what follows.
    case persist(SentinelState)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// A line of the event log.
    case event(SentinelEvent)
  }

  /// Where a failover stands.
  enum Stage: Sendable, Hashable {
    case none
    case waitStart
    case selectReplica
    case sendNoOne(NodeID)
    case waitPromotion(NodeID)
    case reconfigure(NodeID)
    case updateConfig(NodeID)
  }

  /// The Sentinel itself.
  public let me: NodeID
  /// The set-up.
  public let options: SentinelOptions
  /// What its disk keeps.
  public internal(set) var kept: SentinelState
  /// How many of all Sentinels voted for this one when it last acted; nil before.
  public internal(set) var electedBy: Int?
  var servers: [SentinelWatch]
  var others: [SentinelWatch]
  var stage = Stage.none
  var stageSince = Instant.zero
  var failoverEpoch = 0
  var failoverStart: Instant?
  var isForced = false
  var isObjectivelyDown = false
  var helloAt: Instant?
  var toldClientsAt: Instant?
  var lookedAt: Instant
  var tiltSince: Instant?
  var due: Instant
  var random: RandomStream

  /// A Sentinel with what its disk kept.
  public init(
    _ me: NodeID, kept: SentinelState, servers: [NodeID], others: [NodeID],
    options: SentinelOptions, random: RandomStream, at now: Instant
  ) {
    self.me = me
    self.kept = kept
    self.options = options
    self.random = random
    self.servers = servers.map { SentinelWatch($0, isPrimary: $0 == kept.primary, at: now) }
    self.others = others.map { SentinelWatch($0, at: now) }
    lookedAt = now
    due = now
  }

  /// The primary that it would name to a client: the new one as soon as that is promoted.
  public var primary: NodeID {
    switch stage {
    case .reconfigure(let promoted), .updateConfig(let promoted): promoted
    case .none, .waitStart, .selectReplica, .sendNoOne, .waitPromotion: kept.primary
    }
  }

  /// Whether this Sentinel finds the primary down.
  public var isPrimaryDown: Bool { server(kept.primary)?.downSince != nil }

  /// Replicas that were told of the new primary and are not in step with it yet.
  public var reconfiguring: Int {
    servers.count { watch in
      switch watch.reconfiguration {
      case .sent, .inProgress: true
      case .none, .done: false
      }
    }
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: break
    case .wake where now < due: break
    case .wake:
      tick(at: now, &outputs)
      // Ten to nineteen looks a second, anew each time, so that Sentinels do not march in step.
      due = now + TimeSpan(seconds: 1 / Double(10 + random.below(10)))
    case .received(let message, let sender): receive(message, from: sender, at: now, &outputs)
    case .linkLost(let node): lost(node)
    case .failoverAsked:
      guard stage == .none else { return [] }
      startFailover(at: now, &outputs)
      isForced = true
    }
    outputs.append(.wakeMe(at: max(due, now)))
    return outputs
  }

  /// Who acts was elected by a majority, and no more replicas are on their way than allowed.
  public func checkInvariants() -> InvariantViolation? {
    let majority = (others.count + 1) / 2 + 1
    if let electedBy, electedBy < majority {
      return InvariantViolation(
        "a majority elects",
        witness: "a Sentinel acts in epoch \(failoverEpoch) with \(electedBy) votes of "
          + "\(others.count + 1)")
    }
    if reconfiguring > options.parallelSyncs {
      return InvariantViolation(
        "parallel syncs", witness: "\(reconfiguring) replicas are on their way at once")
    }
    return nil
  }

  func server(_ node: NodeID) -> SentinelWatch? { servers.first { $0.node == node } }

  /// Changes what is known of an instance, whatever it is.
  mutating func change(_ node: NodeID, _ change: (inout SentinelWatch) -> Void) {
    if let place = servers.firstIndex(where: { $0.node == node }) {
      change(&servers[place])
    } else if let place = others.firstIndex(where: { $0.node == node }) {
      change(&others[place])
    }
  }

  mutating func keep(_ outputs: inout [Output]) { outputs.append(.persist(kept)) }

  private mutating func lost(_ node: NodeID) {
    change(node) {
      $0.isConnected = false
      $0.connectedAt = nil
    }
  }
}
