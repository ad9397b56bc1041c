import Kernel

extension Cluster {
  /// Does what a machine asks for; `cause` moves on to the facts it states.
  @inlinable mutating func carryOut(
    _ effect: Family.Effect, for node: NodeID, cause: inout Trace.ID?
  ) {
    switch effect {
    case .send(let message, to: let target):
      leave(.message(message, to: target), from: node, cause: cause)
    case .sendAll(let message, to: let targets):
      for target in targets { leave(.message(message, to: target), from: node, cause: cause) }
    case .answer(let answer):
      leave(.answer(answer), from: node, cause: cause)
    case .wakeMe(at: let due, timer: let number):
      cancel(number, of: node)
      arm(number, of: node, due: due, cause: cause)
    case .cancelWake(timer: let number):
      cancel(number, of: node)
    case .persist(let record):
      write(record, for: node, cause: cause)
      members[node.index].required = members[node.index].written
    case .write(let record):
      write(record, for: node, cause: cause)
    case .fact(let fact):
      cause = record(fact, of: node, cause: cause)
    case .nothing:
      break
    }
  }

  @inlinable mutating func record(_ fact: Fact, of node: NodeID, cause: Trace.ID?) -> Trace.ID {
    let culprit = fact.about.flatMap {
      environment.blame($0, seenBy: node, since: fact.since)
    }
    let event = environment.trace.record(
      at: now, environment.roster.name(node), fact.kind, fact.detail, weight: fact.weight,
      cause: culprit ?? cause ?? members[node.index].lastEvent)
    members[node.index].lastEvent = event
    return event
  }

  // MARK: Messages

  /// Lets something leave `node` as soon as everything written before it is durable.
  @inlinable mutating func leave(
    _ body: ClusterMember<Family>.Outgoing.Body, from node: NodeID, cause: Trace.ID?
  ) {
    let needs = members[node.index].required
    let outgoing = ClusterMember<Family>.Outgoing(body: body, cause: cause, needs: needs)
    if needs > members[node.index].acknowledged {
      members[node.index].outgoing.append(outgoing)
    } else {
      emit(outgoing, from: node)
    }
  }

  @inlinable mutating func emit(
    _ outgoing: ClusterMember<Family>.Outgoing, from node: NodeID
  ) {
    switch outgoing.body {
    case .message(let message, to: let target):
      transmit(message, from: node, to: target, cause: outgoing.cause)
    case .answer(let answer):
      stops.append(.answered(answer, by: node, cause: outgoing.cause))
    }
  }

  /// Puts `message` on the network.
  @inlinable mutating func transmit(
    _ message: Family.Message, from source: NodeID, to target: NodeID, cause: Trace.ID?
  ) {
    let arrivals = environment.network.transmit(from: source, to: target, at: now)
    tally.inFlight += arrivals.count
    let sentAt = now
    recorder?.record(message, from: source, to: target, at: sentAt, arrivals)
    let envelope = Envelope<Family>(
      body: .message(message, from: source), target: target, cause: cause)
    switch arrivals {
    case .lost, .cut: break
    case .once(let instant):
      queue.schedule(.arrival(envelopes.put(envelope)), at: instant)
    case .twice(let first, let second):
      queue.schedule(.arrival(envelopes.put(envelope)), at: first)
      queue.schedule(.arrival(envelopes.put(envelope)), at: second)
    }
  }

  // MARK: Timers

  /// Sets a timer by the local clock of `node`.
  @inlinable mutating func arm(_ number: Int, of node: NodeID, due: Instant, cause: Trace.ID?) {
    let clock = environment.clock(node)
    let instant =
      switch options.timeSource {
      case .monotonic: clock.trueInstant(monotonic: due)
      case .wall: clock.trueInstant(wall: due)
      }
    let event = ClusterEvent.timer(node: UInt32(node.index), number: Int32(number))
    let handle = queue.schedule(event, at: max(now, instant))
    members[node.index].timers.append(
      .init(number: number, due: due, handle: handle, cause: cause))
  }

  @inlinable mutating func cancel(_ number: Int, of node: NodeID) {
    let place = members[node.index].timers.firstIndex { $0.number == number }
    guard let place else { return }
    queue.cancel(members[node.index].timers.remove(at: place).handle)
  }

  /// Lets a timer go off.
  @inlinable mutating func fire(_ number: Int, of node: NodeID) {
    let place = members[node.index].timers.firstIndex { $0.number == number }
    guard let place else { return }
    let cause = members[node.index].timers.remove(at: place).cause
    let life = environment.processes.incarnation(node)
    accept(Envelope(body: .timer(number), target: node, cause: cause, life: life))
  }

  // MARK: Disk

  @inlinable mutating func write(
    _ record: Family.Storage.Record, for node: NodeID, cause: Trace.ID?
  ) {
    if members[node.index].disk.write(record) {
      members[node.index].written += 1
      return
    }
    let life = UInt32(environment.processes.incarnation(node))
    let culprit = environment.active.last { $0.fault == .fill(node) }?.event
    let death = environment.fail(
      node, at: now, "a write fails because the disk is full; the process gives up",
      cause: culprit ?? cause)
    act(on: death)
    if let delay = options.restartsAfter {
      queue.schedule(.restart(node: UInt32(node.index), life: life), at: now + delay)
    }
  }

  /// Begins a sync if something waits for one.
  @inlinable mutating func startSync(_ node: NodeID) {
    guard members[node.index].required > members[node.index].acknowledged else { return }
    let slowdown = environment.processes.slowdown(node)
    guard let end = members[node.index].disk.beginSync(at: now, slowdown: slowdown) else { return }
    members[node.index].syncing = members[node.index].written
    if end == now {
      finishSync(node)
    } else {
      let life = UInt32(environment.processes.incarnation(node))
      queue.schedule(.synced(node: UInt32(node.index), life: life), at: end)
    }
  }

  /// Ends a sync: what waited for it leaves, unless the process is paused.
  @inlinable mutating func finishSync(_ node: NodeID) {
    members[node.index].disk.finishSync()
    members[node.index].acknowledged = members[node.index].syncing
    if environment.processes.isPaused(node) {
      members[node.index].owesRelease = true
    } else {
      release(node)
    }
    startSync(node)
  }

  /// Lets everything leave that waited for records which are durable now.
  @inlinable mutating func release(_ node: NodeID) {
    members[node.index].owesRelease = false
    let acknowledged = members[node.index].acknowledged
    var released = 0
    while released < members[node.index].outgoing.count {
      let outgoing = members[node.index].outgoing[released]
      guard outgoing.needs <= acknowledged else { break }
      released += 1
      emit(outgoing, from: node)
    }
    members[node.index].outgoing.removeFirst(released)
    if family.input(durable: acknowledged) != nil {
      let life = environment.processes.incarnation(node)
      accept(Envelope(body: .durable(acknowledged), target: node, cause: nil, life: life))
    }
  }
}
