import Kernel

extension PrimaryBackupNode {
  mutating func start(at now: Instant, _ outputs: inout [Output]) {
    if let monitor = options.monitor {
      outputs.append(.send(.hello, to: monitor))
    } else {
      primary = options.replicas[0]
      if id == options.replicas[0] { takeOffice(at: now, &outputs) }
    }
    schedule(now, &outputs)
  }

  /// A client asks something.
  mutating func take(
    _ request: StoreRequest, from client: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    func refuse(_ reason: StoreRefusal) {
      let other = primary == id ? nil : primary
      outputs.append(.reply(StoreReply(request.id, .refused(reason, ask: other)), to: client))
    }
    let isRead = request.action.isRead
    guard isPrimary || (isRead && options.backupsRead) else { return refuse(.notPrimary) }
    if isPrimary, !holdsLease(at: now) { return refuse(.leaseOver) }
    if isRead, isPrimary, !hasRecovered { return refuse(.recovering) }
    if let wanted = request.atLeast, state.applied < wanted,
      !options.shortcuts.contains(.ignoresSession), !isPrimary
    {
      return refuse(.behind)
    }
    if isRead {
      outputs.append(.reply(StoreReply(request.id, state.read(request.key)), to: client))
      return
    }
    if let result = state.result(of: request.id) {
      outputs.append(.reply(StoreReply(request.id, result), to: client))
      return
    }
    guard !state.isPast(request.id) else { return }
    if let place = log.lastIndex(where: { $0.request.id == request.id }) {
      waiting.append(Waiting(place: place + 1, id: request.id, client: client))
      return
    }
    append(request, from: client, at: now, &outputs)
  }

  private mutating func append(
    _ request: StoreRequest, from client: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    let entry = PrimaryBackupEntry(epoch: epoch, request: request)
    let record = PrimaryBackupStorage.Record.append(after: log.count, [entry])
    log.append(entry)
    waiting.append(Waiting(place: log.count, id: request.id, client: client))
    if options.shortcuts.contains(.acknowledgesBeforeDisk) {
      outputs.append(.write(record))
    } else {
      outputs.append(.persist(record))
    }
    if options.shortcuts.contains(.showsUnreplicated) { apply(upTo: log.count) }
    settle(&outputs)
    ship(&outputs)
  }

  /// Whether it may serve as primary: with fencing, as long as its lease lasts.
  public func holdsLease(at now: Instant) -> Bool {
    guard options.lease != nil, options.monitor != nil,
      !options.shortcuts.contains(.ignoresLease)
    else { return true }
    return leaseUntil.map { now < $0 } ?? false
  }

  /// Whether it has applied all that stood in its log when it took office.
  ///
  /// The primary before it may have answered for the last of those writes and told nobody that they
  /// are safe; to read before they are applied is to read from before them.
  public var hasRecovered: Bool {
    commit >= inherited || options.shortcuts.contains(.servesBeforeRecovered)
  }

  /// Sends every backup what it is not known to have.
  mutating func ship(_ outputs: inout [Output]) {
    for place in backups.indices {
      let after = backups[place].next
      let entries = Array(log[min(after, log.count)...])
      outputs.append(
        .send(
          .ship(
            epoch: epoch, after: after, afterEpoch: version(after).epoch, entries: entries,
            commit: commit), to: backups[place].node))
      backups[place].next = log.count
      if options.shortcuts.contains(.countsSentAsReached) { backups[place].matched = log.count }
    }
  }

  /// Applies what enough nodes have, and answers those who waited for it.
  mutating func settle(_ outputs: inout [Output]) {
    guard isPrimary else { return }
    let needed = options.backupsNeeded
    let reached = backups.map(\.matched).sorted(by: >)
    let safe = needed == 0 ? log.count : reached.count >= needed ? reached[needed - 1] : 0
    let before = commit
    apply(upTo: safe)
    if commit > before { outputs.append(.write(.commit(commit))) }
    let answered = waiting.filter { $0.place <= max(safe, 0) }
    waiting.removeAll { $0.place <= safe }
    for client in answered {
      guard let result = state.result(of: client.id) else { continue }
      outputs.append(.reply(StoreReply(client.id, result), to: client.client))
    }
  }

  mutating func schedule(_ now: Instant, _ outputs: inout [Output]) {
    let due = now + options.interval
    dueAt = due
    outputs.append(.wakeMe(at: due))
  }

  mutating func wake(at now: Instant, _ outputs: inout [Output]) {
    guard let due = dueAt, due <= now else { return }
    if let monitor = options.monitor {
      if isPrimary {
        outputs.append(.send(.renew(epoch: epoch, sentAt: now), to: monitor))
      } else if primary == nil {
        outputs.append(.send(.hello, to: monitor))
      }
    }
    if isPrimary {
      // What was shipped and not confirmed by now may be lost.
      for place in backups.indices { backups[place].next = backups[place].matched }
      ship(&outputs)
    }
    schedule(now, &outputs)
  }
}
