import Kernel

extension Cluster {
  /// Keeps one event in the queue for what is due next in the plan.
  @inlinable mutating func scheduleFault() {
    if let faultEvent { queue.cancel(faultEvent) }
    faultEvent = schedule.next.map { queue.schedule(.fault, at: max(now, $0)) }
  }

  /// Does to the members what a fault, or its end, changed in the world.
  @inlinable mutating func act(on applied: AppliedFault) {
    for change in applied.changes {
      switch change {
      case .crashed(let node) where node.index < members.count:
        crash(node)
        members[node.index].lastEvent = applied.event
      case .started(let node) where node.index < members.count:
        members[node.index].lastEvent = applied.event
        boot(node, cause: applied.event)
      case .resumed(let node) where node.index < members.count:
        resume(node)
      case .clockChanged(let node) where node.index < members.count:
        rearm(node)
      case .diskChanged(let node, let isFull, let isLying) where node.index < members.count:
        members[node.index].disk.setFull(isFull)
        members[node.index].disk.setLying(isLying)
      case .crashed, .started, .resumed, .clockChanged, .diskChanged, .paused, .slowed,
        .linksChanged, .loadChanged, .errorsChanged:
        break
      }
    }
  }

  /// Starts the process of `node` with what its disk kept.
  @inlinable mutating func boot(_ node: NodeID, cause: Trace.ID?) {
    let life = environment.processes.incarnation(node)
    machines[node.index] = family.start(
      node, from: members[node.index].disk.durable, life: life, at: localNow(node))
    guard let input = family.firstInput else { return }
    step(node, input, cause: cause)
  }

  @inlinable mutating func crash(_ node: NodeID) {
    machines[node.index] = nil
    for timer in members[node.index].timers { queue.cancel(timer.handle) }
    let lost = members[node.index].held.count { $0.isMessage }
    tally.waiting -= lost
    tally.discarded += lost
    members[node.index].loseMemory()
  }

  @inlinable mutating func resume(_ node: NodeID) {
    if members[node.index].owesRelease { release(node) }
    let held = members[node.index].held
    members[node.index].held.removeAll(keepingCapacity: true)
    for envelope in held {
      if envelope.isMessage { tally.waiting -= 1 }
      accept(envelope)
    }
  }

  /// Reckons anew when the timers of `node` are due, in the order they were set.
  @inlinable mutating func rearm(_ node: NodeID) {
    let timers = members[node.index].timers
    members[node.index].timers.removeAll(keepingCapacity: true)
    for timer in timers {
      queue.cancel(timer.handle)
      arm(timer.number, of: node, due: timer.due, cause: timer.cause)
    }
  }
}
