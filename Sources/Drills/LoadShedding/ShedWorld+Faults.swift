import Kernel
import Simulation

/// What faults do to the server.
extension ShedWorld {
  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func faultsChanged(at now: Instant) {
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
  }

  mutating func act(
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
