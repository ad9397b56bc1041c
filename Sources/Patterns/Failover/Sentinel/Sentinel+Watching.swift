import Kernel

/// The watching half: pings, INFO, hellos, and who counts as down.
extension Sentinel {
  mutating func tick(at now: Instant, _ outputs: inout [Output]) {
    if now - lookedAt > SentinelOptions.tiltTrigger {
      tiltSince = now
      outputs.append(.event(SentinelEvent(.tilt)))
    }
    lookedAt = now
    if let tiltSince, now - tiltSince >= SentinelOptions.tiltPeriod {
      self.tiltSince = nil
      outputs.append(.event(SentinelEvent(.tiltEnds)))
    }
    let primary = kept.primary
    look(at: primary, at: now, &outputs)
    if tiltSince == nil {
      checkObjectivelyDown(at: now, &outputs)
      if startFailoverIfNeeded(at: now, &outputs) { askOthers(isForced: true, at: now, &outputs) }
      advance(at: now, &outputs)
      askOthers(isForced: false, at: now, &outputs)
    }
    for node in servers.map(\.node) where node != primary { look(at: node, at: now, &outputs) }
    for node in others.map(\.node) { look(at: node, at: now, &outputs) }
    sayHello(at: now, &outputs)
    if case .updateConfig(let promoted) = stage {
      outputs.append(.event(SentinelEvent(.switchMaster, primary, other: promoted)))
      adopt(promoted, at: now, &outputs)
    }
  }

  /// Sends an instance what is due, and finds whether it is down.
  private mutating func look(at node: NodeID, at now: Instant, _ outputs: inout [Output]) {
    let isServer = servers.contains { $0.node == node }
    let isUrgent =
      node != kept.primary
      && (isObjectivelyDown || stage != .none || (server(node)?.info?.linkDownFor ?? .zero) > .zero)
    let infoPeriod = isUrgent ? SentinelOptions.urgentInfoPeriod : SentinelOptions.infoPeriod
    let period = options.pingPeriod
    let downAfter = options.downAfter
    let canAct = tiltSince == nil
    let isMaster = node == kept.primary
    change(node) { watch in
      if !watch.isConnected, watch.connectedAt.map({ now - $0 >= period }) ?? true {
        watch.connectedAt = now
        watch.pinged(at: now)
        outputs.append(.send(.ping, to: node))
      }
      if isServer, watch.infoAt.map({ now - $0 > infoPeriod }) ?? true,
        watch.infoAskedAt.map({ now - $0 >= period }) ?? true
      {
        watch.infoAskedAt = now
        outputs.append(.send(.info, to: node))
      }
      if watch.isConnected, now - watch.pongAt > period,
        watch.pingAt.map({ now - $0 > period / 2 }) ?? true
      {
        watch.pinged(at: now)
        outputs.append(.send(.ping, to: node))
      }
      guard canAct else { return }
      // A primary that says for long that it is a replica is as good as gone.
      let hasDefected =
        isMaster && !watch.saysPrimary
        && now - watch.roleSince > downAfter + SentinelOptions.infoPeriod * 2
      let isDown = watch.silence(at: now) > downAfter || hasDefected
      guard isDown != (watch.downSince != nil) else { return }
      watch.downSince = isDown ? now : nil
      if isDown { watch.lastDownAt = now }
      outputs.append(.event(SentinelEvent(isDown ? .subjectivelyDown : .subjectivelyUp, node)))
    }
  }

  private mutating func checkObjectivelyDown(at now: Instant, _ outputs: inout [Output]) {
    let agree = isPrimaryDown ? 1 + others.count { $0.saysDown } : 0
    let isDown = isPrimaryDown && agree >= options.quorum
    guard isDown != isObjectivelyDown else { return }
    isObjectivelyDown = isDown
    outputs.append(
      .event(
        SentinelEvent(
          isDown ? .objectivelyDown : .objectivelyUp, kept.primary, number: isDown ? agree : nil)))
  }

  private mutating func sayHello(at now: Instant, _ outputs: inout [Output]) {
    if helloAt.map({ now - $0 > SentinelOptions.publishPeriod }) ?? true {
      helloAt = now
      for other in others {
        outputs.append(
          .send(
            .hello(
              primary: primary, configEpoch: kept.configEpoch, currentEpoch: kept.currentEpoch),
            to: other.node))
      }
      toldClientsAt = nil
    }
    if toldClientsAt.map({ now - $0 >= .seconds(1) }) ?? true {
      toldClientsAt = now
      outputs.append(.tellClients(primary: primary, epoch: kept.configEpoch))
    }
  }

  mutating func receive(
    _ message: SentinelMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .ping: outputs.append(.send(.pong, to: sender))
    case .pong: change(sender) { $0.answered(at: now) }
    case .infoReply(let info): read(info, of: sender, at: now, &outputs)
    case .isMasterDown(let asked, let epoch, let candidate):
      let isMine = asked == kept.primary
      if isMine, let candidate { vote(for: candidate, in: epoch, at: now, &outputs) }
      outputs.append(
        .send(
          .masterDown(
            isDown: isMine && tiltSince == nil && isPrimaryDown,
            leader: candidate == nil || !isMine ? nil : kept.leader, leaderEpoch: kept.leaderEpoch),
          to: sender))
    case .masterDown(let isDown, let leader, let epoch):
      change(sender) { watch in
        watch.repliedAt = now
        watch.saysDown = isDown
        if let leader { watch.vote = SentinelWatch.Vote(leader: leader, epoch: epoch) }
      }
    case .hello(let primary, let configEpoch, let currentEpoch):
      heard(primary, configEpoch, currentEpoch, from: sender, at: now, &outputs)
    case .info, .replicaOf: break
    }
  }

  private mutating func heard(
    _ primary: NodeID, _ configEpoch: Int, _ currentEpoch: Int, from sender: NodeID,
    at now: Instant, _ outputs: inout [Output]
  ) {
    if currentEpoch > kept.currentEpoch {
      kept.currentEpoch = currentEpoch
      keep(&outputs)
      outputs.append(.event(SentinelEvent(.newEpoch, number: currentEpoch)))
    }
    guard configEpoch > kept.configEpoch else { return }
    kept.configEpoch = configEpoch
    guard primary != kept.primary else { return keep(&outputs) }
    outputs.append(.event(SentinelEvent(.configUpdate, sender)))
    outputs.append(.event(SentinelEvent(.switchMaster, kept.primary, other: primary)))
    adopt(primary, at: now, &outputs)
  }

  /// From now on another is the primary; what was known of the servers is forgotten.
  private mutating func adopt(_ primary: NodeID, at now: Instant, _ outputs: inout [Output]) {
    kept.primary = primary
    kept.leader = nil
    keep(&outputs)
    servers = servers.map { SentinelWatch($0.node, isPrimary: $0.node == primary, at: now) }
    stage = .none
    stageSince = now
    failoverStart = nil
    isForced = false
    electedBy = nil
    isObjectivelyDown = false
    toldClientsAt = nil
    sayHello(at: now, &outputs)
  }
}
