import Kernel

extension RedisClusterNode {
  /// The heartbeat that this node sends to `other`.
  mutating func heartbeat(to other: NodeID) -> RedisClusterMessage.Heartbeat {
    let source = master ?? node
    return RedisClusterMessage.Heartbeat(
      master: master, currentEpoch: currentEpoch,
      configEpoch: view.peer(source)?.configEpoch ?? 0, slots: view.slots(of: source),
      offset: offset, gossip: gossip(to: other))
  }

  /// A tenth of the nodes, at least three, by chance, and every node that is suspected.
  private mutating func gossip(to other: NodeID) -> [RedisClusterMessage.Opinion] {
    var others = view.peers.filter { $0.node != node && $0.node != other }
    random.shuffle(&others)
    let wanted = max(3, view.peers.count / 10)
    var chosen = Array(others.prefix(wanted))
    chosen += others.dropFirst(wanted).filter { $0.isSuspected || $0.isFailed }
    return chosen.map {
      RedisClusterMessage.Opinion(node: $0.node, isFailing: $0.isSuspected || $0.isFailed)
    }
  }

  /// Takes in what another node says.
  mutating func take(
    _ message: RedisClusterMessage, from sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    view.add(sender, at: now)
    switch message {
    case .ping(let heartbeat):
      hear(heartbeat, from: sender, at: now, &outputs)
      outputs.append(.send(.pong(self.heartbeat(to: sender)), to: sender))
    case .pong(let heartbeat):
      view.update(sender) {
        $0.pongReceived = now
        $0.pingSent = nil
      }
      reached(sender, at: now, &outputs)
      hear(heartbeat, from: sender, at: now, &outputs)
    case .fail(let failed): markFailed(failed, at: now, tellsOthers: false, &outputs)
    case .authRequest(let heartbeat):
      hear(heartbeat, from: sender, at: now, &outputs)
      vote(for: sender, heartbeat, at: now, &outputs)
    case .authAck(let epoch):
      let isVoter = view.voters.contains { $0.node == sender }
      if isVoter, election?.hasAsked == true, election?.epoch == epoch {
        election?.votes += 1
        replaceMasterIfElected(at: now, &outputs)
      }
    case .update(let owner, let epoch, let slots):
      view.add(owner, at: now)
      claim(slots, by: owner, epoch: epoch, at: now, &outputs)
    case .replicate(let offset, let changes):
      guard sender == master else { return }
      masterHeardAt = now
      apply(changes)
      self.offset = offset
    case .synchronize:
      outputs.append(.send(.snapshot(offset: offset, keyspace.changes), to: sender))
    case .snapshot(let offset, let changes):
      guard sender == master else { return }
      keyspace.removeAll()
      masterHeardAt = now
      apply(changes)
      self.offset = offset
    case .restore(let number, let replaces, let changes):
      restore(number, replaces: replaces, changes, from: sender, &outputs)
    case .restored(let number, let error): finishTransfer(number, error: error, at: now, &outputs)
    }
  }

  private mutating func apply(_ changes: [RedisClusterMessage.Change]) {
    for change in changes {
      if let value = change.value {
        keyspace.set(change.key, value)
      } else {
        _ = keyspace.remove(change.key)
      }
    }
  }

  /// Learns from a heartbeat: epochs, roles, slots, and what the sender thinks of others.
  private mutating func hear(
    _ heartbeat: RedisClusterMessage.Heartbeat, from sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    currentEpoch = max(currentEpoch, heartbeat.currentEpoch, heartbeat.configEpoch)
    if sender == master { masterHeardAt = now }
    view.update(sender) {
      $0.master = heartbeat.master
      $0.offset = heartbeat.offset
      if heartbeat.master == nil { $0.configEpoch = max($0.configEpoch, heartbeat.configEpoch) }
    }
    if heartbeat.master == nil {
      claim(heartbeat.slots, by: sender, epoch: heartbeat.configEpoch, at: now, &outputs)
      correct(sender, heartbeat, &outputs)
      resolveCollision(with: sender, heartbeat.configEpoch)
    }
    guard view.voters.contains(where: { $0.node == sender }) else { return }
    for opinion in heartbeat.gossip where opinion.node != node {
      if opinion.isFailing {
        report(opinion.node, by: sender, at: now, &outputs)
      } else {
        view.update(opinion.node) { peer in peer.reports.removeAll { $0.from == sender } }
      }
    }
  }

  /// Two masters with the same epoch: the one with the smaller name takes a new one.
  private mutating func resolveCollision(with sender: NodeID, _ epoch: UInt64) {
    guard master == nil, epoch == view.peer(node)?.configEpoch, epoch > 0,
      Self.name(of: node) < Self.name(of: sender)
    else { return }
    currentEpoch += 1
    let next = currentEpoch
    view.update(node) { $0.configEpoch = next }
  }

  /// A master claims slots: it gets those whose owner has an older epoch.
  private mutating func claim(
    _ slots: [ClosedRange<Int>], by claimant: NodeID, epoch: UInt64, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard claimant != node, view.slots(of: claimant) != slots else { return }
    let source = master ?? node
    let hadSlots = view.ownsSlots(source)
    var dirty: [Int] = []
    for run in slots {
      for slot in run where view.owners[slot] != claimant {
        let ownerEpoch = view.owners[slot].flatMap { view.peer($0)?.configEpoch } ?? 0
        guard view.owners[slot] == nil || ownerEpoch < epoch else { continue }
        guard importing[slot] == nil else { continue }
        if view.owners[slot] == node, !keyspace.keys(in: slot).isEmpty { dirty.append(slot) }
        view.assign(slot, to: claimant)
        migrating[slot] = nil
      }
    }
    view.update(claimant) { $0.configEpoch = max($0.configEpoch, epoch) }
    if hadSlots, !view.ownsSlots(source) {
      becomeReplica(of: claimant, at: now, &outputs)
    } else {
      for slot in dirty { for key in keyspace.keys(in: slot) { _ = keyspace.remove(key) } }
    }
  }

  private mutating func becomeReplica(
    of other: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    view.update(node) { $0.master = other }
    view.update(other) { $0.master = nil }
    election = nil
    migrating = [:]
    importing = [:]
    masterHeardAt = now
    outputs.append(.entered(.demoted(to: other)))
    outputs.append(.send(.synchronize, to: other))
  }

  /// Tells a master whose claim is out of date who owns its slots now.
  private mutating func correct(
    _ sender: NodeID, _ heartbeat: RedisClusterMessage.Heartbeat, _ outputs: inout [Output]
  ) {
    guard view.slots(of: sender) != heartbeat.slots else { return }
    for run in heartbeat.slots {
      for slot in run {
        guard let owner = view.owners[slot], owner != sender, let peer = view.peer(owner),
          peer.configEpoch > heartbeat.configEpoch
        else { continue }
        outputs.append(
          .send(
            .update(owner: owner, epoch: peer.configEpoch, slots: view.slots(of: owner)),
            to: sender))
        return
      }
    }
  }
}
