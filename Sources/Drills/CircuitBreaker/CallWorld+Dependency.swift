import Kernel
import Patterns
import Simulation

extension CallWorld {
  /// A call has come to its instance: work, wait, or be refused.
  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let instance = calls[number].instance
    let node = NodeID(instance)
    guard !environment.processes.isDown(node) else {
      return answer(number, failure: .refused, at: now, in: &queue)
    }
    if instances[instance].hasFreeSlot {
      if !begin(number, at: now, in: &queue) { release(number) }
    } else if instances[instance].hasRoom {
      instances[instance].line.append(number)
      calls[number].isInLine = true
      tally.lineIs(instances[instance].line.count)
      if settings.fatalLine > 0, instances[instance].line.count >= settings.fatalLine {
        die(instance, at: now, in: &queue)
      }
    } else {
      noteFullLine(instance, at: now)
      answer(number, failure: .refused, at: now, in: &queue)
    }
  }

  /// Begins the work on a call; false when it is dropped because nobody waits for it any more.
  private mutating func begin(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) -> Bool {
    let call = calls[number]
    let isWanted = !call.deadline.isOver(at: now)
    guard !call.isCancelled, isWanted, call.deadline.admits(workOf: settings.leastLeft, at: now)
    else {
      tally.callDropped()
      return false
    }
    let instance = call.instance
    let node = NodeID(instance)
    let errorRate = 1 - (1 - settings.errorRate) * (1 - environment.errorRate(node))
    let isError = errorRate > 0 && instances[instance].errorRandom.chance(errorRate)
    var span = settings.service.sample(&instances[instance].serviceRandom)
    if isError {
      calls[number].failure = .error
      span = settings.errorTime
    }
    span =
      span * (environment.processes.slowdown(node) * instances[instance].coldness(settings))
    calls[number].begunAt = now
    calls[number].pausedBefore = instances[instance].paused(at: now)
    calls[number].work = queue.schedule(.workEnds(Int32(number)), after: span)
    instances[instance].working.append(number)
    return true
  }

  /// The work on a call is done, unless the instance stood still meanwhile.
  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let instance = calls[number].instance
    if instances[instance].pausedSince != nil {
      instances[instance].heldBack.append(number)
      return
    }
    let stoodStill = instances[instance].paused(at: now) - calls[number].pausedBefore
    if stoodStill > .zero {
      calls[number].pausedBefore = instances[instance].paused(at: now)
      calls[number].work = queue.schedule(.workEnds(Int32(number)), after: stoodStill)
      return
    }
    let isWasted = calls[number].isSettled
    tally.workEnded(took: now - (calls[number].begunAt ?? now), isWasted: isWasted)
    vacate(number, at: now, in: &queue)
    if instances[instance].coldCallsLeft > 0 { instances[instance].coldCallsLeft -= 1 }
    if isWasted {
      release(number)
    } else {
      answer(number, failure: calls[number].failure, at: now, in: &queue)
    }
  }

  /// Frees the slot of a call and lets the line move up.
  private mutating func vacate(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let instance = calls[number].instance
    instances[instance].vacate(number)
    calls[number].work = nil
    moveUp(instance, at: now, in: &queue)
  }

  /// Works on calls from the line as long as slots are free.
  mutating func moveUp(_ instance: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    while instances[instance].hasFreeSlot, let next = instances[instance].line.popFirst() {
      if !calls[next].isCancelled { instances[instance].line.leave() }
      calls[next].isInLine = false
      if !begin(next, at: now, in: &queue) { release(next) }
    }
    checks.instance(instances[instance], at: now)
  }

  /// Sends the answer to a call; it may get lost.
  mutating func answer(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].failure = failure
    if let arrival = transmit(from: NodeID(calls[number].instance), to: checkout, at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  /// The caller's word that it has given up has come: the work stops, in line or in a slot.
  mutating func cancelArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    defer { release(number) }
    let call = calls[number]
    guard !call.isCancelled, !environment.processes.isDown(NodeID(call.instance)) else { return }
    calls[number].isCancelled = true
    if let work = call.work, queue.isPending(work) {
      queue.cancel(work)
      tally.workEnded(took: now - (call.begunAt ?? now), isWasted: true)
      vacate(number, at: now, in: &queue)
      release(number)
    } else if call.isInLine {
      // Still in line: it keeps its number there but is skipped, and makes room for another.
      instances[call.instance].line.leave()
    }
  }
}
