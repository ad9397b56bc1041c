import Kernel
import Patterns
import Simulation

/// What faults, and an instance's own death, do to the dependency.
extension CallWorld {
  /// The time from an instance's death to its restart.
  static let restartTime = TimeSpan.seconds(5)

  /// An instance runs out of memory: everything in it is lost, and it comes back cold.
  mutating func die(_ instance: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let node = NodeID(instance)
    let waiting = instances[instance].line.count
    let applied = environment.fail(
      node, at: now, "it runs out of memory with \(waiting) calls in line and dies",
      cause: watch.first(.waiting, .storm, .timedOut) ?? watch.lastFault)
    watch.lastFault = applied.event
    instances[instance].isDeadOfItself = true
    for change in applied.changes { act(on: change, at: now, in: &queue) }
    queue.schedule(.instanceRestarts(Int32(instance)), after: Self.restartTime)
  }

  mutating func restart(_ instance: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let node = NodeID(instance)
    guard environment.processes.isDown(node) else { return }
    let applied = environment.apply(.restart(node), at: now)
    for change in applied.changes { act(on: change, at: now, in: &queue) }
  }

  /// Whether a fault of the plan is in force; an instance that died of itself is none.
  var isFaultInForce: Bool {
    environment.active.count > instances.count { $0.isDeadOfItself }
  }

  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func faultsChanged(at now: Instant) {
    tally.faults(areInForce: isFaultInForce, at: now)
  }

  mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      guard node != checkout else { return }
      let dropped = instances[node.index].dropAll()
      for number in dropped.working + dropped.waiting { breakOff(number, at: now, in: &queue) }
    case .started(let node):
      guard node != checkout else { return }
      instances[node.index].isDeadOfItself = false
      if settings.coldFactor > 1 { instances[node.index].coldCallsLeft = settings.coldCalls }
    case .paused(let node):
      guard node != checkout else { return }
      instances[node.index].pausedSince = now
    case .resumed(let node):
      guard node != checkout else { return }
      resume(node.index, at: now, in: &queue)
    case .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged, .errorsChanged:
      break
    }
  }

  private mutating func resume(
    _ instance: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    for number in instances[instance].resume(at: now) { workEnds(number, at: now, in: &queue) }
    moveUp(instance, at: now, in: &queue)
  }

  /// The process died with this call in line or in a slot: its connection breaks.
  private mutating func breakOff(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if let work = calls[number].work {
      queue.cancel(work)
      calls[number].work = nil
    }
    calls[number].begunAt = now
    if calls[number].isSettled {
      release(number)
    } else {
      answer(number, failure: .error, at: now, in: &queue)
    }
  }
}
