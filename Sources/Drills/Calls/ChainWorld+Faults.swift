import Kernel
import Patterns
import Simulation

/// What faults do to the servers of the chain.
extension ChainWorld {
  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      watch.lastFault = applied.event
      for change in applied.changes { act(on: change, at: now, in: &queue) }
    }
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  private mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      guard node.index < servers.count else { return }
      crash(node.index, at: now, in: &queue)
    case .paused(let node):
      guard node.index < servers.count else { return }
      servers[node.index].isPaused = true
    case .resumed(let node):
      guard node.index < servers.count else { return }
      servers[node.index].isPaused = false
      let held = servers[node.index].heldBack
      servers[node.index].heldBack.removeAll()
      for number in held { workEnds(number, at: now, in: &queue) }
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
    servers[server].isPaused = false
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
