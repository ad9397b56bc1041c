import Kernel
import Simulation

/// What faults do to the server.
extension ShedWorld {
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
    case .crashed(Self.server): crash(at: now, in: &queue)
    case .paused(Self.server): isPaused = true
    case .resumed(Self.server):
      isPaused = false
      let events = held
      held.removeAll()
      for event in events { handle(event, at: now, in: &queue) }
      moveUp(at: now, in: &queue)
    case .crashed, .paused, .resumed, .started, .slowed, .clockChanged, .diskChanged,
      .linksChanged, .loadChanged, .errorsChanged:
      break
    }
  }
}
