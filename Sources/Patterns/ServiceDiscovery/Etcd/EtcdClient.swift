import Kernel

/// A client of etcd: registers its instance under a lease that it keeps alive, and keeps a copy of
/// the registry by a list and a watch.
///
///     register:  grant ──▶ put with the lease ──▶ keep alive every third of the TTL
///                  ▲                                   │ lease gone, or no answer for a TTL
///                  └───────────────────────────────────┘
///     discover:  list ──▶ watch from the list's revision + 1 ──events──▶ apply
///                  ▲                │ compacted       │ stream broken: watch from last + 1
///                  └────────────────┘                 └──▶ elsewhere
///
/// The copy stays as it is while no server can be reached. **Applied revisions only grow.**
///
/// Left out: load balancing over endpoints (one server at a time, the next after a failure). A
/// watch notices a broken stream by a gap in its words or by an unanswered question for progress,
/// where the real one is told by TCP and HTTP/2.
/// Source: etcd-io/etcd, client/v3 (lease.go, watch.go).
public struct EtcdClient: Machine {
  /// What can happen to the client.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(EtcdMessage, from: NodeID)
    /// The connection to a server was refused, so that call gets no answer.
    case refused(call: Int)
    /// The process shuts down in good order: it revokes its lease.
    case shutDown
    /// A wake-up.
    case wake
  }

  /// What the client asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message to a server.
    case send(EtcdMessage, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(EtcdClientFact)
  }

  enum Purpose: Sendable, Hashable { case grant, register, keepAlive, revoke, list }

  enum Timer: Sendable, Hashable {
    case register, keepAlive, leaseLost, list, ping, pingTimeout
    case timeout(Int)
  }

  struct Call: Sendable, Hashable {
    let purpose: Purpose
    let server: NodeID
  }

  struct Watch: Sendable, Hashable {
    let call: Int
    let server: NodeID
    /// The place that the next word must have.
    var sequence = 0
  }

  /// The client's own node.
  public let me: NodeID
  /// The service that it is an instance of.
  public let service: ServiceID
  /// The servers it may call, in its order of preference.
  public let servers: [NodeID]
  /// The settings.
  public let options: EtcdClientOptions
  /// The registry as known here, in the order of keys.
  public internal(set) var registry: [EtcdKeyValue] = []
  /// The revision that the copy is of; nil before the first list.
  public internal(set) var revision: Int?
  /// The lease that the registration hangs on.
  public internal(set) var lease: EtcdLeaseID?
  /// Whether the registration was confirmed and its lease not lost since.
  public internal(set) var isRegistered = false
  var isShutDown = false
  var preferred = 0
  var calls: [Int: Call] = [:]
  var nextCall = 0
  var watch: Watch?
  var grantedTTL: Int64 = 0
  var timers = DueTimers<Timer>()

  /// A client that has not started.
  public init(
    _ me: NodeID, service: ServiceID, servers: [NodeID],
    options: EtcdClientOptions = EtcdClientOptions()
  ) {
    precondition(!servers.isEmpty, "an etcd client needs at least one server")
    self.me = me
    self.service = service
    self.servers = servers
    self.options = options
    preferred = me.index % servers.count
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      if options.registers { register(at: now, &outputs) }
      if options.discovers { list(at: now, &outputs) }
    case .received(.response(let number, let result), let server):
      guard let call = calls[number], call.server == server else { break }
      calls[number] = nil
      timers.cancel(.timeout(number))
      answered(call, result, at: now, &outputs)
    case .received(.watch(let number, let word), let server):
      if let watch, watch.call == number, watch.server == server {
        told(word, at: now, &outputs)
      }
    case .received(.raft, _), .received(.request, _): break
    case .refused(let number): failed(number, at: now, &outputs)
    case .shutDown: shutDown(at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The instances of `service` that a caller may pick from, in the order of their nodes.
  public func instances(of service: ServiceID) -> [NodeID] {
    registry.compactMap { keyValue in
      guard let instance = EtcdInstanceKey.instance(keyValue.key), instance.service == service
      else { return nil }
      return instance.node
    }.sorted()
  }

  /// The server that it calls at present.
  public var server: NodeID { servers[preferred] }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .register: register(at: now, &outputs)
    case .keepAlive: keepAlive(at: now, &outputs)
    case .leaseLost: loseLease(at: now, &outputs)
    case .list: list(at: now, &outputs)
    case .ping: ping(at: now, &outputs)
    case .pingTimeout:
      moveOn(from: watch?.server)
      openWatch(at: now, &outputs)
    case .timeout(let number): failed(number, at: now, &outputs)
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Own lease**: a client that counts as registered has a lease.
  public func checkInvariants() -> InvariantViolation? {
    guard isRegistered, lease == nil else { return nil }
    return InvariantViolation("own lease", witness: "\(me) counts as registered without a lease")
  }
}

/// What an etcd client tells its host about itself.
public enum EtcdClientFact: Sendable, Hashable {
  /// The registration stands.
  case registered(EtcdLeaseID, revision: Int)
  /// An attempt to register failed: refused, or no answer.
  case registrationFailed(EtcdError?)
  /// The lease is gone, or was not confirmed for its whole time; the client registers again.
  case leaseLost(EtcdLeaseID)
  /// The own copy of the registry changed.
  case viewChanged(added: [NodeID], removed: [NodeID], revision: Int)
  /// The past was compacted under the watch; the client lists again.
  case compacted(revision: Int)
  /// The stream broke; the client watches on from another server.
  case streamBroken
  /// The list could not be read; the copy stays as it is.
  case listFailed(EtcdError?)
}
