import Kernel
import Simulation

/// What dependencies do, and what faults do to them.
extension BulkheadWorld {
  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let place = calls[number].dependency
    guard !environment.processes.isDown(NodeID(place + 1)) else {
      return answer(number, isFailed: true, at: now, in: &queue)
    }
    if dependencies[place].working.count < settings.slots {
      work(number, at: now, in: &queue)
    } else {
      dependencies[place].line.append(number)
    }
  }

  private mutating func work(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let place = calls[number].dependency
    let node = NodeID(place + 1)
    let rate = environment.errorRate(node)
    if rate > 0, dependencies[place].errors.chance(rate) { calls[number].isFailed = true }
    let span =
      settings.services[place].sample(&dependencies[place].random)
      * environment.processes.slowdown(node)
    dependencies[place].working.append(number)
    calls[number].work = queue.schedule(.workEnds(Int32(number)), after: span)
  }

  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let place = calls[number].dependency
    calls[number].work = nil
    dependencies[place].working.removeAll { $0 == number }
    answer(number, isFailed: calls[number].isFailed, at: now, in: &queue)
    moveUp(place, at: now, in: &queue)
  }

  /// Fills free slots; a call whose caller has closed the connection is dropped.
  private mutating func moveUp(_ place: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    while dependencies[place].working.count < settings.slots,
      let next = dependencies[place].line.popFirst()
    {
      dependencies[place].line.leave()
      if calls[next].isSettled { release(next) } else { work(next, at: now, in: &queue) }
    }
  }

  private mutating func answer(
    _ number: Int, isFailed: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].isFailed = isFailed
    let node = NodeID(calls[number].dependency + 1)
    if let arrival = transmit(from: node, to: Self.api, at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func faultsChanged(at now: Instant) {
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
  }

  mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(Self.api): isDown = true
    case .started(Self.api): isDown = false
    case .crashed(let node) where dependencies.indices.contains(node.index - 1):
      crash(node.index - 1, at: now, in: &queue)
    case .paused(let node) where dependencies.indices.contains(node.index - 1):
      dependencies[node.index - 1].isPaused = true
    case .resumed(let node) where dependencies.indices.contains(node.index - 1):
      let place = node.index - 1
      dependencies[place].isPaused = false
      let events = dependencies[place].held
      dependencies[place].held.removeAll()
      for event in events { handle(event, at: now, in: &queue) }
      moveUp(place, at: now, in: &queue)
    case .crashed, .paused, .resumed, .started, .slowed, .clockChanged, .diskChanged,
      .linksChanged, .loadChanged, .errorsChanged:
      break
    }
  }

  /// The dependency dies: connections break, and whoever waits gets an error.
  private mutating func crash(
    _ place: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    dependencies[place].isPaused = false
    let inside = dependencies[place].working + dependencies[place].line.removeAll()
    dependencies[place].working.removeAll()
    let events = dependencies[place].held
    dependencies[place].held.removeAll()
    for event in events {
      if case .callArrives(let call) = event {
        answer(Int(call), isFailed: true, at: now, in: &queue)
      }
    }
    for number in inside {
      if let work = calls[number].work { queue.cancel(work) }
      calls[number].work = nil
      answer(number, isFailed: true, at: now, in: &queue)
    }
  }
}
