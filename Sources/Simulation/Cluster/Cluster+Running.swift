import Kernel

extension Cluster {
  /// Lets things happen up to `limit`, until there is something for the driver to act on.
  ///
  /// At most `budget` events happen before it returns.
  @inlinable public mutating func run(until limit: Instant, budget: Int = .max) -> Stop {
    var left = budget
    while stops.isEmpty {
      guard left > 0 else { return .spentBudget }
      guard let event = queue.next(until: limit) else { return .reachedLimit }
      left -= 1
      handle(event)
    }
    return stops.removeFirst()
  }

  @inlinable mutating func handle(_ event: ClusterEvent) {
    tally.events += 1
    order.fold(UInt64(bitPattern: now.nanoseconds))
    switch event {
    case .arrival(let place):
      let envelope = envelopes.take(place)
      order.fold(UInt64(envelope.target.index) << 8 | 1)
      if envelope.isMessage { tally.inFlight -= 1 }
      accept(envelope)
    case .work(let place):
      var envelope = envelopes.take(place)
      order.fold(UInt64(envelope.target.index) << 8 | 2)
      if envelope.isMessage { tally.waiting -= 1 }
      envelope.isWorked = true
      accept(envelope)
    case .timer(let node, let number):
      order.fold(UInt64(node) << 8 | 3)
      fire(Int(number), of: NodeID(Int(node)))
    case .synced(let node, let life):
      order.fold(UInt64(node) << 8 | 4)
      let node = NodeID(Int(node))
      if environment.processes.incarnation(node) == Int(life) { finishSync(node) }
    case .restart(let node, let life):
      order.fold(UInt64(node) << 8 | 5)
      let node = NodeID(Int(node))
      let isSameDeath = environment.processes.incarnation(node) == Int(life)
      if isSameDeath, environment.processes.isDown(node) {
        act(on: environment.apply(.restart(node), at: now))
      }
    case .fault:
      order.fold(6)
      faultEvent = nil
      for applied in schedule.carryOut(in: &environment, at: now) { act(on: applied) }
      scheduleFault()
    case .alarm(let number):
      order.fold(7)
      stops.append(.alarm(number))
    }
  }

  /// Gives an envelope to its target, or makes it wait, or loses it.
  @inlinable mutating func accept(_ envelope: Envelope<Family>) {
    let node = envelope.target
    let isMember = node.index < members.count
    switch environment.processes.condition(node) {
    case .down:
      discard(envelope)
    case .paused where isMember:
      if isStale(envelope) { return discard(envelope) }
      if envelope.isMessage { tally.waiting += 1 }
      members[node.index].held.append(envelope)
    case .running, .paused:
      if isStale(envelope) { return discard(envelope) }
      if !isMember {
        hand(envelope)
      } else if options.stepTime > .zero, !envelope.isWorked {
        work(on: envelope)
      } else {
        take(envelope)
      }
    }
  }

  @inlinable func isStale(_ envelope: Envelope<Family>) -> Bool {
    guard let life = envelope.life else { return false }
    return life != environment.processes.incarnation(envelope.target)
  }

  @inlinable mutating func discard(_ envelope: Envelope<Family>) {
    if envelope.isMessage { tally.discarded += 1 }
  }

  /// Hands a message for an outsider to the driver.
  @inlinable mutating func hand(_ envelope: Envelope<Family>) {
    guard case .message(let message, let source) = envelope.body else { return }
    tally.delivered += 1
    stops.append(.received(message, from: source, by: envelope.target, cause: envelope.cause))
  }

  /// Queues an envelope for the processor of its target.
  @inlinable mutating func work(on envelope: Envelope<Family>) {
    let node = envelope.target
    var envelope = envelope
    envelope.life = environment.processes.incarnation(node)
    let span = options.stepTime * environment.processes.slowdown(node)
    let end = max(now, members[node.index].busyUntil) + span
    members[node.index].busyUntil = end
    if envelope.isMessage { tally.waiting += 1 }
    queue.schedule(.work(envelopes.put(envelope)), at: end)
  }

  @inlinable mutating func take(_ envelope: Envelope<Family>) {
    let node = envelope.target
    switch envelope.body {
    case .message(let message, let source):
      tally.delivered += 1
      step(node, family.input(message, from: source), cause: envelope.cause)
    case .input(let input): step(node, input, cause: envelope.cause)
    case .timer(let number): step(node, family.input(timer: number), cause: envelope.cause)
    case .durable(let count):
      if let input = family.input(durable: count) { step(node, input, cause: envelope.cause) }
    }
  }

  /// Lets the machine of `node` take a step, carries out what it asks for and checks invariants.
  @inlinable mutating func step(_ node: NodeID, _ input: Family.Participant.Input, cause: Trace.ID?)
  {
    tally.steps += 1
    let localNow = localNow(node)
    guard let outputs = machines[node.index]?.step(input, at: localNow) else { return }
    var cause = cause
    for output in outputs {
      carryOut(family.effect(output, of: node), for: node, cause: &cause)
      if machines[node.index] == nil { return }
    }
    if options.checksInvariants { check(node) }
    startSync(node)
  }

  @inlinable mutating func check(_ node: NodeID) {
    if let violation = machines[node.index]?.checkInvariants() {
      stops.append(.violated(violation, by: node))
    } else if let violation = family.check(node, machines) {
      stops.append(.violated(violation, by: node))
    }
  }
}
