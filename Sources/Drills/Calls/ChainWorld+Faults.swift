import Kernel
import Patterns
import Simulation

/// What faults do to the servers of the chain.
extension ChainWorld {
  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func faultsChanged(at now: Instant) {
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
  }

  mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      guard node.index < servers.count else { return }
      crash(node.index, at: now, in: &queue)
    case .paused(let node):
      guard node.index < servers.count else { return }
      servers[node.index].pausedSince = now
    case .resumed(let node):
      guard node.index < servers.count else { return }
      for number in servers[node.index].resume(at: now) {
        workEnds(number, at: now, in: &queue)
      }
      moveUp(node.index, at: now, in: &queue)
    case .started, .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged,
      .errorsChanged:
      break
    }
  }

  /// The process dies: connections break, and a key that was in progress stays locked.
  private mutating func crash(
    _ server: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let dropped = servers[server].dropAll()
    for number in dropped.working {
      if let work = calls[number].work { queue.cancel(work) }
      calls[number].work = nil
      calls[number].isWorking = false
      if let child = calls[number].child { forget(child, in: &queue) }
      calls[number].child = nil
      answer(number, failure: .error, at: now, in: &queue)
    }
    for number in dropped.waiting {
      calls[number].isInLine = false
      answer(number, failure: .error, at: now, in: &queue)
    }
  }

  /// The caller of an errand died: nobody waits, and nobody tells the layer below.
  mutating func forget(_ number: Int, in queue: inout EventQueue<Event>) {
    let errand = errands[number]
    for call in errand.open {
      calls[call].isSettled = true
      if let timer = calls[call].timer { queue.cancel(timer) }
      release(call)
    }
    if !errand.open.isEmpty {
      budgets[errand.hop].attemptEnded(
        errand.sequence.attempts > 1 ? .retry : .first, failure: .invalid, cost: 0, at: queue.now)
    }
    close(number, in: &queue)
  }
}
