import Kernel

/// What a node does as the coordinator of a client's request.
extension QuorumNode {
  /// Where a request goes: nodes that count, and owners that are down with nobody in their place.
  struct Plan: Sendable {
    var targets: [(node: NodeID, standsFor: NodeID?)] = []
    var down: [NodeID] = []
  }

  func plan(_ key: Int, at now: Instant) -> Plan {
    let preference = options.preference(key)
    var standIns = preference.dropFirst(options.copies).filter { isAlive($0, at: now) }
    var plan = Plan()
    for owner in preference.prefix(options.copies) {
      if isAlive(owner, at: now) {
        plan.targets.append((owner, nil))
      } else if options.isSloppy, !standIns.isEmpty {
        plan.targets.append((standIns.removeFirst(), owner))
      } else {
        plan.down.append(owner)
      }
    }
    return plan
  }

  mutating func coordinate(
    _ request: StoreRequest, _ context: VersionVector, for client: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    switch request.action {
    case .read: read(request, for: client, at: now, &outputs)
    case .write(let value):
      write(value, request, context, for: client, at: now, &outputs)
    case .delete: write(nil, request, context, for: client, at: now, &outputs)
    case .add, .compareAndSet: refuse(request, .notOffered, client, &outputs)
    }
  }

  private func refuse(
    _ request: StoreRequest, _ reason: StoreRefusal, _ client: NodeID, _ outputs: inout [Output]
  ) {
    outputs.append(
      .reply(
        StoreReply(request.id, .refused(reason, ask: nil)), siblings: [],
        context: VersionVector(), to: client))
  }

  // MARK: Writes

  private mutating func write(
    _ value: Int?, _ request: StoreRequest, _ context: VersionVector, for client: NodeID,
    at now: Instant, _ outputs: inout [Output]
  ) {
    let plan = plan(request.key, at: now)
    guard plan.targets.count >= options.writeQuorum else {
      return refuse(request, .noQuorum, client, &outputs)
    }
    let written = QuorumValue(
      value, stamp: StoreVersion(wall: request.madeAt ?? now, writer: client),
      request: request.id, deletedAt: value == nil ? now : nil)
    let cell: QuorumCell
    switch options.conflicts {
    case .lastWriteWins: cell = .latest(written)
    case .siblings:
      // The dot comes from an owner, which knows the last one that it gave.
      guard options.owners(request.key).contains(id) else {
        let owner = plan.targets.first { $0.standsFor == nil }?.node
        guard let owner else { return refuse(request, .noQuorum, client, &outputs) }
        outputs.append(.send(.forward(request, context: context, client: client), to: owner))
        return
      }
      var set = SiblingSet<QuorumValue>()
      if case .siblings(let held)? = cells[request.key] { set = held }
      set.put(written, context: context, at: id)
      cell = .siblings(set)
    }
    let token = newToken()
    operations[token] = Operation(
      request: request, client: client, targets: plan.targets.map(\.node),
      deadline: now + options.timeout, step: .writing(cell))
    for owner in plan.down { hint(owner, request.key, cell, at: now, &outputs) }
    for target in plan.targets where target.node != id {
      outputs.append(
        .send(.store(key: request.key, cell, token, hintFor: target.standsFor), to: target.node))
    }
    guard let own = plan.targets.first(where: { $0.node == id }) else { return }
    if let owner = own.standsFor {
      keep(QuorumHint(target: owner, key: request.key, cell: cell), &outputs)
    } else {
      merge(request.key, cell, &outputs)
    }
    confirmed(token, by: id, at: now, &outputs)
  }

  private mutating func hint(
    _ owner: NodeID, _ key: Int, _ cell: QuorumCell, at now: Instant, _ outputs: inout [Output]
  ) {
    guard options.keepsHints, owner != id else { return }
    guard silence(owner, at: now) <= options.hintWindow else {
      outputs.append(.refusesHint(for: owner))
      return
    }
    keep(QuorumHint(target: owner, key: key, cell: cell), &outputs)
  }

  mutating func confirmed(
    _ token: QuorumToken, by node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    if let hint = handoffs.removeValue(forKey: token) {
      hints.removeAll { $0 == hint }
      outputs.append(.persist(.hintDone(hint)))
      return
    }
    guard var operation = operations[token] else { return }
    switch operation.step {
    case .writing(let cell):
      guard !operation.confirmed.contains(node) else { return }
      operation.confirmed.append(node)
      let needed = options.shortcuts.contains(.answersAfterOne) ? 1 : options.writeQuorum
      if operation.confirmed.count == needed {
        let stamp = cell.values.first { $0.request == operation.request.id }?.stamp ?? cell.stamp
        outputs.append(
          .reply(
            StoreReply(operation.request.id, .written(version: stamp)), siblings: [],
            context: cell.context, to: operation.client))
      }
      let isOver = operation.confirmed.count == operation.targets.count
      operations[token] = isOver ? nil : operation
    case .repairing(let cell, var left):
      left.removeAll { $0 == node }
      if left.isEmpty {
        answer(operation, cell, &outputs)
        operation.step = .answered
        finish(token, operation, &outputs)
      } else {
        operation.step = .repairing(cell, left: left)
        operations[token] = operation
      }
    case .reading, .answered: return
    }
  }

  // MARK: Reads

  private mutating func read(
    _ request: StoreRequest, for client: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    let targets = plan(request.key, at: now).targets.map(\.node)
    guard targets.count >= options.readQuorum else {
      return refuse(request, .noQuorum, client, &outputs)
    }
    let token = newToken()
    operations[token] = Operation(
      request: request, client: client, targets: targets, deadline: now + options.timeout,
      step: .reading)
    for node in targets where node != id {
      outputs.append(.send(.fetch(key: request.key, token), to: node))
    }
    if targets.contains(id) { answered(token, held(request.key), by: id, at: now, &outputs) }
  }

  mutating func answered(
    _ token: QuorumToken, _ cell: QuorumCell?, by node: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard var operation = operations[token],
      !operation.answers.contains(where: { $0.node == node })
    else { return }
    operation.answers.append(Answer(node: node, cell: cell))
    operations[token] = operation
    guard operation.step == .reading else {
      return finish(token, operation, &outputs)
    }
    guard operation.answers.count >= options.readQuorum else { return }
    let newest = merged(operation)
    if let wanted = operation.request.atLeast, (newest?.stamp ?? .none) < wanted,
      !options.shortcuts.contains(.ignoresSession)
    {
      guard operation.answers.count == operation.targets.count else { return }
      refuse(operation.request, .behind, operation.client, &outputs)
      operation.step = .answered
      return finish(token, operation, &outputs)
    }
    let behind = behind(operation, newest)
    if options.readRepair == .blocking, let newest, !behind.isEmpty {
      operation.step = .repairing(newest, left: behind)
      operations[token] = operation
      for node in behind { repair(node, operation, token, &outputs) }
      // Its own repair is done at once.
      if behind.contains(id) { confirmed(token, by: id, at: now, &outputs) }
    } else {
      answer(operation, newest, &outputs)
      operation.step = .answered
      finish(token, operation, &outputs)
    }
  }

  private func merged(_ operation: Operation) -> QuorumCell? {
    operation.answers.reduce(nil) { Self.merged($0, $1.cell) }
  }

  /// Sends a replica what it lacks, and notes that it will have it.
  private mutating func repair(
    _ node: NodeID, _ operation: Operation, _ token: QuorumToken, _ outputs: inout [Output]
  ) {
    var cell = merged(operation)
    if options.shortcuts.contains(.repairsWithOlder) {
      cell = operation.answers.compactMap(\.cell).min { $0.stamp < $1.stamp }
    }
    guard let cell else { return }
    if let place = operations[token]?.answers.firstIndex(where: { $0.node == node }) {
      operations[token]?.answers[place].cell = cell
    }
    if node != id {
      outputs.append(.send(.store(key: operation.request.key, cell, token, hintFor: nil), to: node))
    } else {
      merge(operation.request.key, cell, &outputs)
    }
  }

  private func answer(
    _ operation: Operation, _ cell: QuorumCell?, _ outputs: inout [Output]
  ) {
    let live = (cell?.values ?? []).filter { $0.deletedAt == nil }
    let newest = live.max { $0.stamp < $1.stamp }
    outputs.append(
      .reply(
        StoreReply(
          operation.request.id, .holds(newest?.value, version: cell?.stamp ?? .none)),
        siblings: live, context: cell?.context ?? VersionVector(), to: operation.client))
  }

  /// Ends a read when everybody has answered, and repairs who is behind.
  private mutating func finish(
    _ token: QuorumToken, _ operation: Operation, _ outputs: inout [Output]
  ) {
    operations[token] = operation
    guard operation.step == .answered, operation.answers.count == operation.targets.count else {
      return
    }
    repairRest(token, operation, &outputs)
    operations[token] = nil
  }

  private mutating func repairRest(
    _ token: QuorumToken, _ operation: Operation, _ outputs: inout [Output]
  ) {
    guard options.readRepair != .none, let newest = merged(operation) else { return }
    for node in behind(operation, newest) { repair(node, operation, token, &outputs) }
  }

  /// The owners that answered with less than the newest.
  private func behind(_ operation: Operation, _ newest: QuorumCell?) -> [NodeID] {
    let owners = options.owners(operation.request.key)
    return operation.answers.filter { $0.cell != newest && owners.contains($0.node) }.map(\.node)
  }

  /// Gives up operations whose time is over; a write's missing owners are left hints.
  mutating func expire(at now: Instant, _ outputs: inout [Output]) {
    let over = operations.filter { $0.value.deadline <= now }.keys
      .sorted { $0.number < $1.number }
    for token in over {
      guard let operation = operations.removeValue(forKey: token) else { continue }
      switch operation.step {
      case .writing(let cell):
        let owners = options.owners(operation.request.key)
        for node in operation.targets
        where owners.contains(node) && !operation.confirmed.contains(node) {
          hint(node, operation.request.key, cell, at: now, &outputs)
        }
      case .answered: repairRest(token, operation, &outputs)
      case .reading, .repairing: break
      }
    }
  }
}
