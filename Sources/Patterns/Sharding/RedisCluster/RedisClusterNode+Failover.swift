import Kernel

extension RedisClusterNode {
  /// What a node does ten times a second: pings, suspicions, and its own election.
  mutating func doChores(at now: Instant, _ outputs: inout [Output]) {
    choreCount += 1
    if let current = transfer, now >= current.until {
      finishTransfer(
        current.number, error: "IOERR error or timeout reading to target instance", at: now,
        &outputs)
    }
    if choreCount % 10 == 0 { pingOldest(at: now, &outputs) }
    for peer in view.peers where peer.node != node { watch(peer.node, at: now, &outputs) }
    stand(at: now, &outputs)
  }

  /// Of five nodes drawn by chance, pings the one not heard of for longest.
  private mutating func pingOldest(at now: Instant, _ outputs: inout [Output]) {
    var oldest: RedisClusterView.Peer?
    for _ in 0..<5 {
      let peer = view.peers[random.below(view.peers.count)]
      guard peer.node != node, peer.pingSent == nil else { continue }
      if oldest.map({ peer.pongReceived < $0.pongReceived }) ?? true { oldest = peer }
    }
    if let oldest { ping(oldest.node, at: now, &outputs) }
  }

  private mutating func ping(_ other: NodeID, at now: Instant, _ outputs: inout [Output]) {
    view.update(other) {
      // A ping over a connection made anew does not start the clock again.
      $0.pingSent = $0.pingSent ?? now
      $0.lastPing = now
    }
    outputs.append(.send(.ping(heartbeat(to: other)), to: other))
  }

  private mutating func watch(_ other: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard let peer = view.peer(other) else { return }
    let half = options.nodeTimeout / 2
    guard let sent = peer.pingSent else {
      if now - peer.pongReceived > half { ping(other, at: now, &outputs) }
      return
    }
    if now - peer.lastPing > half { ping(other, at: now, &outputs) }
    guard now - sent > options.nodeTimeout, !peer.isSuspected, !peer.isFailed else { return }
    view.update(other) { $0.isSuspected = true }
    outputs.append(.entered(.suspected(other)))
    failIfAgreed(other, at: now, &outputs)
  }

  /// A master says that it cannot reach `other`.
  mutating func report(
    _ other: NodeID, by master: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    view.update(other) { peer in
      if let place = peer.reports.firstIndex(where: { $0.from == master }) {
        peer.reports[place].at = now
      } else {
        peer.reports.append(RedisClusterView.Report(from: master, at: now))
      }
    }
    failIfAgreed(other, at: now, &outputs)
  }

  /// Marks a suspected node as failed when a majority of masters cannot reach it.
  private mutating func failIfAgreed(
    _ other: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let peer = view.peer(other), peer.isSuspected, !peer.isFailed else { return }
    let oldest = now - options.nodeTimeout * 2
    let isVoter = view.voters.contains { $0.node == node }
    let count = peer.reports.count { $0.at >= oldest && $0.from != node } + (isVoter ? 1 : 0)
    guard count >= view.quorum else { return }
    markFailed(other, at: now, tellsOthers: master == nil, &outputs)
  }

  mutating func markFailed(
    _ other: NodeID, at now: Instant, tellsOthers: Bool, _ outputs: inout [Output]
  ) {
    guard other != node, let peer = view.peer(other), !peer.isFailed else { return }
    view.update(other) {
      $0.failedAt = now
      $0.isSuspected = false
    }
    outputs.append(.entered(.failed(other)))
    guard tellsOthers else { return }
    for peer in view.peers where peer.node != node && peer.node != other {
      outputs.append(.send(.fail(other), to: peer.node))
    }
  }

  /// A node has answered: it is no longer suspected, and no longer failed unless it may have been
  /// replaced by now.
  mutating func reached(_ other: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard let peer = view.peer(other) else { return }
    if peer.isSuspected { view.update(other) { $0.isSuspected = false } }
    guard let failedAt = peer.failedAt else { return }
    let isHarmless = !peer.isMaster || !view.ownsSlots(other)
    guard isHarmless || now - failedAt > options.nodeTimeout * 2 else { return }
    view.update(other) { $0.failedAt = nil }
    outputs.append(.entered(.recovered(other)))
  }

  // MARK: Election

  /// A replica of a failed master gets itself elected.
  private mutating func stand(at now: Instant, _ outputs: inout [Output]) {
    guard let master, let failed = view.peer(master), failed.isFailed, view.ownsSlots(master) else {
      election = nil
      return
    }
    guard hasFreshData(at: now) else { return }
    let patience = max(options.nodeTimeout * 2, .seconds(2))
    if let last = election, now - last.asksAt <= patience * 2 {
      continueElection(last, patience: patience, at: now, &outputs)
      return
    }
    let rank = rank(among: master)
    let chance = TimeSpan.milliseconds(Int64(random.below(500)))
    election = Election(
      asksAt: now + .milliseconds(500) + chance + .seconds(1) * rank, rank: rank)
    // The other replicas get to know how far this one's data goes.
    for peer in view.peers where peer.master == master && peer.node != node {
      outputs.append(.send(.pong(heartbeat(to: peer.node)), to: peer.node))
    }
  }

  private mutating func continueElection(
    _ last: Election, patience: TimeSpan, at now: Instant, _ outputs: inout [Output]
  ) {
    var current = last
    if let master, !current.hasAsked {
      let rank = rank(among: master)
      if rank > current.rank {
        current.asksAt += .seconds(1) * (rank - current.rank)
        current.rank = rank
      }
    }
    if now >= current.asksAt, now - current.asksAt <= patience, !current.hasAsked {
      currentEpoch += 1
      current.epoch = currentEpoch
      current.hasAsked = true
      outputs.append(.entered(.candidate(epoch: currentEpoch)))
      for peer in view.peers where peer.node != node {
        outputs.append(.send(.authRequest(heartbeat(to: peer.node)), to: peer.node))
      }
    }
    election = current
  }

  /// How many replicas of the same master have newer data.
  private func rank(among master: NodeID) -> Int {
    view.peers.count { $0.master == master && $0.node != node && $0.offset > offset }
  }

  private func hasFreshData(at now: Instant) -> Bool {
    guard options.replicaValidityFactor > 0 else { return true }
    var age = now - masterHeardAt
    if age > options.nodeTimeout { age = age - options.nodeTimeout }
    return age
      <= RedisClusterOptions.replicaPingPeriod + options.nodeTimeout * options.replicaValidityFactor
  }

  /// A master gives its vote: once an epoch, for a replica of a failed master, and not twice for
  /// the same master within two node timeouts.
  mutating func vote(
    for candidate: NodeID, _ request: RedisClusterMessage.Heartbeat, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard view.voters.contains(where: { $0.node == node }), let failed = request.master,
      let peer = view.peer(failed), peer.isFailed, request.currentEpoch >= currentEpoch,
      lastVoteEpoch != currentEpoch
    else { return }
    if let voted = peer.votedAt, now - voted < options.nodeTimeout * 2 { return }
    let isStale = request.slots.contains { run in
      run.contains { slot in
        let owner = view.owners[slot].flatMap { view.peer($0) }
        return (owner?.configEpoch ?? 0) > request.configEpoch
      }
    }
    guard !isStale else { return }
    lastVoteEpoch = currentEpoch
    view.update(failed) { $0.votedAt = now }
    outputs.append(.send(.authAck(epoch: currentEpoch), to: candidate))
  }

  /// With a majority of votes the replica takes over its master's slots and tells everybody.
  mutating func replaceMasterIfElected(at now: Instant, _ outputs: inout [Output]) {
    guard let won = election, let old = master, won.votes >= view.quorum else { return }
    let epoch = won.epoch
    election = nil
    let slots = view.slots(of: old)
    view.update(node) {
      $0.master = nil
      $0.configEpoch = epoch
    }
    for run in slots { for slot in run { view.assign(slot, to: node) } }
    outputs.append(.entered(.promoted(epoch: epoch)))
    for peer in view.peers where peer.node != node {
      outputs.append(.send(.pong(heartbeat(to: peer.node)), to: peer.node))
    }
  }

  // MARK: State

  /// Works out anew whether the cluster serves keys, as seen from here.
  mutating func updateState(at now: Instant, _ outputs: inout [Output]) {
    var isUp = true
    if options.requiresFullCoverage {
      isUp =
        view.assignedCount == HashSlot.count
        && !view.peers.contains { $0.isFailed && view.ownsSlots($0.node) }
    }
    let reachable = view.voters.count { !$0.isSuspected && !$0.isFailed }
    if reachable < view.quorum {
      isUp = false
      minorityAt = now
    }
    guard isUp != isClusterUp else { return }
    if isUp, master == nil, let minorityAt {
      // A master that was in the minority waits before it takes writes again.
      let delay = min(max(options.nodeTimeout, .milliseconds(500)), .seconds(5))
      guard now - minorityAt >= delay else { return }
    }
    isClusterUp = isUp
    outputs.append(.entered(.stateChanged(isUp: isUp)))
  }
}
