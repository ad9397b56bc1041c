import Kernel

/// A Eureka client: registers its instance, sends heartbeats, and keeps a copy of the registry.
///
/// A client that cannot reach any server keeps the copy it has. It stays with one server and moves
/// on to the next only when a call fails. A heartbeat answered "not found" registers again.
///
/// Left out: zones, remote regions, the back-up registry, the five-minute server list refresh; the
/// heartbeat back-off (10x) of the real client only sets in when its own thread hangs.
/// Source: Netflix/eureka, `DiscoveryClient`, `InstanceInfoReplicator`,
/// `RetryableEurekaHttpClient`.
public struct EurekaClient: Machine {
  /// What can happen to the client.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// The process has been running: registered, with this copy of the registry, and in the midst
    /// of its cycles. For universes that begin with a running registry.
    case resumed(EurekaApplications, heartbeatIn: TimeSpan, fetchIn: TimeSpan)
    /// A message arrived.
    case received(EurekaMessage, from: NodeID)
    /// The connection to a server was refused, so that call gets no answer.
    case refused(call: Int)
    /// The instance's own health changed.
    case statusChanged(EurekaInstance.Status)
    /// The process shuts down in good order.
    case shutDown
    /// A wake-up.
    case wake
  }

  /// What the client asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message to a server.
    case send(EurekaMessage, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(EurekaClientFact)
  }

  /// What the client is doing at a server.
  public enum Purpose: Sendable, Hashable {
    /// Registering itself.
    case register
    /// Sending a heartbeat.
    case heartbeat
    /// Cancelling its lease.
    case cancel
    /// Fetching the registry, whole or changes.
    case fetch
  }

  enum Timer: Sendable, Hashable {
    case heartbeat, fetch, replicateInfo
    case timeout(Int)
  }

  struct Call: Sendable, Hashable {
    var purpose: Purpose
    var request: EurekaMessage.Request
    var server: NodeID
    var triesLeft: Int
  }

  /// The client's own node.
  public let me: NodeID
  /// The servers it may call, in its order of preference.
  public let servers: [NodeID]
  /// The settings.
  public let options: EurekaClientOptions
  /// What it says of itself.
  public private(set) var info: EurekaInstance
  /// The registry as last fetched, by node, filtered or not.
  public internal(set) var registry: [NodeID: EurekaInstance] = [:]
  /// Whether the registry was ever fetched.
  public internal(set) var hasFetched = false
  var isDirty = true
  var isShutDown = false
  var preferred = 0
  var calls: [Int: Call] = [:]
  var nextCall = 0
  var timers = DueTimers<Timer>()

  /// A client that has not started.
  public init(
    _ me: NodeID, service: ServiceID, servers: [NodeID],
    options: EurekaClientOptions = .netflix, at now: Instant = .zero
  ) {
    precondition(!servers.isEmpty, "a Eureka client needs at least one server")
    self.me = me
    self.servers = servers
    self.options = options
    info = EurekaInstance(
      node: me, service: service, lastDirty: now,
      renewalInterval: options.leaseRenewalInterval,
      leaseDuration: options.leaseExpirationDuration)
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: start(at: now, &outputs)
    case .resumed(let copy, let heartbeat, let fetch):
      for instance in copy.instances { registry[instance.node] = instance }
      hasFetched = true
      isDirty = false
      if options.fetchRegistry { timers.set(.fetch, at: now + fetch) }
      if options.registerWithEureka {
        timers.set(.heartbeat, at: now + heartbeat)
        timers.set(.replicateInfo, at: now + options.instanceInfoReplicationInterval)
      }
    case .received(.response(let call, let response), _):
      answered(call, response, at: now, &outputs)
    case .received(.request, _): break
    case .refused(let call): failed(call, at: now, &outputs)
    case .statusChanged(let status):
      if info.status != status {
        info.status = status
        info.lastDirty = now
        isDirty = true
        replicateInfo(at: now, &outputs)
      }
    case .shutDown:
      isShutDown = true
      timers = DueTimers()
      if options.registerWithEureka { call(.cancel, .cancel(me), at: now, &outputs) }
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The instances of `service` that a caller may pick from, in the order of their nodes.
  public func instances(of service: ServiceID) -> [NodeID] {
    registry.keys.sorted().filter { node in
      guard let instance = registry[node], instance.service == service else { return false }
      return !options.filterOnlyUpInstances || instance.status == .up
    }
  }

  private mutating func start(at now: Instant, _ outputs: inout [Output]) {
    if options.fetchRegistry {
      call(.fetch, .fetchAll, at: now, &outputs)
      timers.set(.fetch, at: now + options.registryFetchInterval)
    }
    if options.registerWithEureka {
      timers.set(.heartbeat, at: now + options.leaseRenewalInterval)
      timers.set(.replicateInfo, at: now + options.initialInstanceInfoReplicationInterval)
    }
  }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .heartbeat:
      call(.heartbeat, .renew(me, lastDirty: info.lastDirty), at: now, &outputs)
      timers.set(.heartbeat, at: now + options.leaseRenewalInterval)
    case .fetch:
      let wantsAll = options.disableDelta || !hasFetched
      call(.fetch, wantsAll ? .fetchAll : .fetchDelta, at: now, &outputs)
      timers.set(.fetch, at: now + options.registryFetchInterval)
    case .replicateInfo:
      replicateInfo(at: now, &outputs)
      timers.set(.replicateInfo, at: now + options.instanceInfoReplicationInterval)
    case .timeout(let number): failed(number, at: now, &outputs)
    }
  }

  /// Registers when the own data changed since the last registration that went through.
  mutating func replicateInfo(at now: Instant, _ outputs: inout [Output]) {
    if isDirty, !isShutDown { call(.register, .register(info), at: now, &outputs) }
  }

  /// A heartbeat found no lease: the data counts as new, and the instance registers at once.
  mutating func registerAgain(at now: Instant, _ outputs: inout [Output]) {
    guard !isShutDown else { return }
    info.lastDirty = now
    isDirty = true
    replicateInfo(at: now, &outputs)
  }

  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Only UP**: with `filterOnlyUpInstances` callers see nothing but instances in status UP.
  /// **One call a purpose**: no two calls of one purpose are out at once.
  public func checkInvariants() -> InvariantViolation? {
    let purposes = calls.values.map(\.purpose)
    if Set(purposes).count < purposes.count {
      return InvariantViolation("one call a purpose", witness: "\(purposes.count) calls are out")
    }
    return nil
  }
}

/// What a Eureka client tells its host about itself.
public enum EurekaClientFact: Sendable, Hashable {
  /// The registry took the registration.
  case registered
  /// The registration failed at every server tried.
  case registrationFailed
  /// The registry forgot the lease; the client registers again.
  case leaseLost
  /// A heartbeat failed at every server tried.
  case heartbeatFailed
  /// The own copy of the registry changed.
  case viewChanged(added: [NodeID], removed: [NodeID])
  /// The registry was fetched, whole or the changes.
  case fetched
  /// The registry could not be fetched; the copy stays as it is.
  case fetchFailed
}
