import Kernel
import Patterns
import Simulation

/// What servers do: a line, slots, work, and at edge and middle a call to the layer below.
extension ChainWorld {
  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let server = calls[number].server
    guard !environment.processes.isDown(NodeID(server)) else {
      return answer(number, failure: .refused, at: now, in: &queue)
    }
    if calls[number].isCancelled { return release(number) }
    if servers[server].hasFreeSlot {
      take(number, at: now, in: &queue)
    } else if servers[server].hasRoom {
      servers[server].line.append(number)
      calls[number].isInLine = true
      if server >= ChainSettings.storeFrom { tally.lineIs(servers[server].line.count) }
    } else {
      noteFull(server, at: now)
      answer(number, failure: .refused, at: now, in: &queue)
    }
  }

  /// Begins a call in a free slot, or drops or answers it at once.
  private mutating func take(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    guard !call.isCancelled, !call.sent.isOver(at: now),
      !call.sent.isSet || call.sent.admits(workOf: settings.leastLeft, at: now)
    else {
      tally.callDropped()
      return release(number)
    }
    let server = call.server
    guard server >= ChainSettings.storeFrom else {
      occupy(number, at: now)
      begin(
        hop: call.hop + 1, order: call.order, parent: number, key: call.key, inherited: call.sent,
        at: now, in: &queue)
      return
    }
    if let key = call.key, settings.isWriting {
      switch keys.begin(key: key, body: call.order, at: now) {
      case .execute(let ticket): calls[number].ticket = ticket
      case .replay(let kept):
        tally.replays += 1
        return answer(number, failure: kept.isGood ? nil : .error, at: now, in: &queue)
      case .inProgress:
        tally.conflicts += 1
        return answer(number, failure: .throttled, at: now, in: &queue)
      case .mismatch:
        tally.mismatches += 1
        return answer(number, failure: .invalid, at: now, in: &queue)
      }
    }
    occupy(number, at: now)
    work(number, at: now, in: &queue)
  }

  private mutating func occupy(_ number: Int, at now: Instant) {
    calls[number].begunAt = now
    checks.begun(calls[number], at: now)
    calls[number].isWorking = true
    servers[calls[number].server].working.append(number)
    checks.server(servers[calls[number].server], at: now)
  }

  private mutating func work(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let server = calls[number].server
    let node = NodeID(server)
    let errorRate = 1 - (1 - settings.errorRate) * (1 - environment.errorRate(node))
    var span = settings.service.sample(&servers[server].serviceRandom)
    if errorRate > 0, servers[server].errorRandom.chance(errorRate) {
      calls[number].failure = .error
      span = settings.errorTime
    }
    span = span * environment.processes.slowdown(node)
    calls[number].work = queue.schedule(.workEnds(Int32(number)), after: span)
    guard settings.hedgeCancel == "start", settings.hedging != nil, !calls[number].isSettled else {
      return
    }
    // Tied: the copy that begins tells the others that they are not needed.
    for other in errands[calls[number].errand].open where other != number {
      guard !calls[other].isWorking else { continue }
      tellToStop(other, at: now, in: &queue)
    }
  }

  /// The store has done the work of a call: its effect happens now, whoever still waits.
  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let server = calls[number].server
    if servers[server].pausedSince != nil {
      servers[server].heldBack.append(number)
      return
    }
    let call = calls[number]
    calls[number].work = nil
    let isWasted = call.isSettled || orders[call.order].open == 0
    tally.workEnded(took: now - (call.begunAt ?? now), isWasted: isWasted)
    if call.failure == nil, settings.isWriting { carryOut(call, at: now) }
    if let ticket = call.ticket {
      if call.failure == nil || settings.keys.isErrorKept {
        keys.finished(
          ticket, IdempotencyStore.Answer(body: call.order, isGood: call.failure == nil), at: now)
      } else {
        keys.failed(ticket)
      }
    }
    respond(number, failure: call.failure, at: now, in: &queue)
  }

  private mutating func carryOut(_ call: ChainCall, at now: Instant) {
    orders[call.order].effects += 1
    if let key = call.key {
      checks.effect(of: key, begun: call.begunAt ?? now, settings: settings, at: now)
    }
    if orders[call.order].effects > 1 { noteDuplicate(call, at: now) }
  }

  /// A server is done with a call: the slot is free, the answer goes back.
  mutating func respond(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let server = calls[number].server
    servers[server].vacate(number)
    calls[number].isWorking = false
    answer(number, failure: failure, at: now, in: &queue)
    moveUp(server, at: now, in: &queue)
  }

  mutating func moveUp(_ server: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    while servers[server].hasFreeSlot, let next = servers[server].line.popFirst() {
      if !calls[next].isCancelled { servers[server].line.leave() }
      calls[next].isInLine = false
      take(next, at: now, in: &queue)
    }
  }

  /// Sends the answer to a call; it may get lost.
  mutating func answer(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].failure = failure
    calls[number].isAnswered = true
    let call = calls[number]
    if let arrival = transmit(from: NodeID(call.server), to: caller(call.hop), at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      noteLostAnswer(call, at: now)
      release(number)
    }
  }

  /// The word to stop has come: what is in line is skipped, work stops, here and below.
  mutating func cancelArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    defer { release(number) }
    let call = calls[number]
    guard !call.isCancelled, !environment.processes.isDown(NodeID(call.server)) else { return }
    calls[number].isCancelled = true
    guard call.isWorking else {
      // Its number stays in line, or its message on the way, and is skipped.
      if call.isInLine { servers[call.server].line.leave() }
      if !call.isSettled, !call.isAnswered { abandon(number, at: now, in: &queue) }
      return
    }
    if let work = call.work, queue.isPending(work) {
      queue.cancel(work)
      tally.workEnded(took: now - (call.begunAt ?? now), isWasted: true)
    } else if call.child == nil {
      return
    }
    stop(number, at: now, in: &queue)
    moveUp(call.server, at: now, in: &queue)
  }

  /// A tied copy that was told to stop before its caller settled it counts as not sent.
  private mutating func abandon(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    calls[number].isSettled = true
    if let timer = calls[number].timer { queue.cancel(timer) }
    let errand = calls[number].errand
    errands[errand].open.removeAll { $0 == number }
    release(number)
    if errands[errand].open.isEmpty { follow(.error, of: errand, at: now, in: &queue) }
  }

  /// Takes a call out of its slot without an answer, with everything it began below.
  mutating func stop(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    servers[call.server].vacate(number)
    calls[number].isWorking = false
    calls[number].work = nil
    if let ticket = call.ticket { keys.failed(ticket) }
    if let child = call.child {
      if settings.timeouts[call.hop].isPassingCancellation {
        stopErrand(child, at: now, in: &queue)
      } else {
        forget(child, in: &queue)
      }
    }
    calls[number].child = nil
    release(number)
  }

  private mutating func stopErrand(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let errand = errands[number]
    for call in errand.open {
      calls[call].isSettled = true
      if let timer = calls[call].timer { queue.cancel(timer) }
      tellToStop(call, at: now, in: &queue)
      release(call)
    }
    let isRetry = errand.sequence.attempts > 1
    if !errand.open.isEmpty {
      budgets[errand.hop].attemptEnded(
        isRetry ? .retry : .first, failure: .invalid, cost: 0, at: now)
    }
    close(number, in: &queue)
  }
}
