import Kernel

/// A server that Sentinels command.
extension FailoverNode {
  /// Answers a Sentinel, and does what it says.
  mutating func obey(
    _ message: SentinelMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .sentinel(var redis) = role else { return }
    switch message {
    case .ping: outputs.append(.send(.sentinel(.pong), to: sender))
    case .info:
      let info = RedisInfo(
        primary: redis.kept.primary, offset: log.count, priority: redis.options.priority,
        linkDownFor: redis.linkDownFor(at: now))
      outputs.append(.send(.sentinel(.infoReply(info)), to: sender))
    case .replicaOf(nil, let epoch):
      guard redis.token == nil else { return }
      redis.promote(epoch: epoch)
      role = .sentinel(redis)
      outputs.append(.persist(.redis(redis.kept)))
      elected(redis.kept.token, at: now, &outputs)
    case .replicaOf(let primary?, _):
      guard primary != me, redis.kept.primary != primary else { return }
      let wasPrimary = redis.token != nil
      redis.follow(primary, at: now)
      role = .sentinel(redis)
      // It takes over the history of whomever it is told to follow, whatever it has seen before.
      highest = 0
      outputs.append(.persist(.redis(redis.kept)))
      if wasPrimary { stop("it is told to be a replica", &outputs) }
    case .pong, .infoReply, .isMasterDown, .masterDown, .hello: break
    }
  }

  /// Whether it takes what `leader` sends: a replica of Redis takes it from its primary only.
  mutating func follows(_ leader: NodeID, at now: Instant) -> Bool {
    guard case .sentinel(var redis) = role else { return true }
    let isHeard = redis.hears(leader, at: now)
    role = .sentinel(redis)
    return isHeard
  }

  mutating func countReplicas(at now: Instant) {
    guard case .sentinel(var redis) = role else { return }
    redis.countReplicas(options.peers.map { followers[$0]?.heardAt }, at: now)
    role = .sentinel(redis)
  }
}
