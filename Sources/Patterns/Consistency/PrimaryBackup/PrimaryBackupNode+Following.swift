import Kernel

extension PrimaryBackupNode {
  mutating func take(
    _ message: PrimaryBackupMessage, from sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    switch message {
    case .ship(let epoch, let after, let afterEpoch, let entries, let commit):
      guard epoch >= self.epoch, !(isPrimary && epoch == self.epoch) else {
        outputs.append(.send(.stale(epoch: self.epoch), to: sender))
        return
      }
      follow(sender, in: epoch, &outputs)
      receive(entries, after: after, afterEpoch, commit: commit, from: sender, &outputs)
    case .shipped(let epoch, let place): confirmed(by: sender, in: epoch, upTo: place, &outputs)
    case .differs(let epoch, let place):
      guard isPrimary, epoch == self.epoch,
        let backup = backups.firstIndex(where: { $0.node == sender })
      else { return }
      backups[backup].next = min(place, log.count)
      backups[backup].matched = min(backups[backup].matched, backups[backup].next)
      ship(&outputs)
    case .stale(let epoch):
      if epoch > self.epoch { leaveOffice(for: nil, epoch: epoch, &outputs) }
    case .granted(let epoch, let sentAt):
      guard isPrimary, epoch == self.epoch, let lease = options.lease else { return }
      leaseUntil = max(leaseUntil ?? .zero, sentAt + lease)
    case .appointed(let epoch, let node): appointed(node, in: epoch, at: now, &outputs)
    case .howFar(let round):
      let answer = PrimaryBackupMessage.soFar(
        round: round, lastEpoch: log.last?.epoch ?? 0, length: log.count)
      outputs.append(.send(answer, to: sender))
    case .renew, .hello, .soFar: break
    }
  }

  private mutating func confirmed(
    by sender: NodeID, in epoch: Int, upTo place: Int, _ outputs: inout [Output]
  ) {
    guard isPrimary, epoch == self.epoch,
      let backup = backups.firstIndex(where: { $0.node == sender })
    else { return }
    backups[backup].matched = max(backups[backup].matched, place)
    let before = commit
    settle(&outputs)
    if commit > before, options.backupsNeeded > 0 { ship(&outputs) }
  }

  private mutating func appointed(
    _ node: NodeID, in epoch: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard epoch >= self.epoch else { return }
    guard node == id else {
      if epoch > self.epoch || isPrimary {
        leaveOffice(for: node, epoch: epoch, &outputs)
      } else {
        primary = node
      }
      return
    }
    guard !(isPrimary && epoch == self.epoch) else { return }
    if epoch > self.epoch { outputs.append(.persist(.epoch(epoch))) }
    self.epoch = epoch
    takeOffice(at: now, &outputs)
  }

  mutating func takeOffice(at now: Instant, _ outputs: inout [Output]) {
    isPrimary = true
    primary = id
    leaseUntil = nil
    inherited = log.count
    waiting = []
    backups = options.replicas.filter { $0 != id }.map {
      Progress(node: $0, next: log.count, matched: 0)
    }
    outputs.append(.entered(isPrimary: true, epoch: epoch))
    if let monitor = options.monitor {
      outputs.append(.send(.renew(epoch: epoch, sentAt: now), to: monitor))
    }
    settle(&outputs)
    ship(&outputs)
  }

  mutating func leaveOffice(for other: NodeID?, epoch: Int, _ outputs: inout [Output]) {
    if epoch > self.epoch { outputs.append(.persist(.epoch(epoch))) }
    self.epoch = max(self.epoch, epoch)
    primary = other
    guard isPrimary else { return }
    isPrimary = false
    backups = []
    waiting = []
    outputs.append(.entered(isPrimary: false, epoch: epoch))
  }

  private mutating func follow(_ node: NodeID, in epoch: Int, _ outputs: inout [Output]) {
    if epoch > self.epoch || isPrimary { leaveOffice(for: node, epoch: epoch, &outputs) }
    primary = node
  }

  private mutating func receive(
    _ entries: [PrimaryBackupEntry], after: Int, _ afterEpoch: Int, commit: Int,
    from sender: NodeID, _ outputs: inout [Output]
  ) {
    guard after <= log.count, version(after).epoch == afterEpoch else {
      // Everything of the epoch in question may differ: ask for what stands before it.
      var place = min(after, log.count)
      if place == after {
        let doubtful = version(place).epoch
        while place > 0, version(place).epoch == doubtful { place -= 1 }
      }
      outputs.append(.send(.differs(epoch: epoch, tryAfter: place), to: sender))
      return
    }
    var agreed = after
    for entry in entries {
      guard agreed < log.count, log[agreed] == entry else { break }
      agreed += 1
    }
    let fresh = entries[(agreed - after)...]
    if !fresh.isEmpty {
      let dropped = log.count - agreed
      if dropped > 0, options.shortcuts.contains(.keepsDivergence) {
        outputs.append(.send(.shipped(epoch: epoch, upTo: after + entries.count), to: sender))
        return
      }
      if dropped > 0 { outputs.append(.dropped(count: dropped, epoch: log[agreed].epoch)) }
      log.removeSubrange(agreed...)
      log += fresh
      outputs.append(.persist(.append(after: agreed, Array(fresh))))
      if self.commit > agreed { rebuild(upTo: agreed) }
    }
    let known = after + entries.count
    let before = self.commit
    apply(upTo: min(commit, known))
    if self.commit > before { outputs.append(.write(.commit(self.commit))) }
    outputs.append(.send(.shipped(epoch: epoch, upTo: known), to: sender))
  }
}
