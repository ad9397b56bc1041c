import Kernel
import Patterns
import Simulation

/// What faults do to the parts.
extension CQRSWorld {
  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      if node == settings.storeNode { storePool.clear(at: now) }
      for view in views.indices where node == settings.viewNode(view) {
        views[view].pool.clear(at: now)
        for number in views[view].waiting where readings[number].isWaiting {
          readings[number].isWaiting = false
          tally.readsFailed += 1
        }
        views[view].waiting = []
      }
    case .started(let node):
      for view in views.indices where node == settings.projectorNode(view) {
        for segment in 0..<settings.projection.segments {
          startChain(view, segment, epoch: views[view].liveEpoch, at: now, in: &queue)
          if let epoch = views[view].shadowEpoch {
            startChain(view, segment, epoch: epoch, at: now, in: &queue)
          }
        }
      }
    case .paused, .resumed, .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged,
      .errorsChanged:
      break
    }
  }
}
