import Kernel

extension EtcdClient {
  /// Begins a registration with a lease of its own.
  mutating func register(at now: Instant, _ outputs: inout [Output]) {
    guard !isShutDown else { return }
    lease = nil
    isRegistered = false
    call(.grant, .leaseGrant(0, ttl: options.leaseTTL), at: now, &outputs)
  }

  mutating func granted(
    _ id: EtcdLeaseID, ttl: Int64, at now: Instant, _ outputs: inout [Output]
  ) {
    lease = id
    grantedTTL = ttl
    let put = EtcdOperation.put(
      EtcdInstanceKey.key(of: me, in: service), "\(me.index)", lease: id)
    call(.register, .operation(put), at: now, &outputs)
    timers.set(.keepAlive, at: now + keepAliveInterval)
    timers.set(.leaseLost, at: now + .seconds(ttl))
  }

  /// A third of the granted time (client/v3/lease.go, recvKeepAlive).
  private var keepAliveInterval: TimeSpan { .seconds(grantedTTL) / 3 }

  mutating func keepAlive(at now: Instant, _ outputs: inout [Output]) {
    guard let lease, !isShutDown else { return }
    call(.keepAlive, .leaseKeepAlive(lease), at: now, &outputs)
    timers.set(.keepAlive, at: now + options.retryWait)
  }

  mutating func keptAlive(
    _ id: EtcdLeaseID, ttl: Int64, at now: Instant, _ outputs: inout [Output]
  ) {
    guard id == lease else { return }
    if ttl == 0 { return loseLease(at: now, &outputs) }
    timers.set(.keepAlive, at: now + keepAliveInterval)
    timers.set(.leaseLost, at: now + .seconds(ttl))
  }

  /// The lease is gone or has to be taken for gone: everything begins anew.
  mutating func loseLease(at now: Instant, _ outputs: inout [Output]) {
    guard let lease else { return }
    timers.cancel(.keepAlive)
    timers.cancel(.leaseLost)
    outputs.append(.entered(.leaseLost(lease)))
    register(at: now, &outputs)
  }

  mutating func shutDown(at now: Instant, _ outputs: inout [Output]) {
    isShutDown = true
    timers = DueTimers()
    if let lease { call(.revoke, .leaseRevoke(lease), at: now, &outputs) }
    isRegistered = false
    if let watch { outputs.append(.send(.request(0, .cancelWatch(watch.call)), to: watch.server)) }
    watch = nil
  }

  /// Calls the present server.
  mutating func call(
    _ purpose: Purpose, _ request: EtcdRequest, at now: Instant, _ outputs: inout [Output]
  ) {
    nextCall += 1
    calls[nextCall] = Call(purpose: purpose, server: server)
    timers.set(.timeout(nextCall), at: now + options.commandTimeout)
    outputs.append(.send(.request(nextCall, request), to: server))
  }

  mutating func answered(
    _ call: Call, _ result: Result<EtcdResponse, EtcdError>, at now: Instant,
    _ outputs: inout [Output]
  ) {
    switch result {
    case .failure(let error): refused(call, error, at: now, &outputs)
    case .success(let response):
      switch response.body {
      case .leaseGranted(let id, let ttl): granted(id, ttl: ttl, at: now, &outputs)
      case .leaseKeptAlive(let id, let ttl): keptAlive(id, ttl: ttl, at: now, &outputs)
      case .operation(.put(let revision, _)):
        guard let lease, !isShutDown else { break }
        isRegistered = true
        outputs.append(.entered(.registered(lease, revision: revision)))
      case .operation(.range(let found)): listed(found, at: now, &outputs)
      case .operation(.delete), .operation(.transaction), .compacted, .leaseRevoked,
        .leaseTimeToLive, .status, .accepted:
        break
      }
    }
  }

  /// No answer came: the next server is tried.
  mutating func failed(_ number: Int, at now: Instant, _ outputs: inout [Output]) {
    timers.cancel(.timeout(number))
    guard let call = calls.removeValue(forKey: number) else { return }
    moveOn(from: call.server)
    refused(call, nil, at: now, &outputs)
  }

  private mutating func refused(
    _ call: Call, _ error: EtcdError?, at now: Instant, _ outputs: inout [Output]
  ) {
    guard !isShutDown else { return }
    if let error, error.code == 14 || error.code == 2 { moveOn(from: call.server) }
    switch call.purpose {
    case .grant, .register:
      outputs.append(.entered(.registrationFailed(error)))
      timers.cancel(.keepAlive)
      timers.cancel(.leaseLost)
      timers.set(.register, at: now + options.retryWait)
    case .keepAlive, .revoke: break
    case .list:
      outputs.append(.entered(.listFailed(error)))
      timers.set(.list, at: now + options.retryWait)
    }
  }

  /// Turns to the next server, unless that was done already.
  mutating func moveOn(from failing: NodeID?) {
    if failing == server { preferred = (preferred + 1) % servers.count }
  }
}
