import Kernel

extension EurekaServer {
  /// Starts: with peers by copying their registry, without them at once.
  mutating func start(at now: Instant, _ outputs: inout [Output]) {
    if peers.isEmpty || options.registrySyncRetries == 0 {
      open(copied: 0, at: now, &outputs)
    } else {
      copyFromPeer(at: now, &outputs)
    }
  }

  /// Asks the next peer for its registry, or opens without one after the last attempt.
  mutating func copyFromPeer(at now: Instant, _ outputs: inout [Output]) {
    guard case .copying(let attempts) = phase else { return }
    guard attempts < options.registrySyncRetries else {
      open(copied: 0, at: now, &outputs)
      return
    }
    phase = .copying(attempts: attempts + 1)
    let peer = peers[attempts % peers.count]
    outputs.append(.send(.request(makeCall(), .copyRegistry), to: peer))
    timers.set(.peerCopy, at: now + options.registrySyncRetryWait)
  }

  /// Takes over a peer's registry; an empty one is not worth having while attempts are left.
  mutating func receivedCopy(
    _ copy: EurekaApplications, at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .copying = phase, !copy.instances.isEmpty else { return }
    for instance in copy.instances {
      register(instance, isReplication: true, at: now, &outputs)
    }
    timers.cancel(.peerCopy)
    open(copied: copy.instances.count, at: now, &outputs)
  }

  /// A server that has just copied `instances` from a peer and serves from `now` on.
  ///
  /// For universes that begin with a running registry; the leases are as old as the server.
  public static func opened(
    _ me: NodeID, peers: [NodeID] = [], with instances: [EurekaInstance],
    options: EurekaServerOptions = .netflix, random: RandomStream, at now: Instant
  ) -> (server: EurekaServer, outputs: [Output]) {
    var server = EurekaServer(me, peers: peers, options: options, random: random)
    var outputs: [Output] = []
    server.receivedCopy(EurekaApplications(instances), at: now, &outputs)
    if instances.isEmpty { server.open(copied: 0, at: now, &outputs) }
    if let instant = server.timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return (server, outputs)
  }

  private mutating func open(copied: Int, at now: Instant, _ outputs: inout [Output]) {
    preservation.expect(
      copied == 0 ? options.defaultOpenForTrafficCount : copied, options: options)
    isPreserving = isBelowRenewThreshold
    phase = .open(readsFrom: copied > 0 ? now : now + options.waitWhenSyncEmpty)
    timers.set(.minute, at: now + .seconds(60))
    timers.set(.evict, at: now + options.evictionInterval)
    timers.set(.recount, at: now + options.renewalThresholdUpdateInterval)
    timers.set(.deltaPurge, at: now + options.deltaRetentionTimerInterval)
    if options.useReadOnlyResponseCache {
      timers.set(.cacheRefresh, at: now + options.responseCacheUpdateInterval)
    }
    outputs.append(.entered(.opened(copied: copied)))
  }

  mutating func makeCall() -> Int {
    nextCall += 1
    return nextCall
  }
}
