import Kernel

/// The acting half: the stages of a failover.
extension Sentinel {
  mutating func startFailoverIfNeeded(at now: Instant, _ outputs: inout [Output]) -> Bool {
    guard isObjectivelyDown, stage == .none else { return false }
    if let failoverStart, now - failoverStart < options.failoverTimeout * 2 { return false }
    startFailover(at: now, &outputs)
    return true
  }

  mutating func startFailover(at now: Instant, _ outputs: inout [Output]) {
    kept.currentEpoch += 1
    failoverEpoch = kept.currentEpoch
    keep(&outputs)
    outputs.append(.event(SentinelEvent(.newEpoch, number: failoverEpoch)))
    outputs.append(.event(SentinelEvent(.tryFailover, kept.primary)))
    failoverStart = now + SentinelOptions.maxDesync * random.unit()
    enter(.waitStart, at: now)
  }

  private mutating func enter(_ next: Stage, at now: Instant) {
    stage = next
    stageSince = now
    if next == .none {
      isForced = false
      electedBy = nil
    }
  }

  /// Takes the step that the present stage allows.
  mutating func advance(at now: Instant, _ outputs: inout [Output]) {
    let before = stage
    let next: Stage
    switch stage {
    case .none, .updateConfig: next = stage
    case .waitStart: next = waitForVotes(at: now, &outputs)
    case .selectReplica: next = select(at: now, &outputs)
    case .sendNoOne(let chosen):
      if server(chosen)?.isConnected ?? false {
        outputs.append(.send(.replicaOf(nil, epoch: failoverEpoch), to: chosen))
        outputs.append(.event(SentinelEvent(.waitState, chosen)))
        next = .waitPromotion(chosen)
      } else {
        next = orAbort(chosen, at: now, &outputs)
      }
    case .waitPromotion(let chosen): next = orAbort(chosen, at: now, &outputs)
    case .reconfigure(let promoted): next = reconfigure(promoted, at: now, &outputs)
    }
    if next != before { enter(next, at: now) }
  }

  private mutating func waitForVotes(at now: Instant, _ outputs: inout [Output]) -> Stage {
    let winner = electedLeader(of: failoverEpoch, at: now, &outputs)
    guard isForced || winner?.leader == me else {
      let patience = min(SentinelOptions.electionTimeout, options.failoverTimeout)
      guard let failoverStart, now - failoverStart > patience else { return .waitStart }
      outputs.append(.event(SentinelEvent(.notElected, kept.primary)))
      return .none
    }
    if !isForced { electedBy = winner?.votes }
    outputs.append(.event(SentinelEvent(.elected, kept.primary)))
    outputs.append(.event(SentinelEvent(.selectState, kept.primary)))
    return .selectReplica
  }

  /// The replica that is promoted: by priority, then by how much it has, then by its run id, for
  /// which the number of the node stands here.
  private func bestReplica(at now: Instant) -> NodeID? {
    let primaryDownFor = server(kept.primary)?.downSince.map { now - $0 }
    let mostLinkDown = (primaryDownFor ?? .zero) + options.downAfter * 10
    let infoAge =
      primaryDownFor == nil ? SentinelOptions.infoPeriod * 3 : options.pingPeriod * 5
    let good = servers.filter { watch in
      guard watch.node != kept.primary, watch.downSince == nil, watch.isConnected,
        now - watch.availableAt <= options.pingPeriod * 5, let info = watch.info,
        let infoAt = watch.infoAt
      else { return false }
      return info.priority != 0 && now - infoAt <= infoAge && info.linkDownFor <= mostLinkDown
    }
    let best = good.min { left, right in
      guard let one = left.info, let other = right.info else { return false }
      if one.priority != other.priority { return one.priority < other.priority }
      if one.offset != other.offset, options.shortcut != .ignoresOffset {
        return one.offset > other.offset
      }
      return left.node < right.node
    }
    return best?.node
  }

  private mutating func select(at now: Instant, _ outputs: inout [Output]) -> Stage {
    guard let chosen = bestReplica(at: now) else {
      outputs.append(.event(SentinelEvent(.noGoodReplica, kept.primary)))
      return .none
    }
    outputs.append(.event(SentinelEvent(.selected, chosen)))
    outputs.append(.event(SentinelEvent(.sendState, chosen)))
    return .sendNoOne(chosen)
  }

  /// Stays where it is, or gives up after `failoverTimeout`.
  private func orAbort(_ chosen: NodeID, at now: Instant, _ outputs: inout [Output]) -> Stage {
    guard now - stageSince > options.failoverTimeout else { return stage }
    outputs.append(.event(SentinelEvent(.promotionTimeout, chosen)))
    return .none
  }

  /// Points the other replicas at the new primary, a few at a time, until all are in step.
  private mutating func reconfigure(
    _ promoted: NodeID, at now: Instant, _ outputs: inout [Output]
  ) -> Stage {
    let old = kept.primary
    var underWay = reconfiguring
    for place in servers.indices
    where servers[place].node != promoted && servers[place].node != old {
      let node = servers[place].node
      if case .sent(let at) = servers[place].reconfiguration,
        now - at > SentinelOptions.reconfTimeout
      {
        outputs.append(.event(SentinelEvent(.reconfTimeout, node)))
        servers[place].reconfiguration = .done
        underWay -= 1
      }
      guard underWay < options.parallelSyncs, servers[place].reconfiguration == .none,
        servers[place].isConnected
      else { continue }
      outputs.append(.send(.replicaOf(promoted, epoch: failoverEpoch), to: node))
      outputs.append(.event(SentinelEvent(.reconfSent, node)))
      servers[place].reconfiguration = .sent(at: now)
      underWay += 1
    }
    guard server(promoted)?.downSince == nil else { return stage }
    let isTooLate = now - stageSince > options.failoverTimeout
    let left = servers.filter {
      $0.node != promoted && $0.node != old && $0.reconfiguration != .done && $0.downSince == nil
    }
    guard left.isEmpty || isTooLate else { return stage }
    if isTooLate {
      outputs.append(.event(SentinelEvent(.endForTimeout, old)))
      for watch in left where watch.reconfiguration == .none && watch.isConnected {
        outputs.append(.send(.replicaOf(promoted, epoch: failoverEpoch), to: watch.node))
      }
    }
    outputs.append(.event(SentinelEvent(.end, old)))
    return .updateConfig(promoted)
  }

  /// Reads what a server says of itself.
  mutating func read(
    _ info: RedisInfo, of node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    change(node) { watch in
      let isPrimary = info.primary == nil
      if isPrimary != watch.saysPrimary { watch.roleSince = now }
      if info.primary != watch.info?.primary { watch.followsSince = now }
      watch.saysPrimary = isPrimary
      watch.info = info
      watch.infoAt = now
    }
    guard tiltSince == nil, node != kept.primary, let watch = server(node) else { return }
    if info.primary == nil {
      if stage == .waitPromotion(node) {
        kept.configEpoch = failoverEpoch
        keep(&outputs)
        outputs.append(.event(SentinelEvent(.promoted, node)))
        outputs.append(.event(SentinelEvent(.reconfState, kept.primary)))
        enter(.reconfigure(node), at: now)
        // The others, and the clients, learn it now.
        helloAt = nil
      } else if primary != node, isSane(at: now) {
        bringBack(
          watch, .convertToReplica, after: SentinelOptions.publishPeriod * 4, at: now, &outputs)
      }
      return
    }
    if info.primary != kept.primary, case .none = stage, isSane(at: now) {
      bringBack(watch, .fixReplica, after: options.failoverTimeout, at: now, &outputs)
    }
    guard case .reconfigure(let promoted) = stage, info.primary == promoted else { return }
    change(node) { watch in
      if case .sent = watch.reconfiguration {
        watch.reconfiguration = .inProgress
        outputs.append(.event(SentinelEvent(.reconfInProgress, node)))
      }
      if watch.reconfiguration == .inProgress, info.linkDownFor == .zero {
        watch.reconfiguration = .done
        outputs.append(.event(SentinelEvent(.reconfDone, node)))
      }
    }
  }

  /// Whether the primary is where it should be, so that others may be told to follow it.
  private func isSane(at now: Instant) -> Bool {
    guard let watch = server(kept.primary), let infoAt = watch.infoAt else { return false }
    return watch.saysPrimary && watch.downSince == nil
      && now - infoAt < SentinelOptions.infoPeriod * 2
  }

  /// Makes a server follow the primary that has been of another mind for so long.
  private func bringBack(
    _ watch: SentinelWatch, _ name: SentinelEvent.Name, after wait: TimeSpan, at now: Instant,
    _ outputs: inout [Output]
  ) {
    let since = name == .convertToReplica ? watch.roleSince : watch.followsSince
    guard watch.isUp(for: wait, at: now), now - since > wait else { return }
    outputs.append(.send(.replicaOf(kept.primary, epoch: kept.configEpoch), to: watch.node))
    outputs.append(.event(SentinelEvent(name, watch.node)))
  }
}
