import Kernel
import Patterns
import Simulation

/// What a host does: a line, slots, work, an answer.
extension BalanceWorld {
  /// A call has come to its host: work, wait, or be refused.
  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    guard !environment.processes.isDown(NodeID(call.host)) else {
      return answer(number, .refused, at: now, in: &queue)
    }
    if call.isCheck, !settings.isDeep {
      // A process that stands still answers nothing: the balancer's patience ends it.
      guard instances[call.host].pausedSince == nil else { return release(number) }
      return answer(number, nil, at: now, in: &queue)
    }
    if instances[call.host].hasFreeSlot {
      begin(number, at: now, in: &queue)
    } else if instances[call.host].hasRoom {
      instances[call.host].line.append(number)
      tally.line(instances[call.host].line.count)
      noteLine(call.host, at: now)
    } else {
      if !call.isCheck { tally.turnedAway += 1 }
      answer(number, .status(503), at: now, in: &queue)
    }
  }

  /// Begins the work on a call.
  private mutating func begin(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    let host = call.host
    let rate = environment.errorRate(NodeID(host))
    let isError = rate > 0 && instances[host].errorRandom.chance(rate)
    var span = settings.work.sample(&instances[host].serviceRandom) * call.size
    if call.isCheck { span = .milliseconds(1) }
    if isError {
      calls[number].ending = .status(500)
      span = settings.errorTime
    } else if !call.isCheck, isMissing(call.client, at: host, now) {
      span = span + settings.missTime
    }
    let factor =
      environment.processes.slowdown(NodeID(host))
      * (settings.isWeak(host) ? settings.weakFactor : 1)
      * instances[host].coldness(factor: settings.coldFactor, calls: settings.coldCalls)
    calls[number].begunAt = now
    calls[number].pausedBefore = instances[host].paused(at: now)
    calls[number].work = queue.schedule(
      .workEnds(Int32(number)), after: isError ? span : span * factor)
    instances[host].working.append(number)
  }

  /// Whether `host` lacks a client's data, so that it takes longer; from now on it has it.
  private mutating func isMissing(_ client: Int32, at host: Int, _ now: Instant) -> Bool {
    let place = Int(client)
    switch settings.state {
    case .none: return false
    case .session:
      if !settings.isShared, homes[place] >= 0, homes[place] != Int32(host) {
        tally.lostSessions += 1
        noteLostSession(client, at: host, now)
      }
      homes[place] = Int32(host)
      return false
    case .cache:
      let bit = UInt64(1) << UInt64(host)
      tally.lookups += 1
      if cached[place] & bit != 0 { return false }
      if cached[place] != 0 { tally.misses += 1 }
      cached[place] |= bit
      return true
    }
  }

  /// The work on a call is done, unless the host stood still meanwhile.
  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let host = calls[number].host
    if instances[host].pausedSince != nil {
      instances[host].heldBack.append(number)
      return
    }
    let stoodStill = instances[host].paused(at: now) - calls[number].pausedBefore
    if stoodStill > .zero {
      calls[number].pausedBefore = instances[host].paused(at: now)
      calls[number].work = queue.schedule(.workEnds(Int32(number)), after: stoodStill)
      return
    }
    instances[host].vacate(number)
    calls[number].work = nil
    if instances[host].coldCallsLeft > 0 { instances[host].coldCallsLeft -= 1 }
    if calls[number].ending == nil, let write = calls[number].write {
      carriedOut[write] += 1
      if carriedOut[write] == 2 { noteDoubled(host, at: now) }
    }
    moveUp(host, at: now, in: &queue)
    if calls[number].isSettled {
      tally.wasted += 1
      release(number)
    } else {
      answer(number, calls[number].ending, at: now, in: &queue)
    }
  }

  /// Works on calls from the line as long as slots are free.
  mutating func moveUp(_ host: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    while instances[host].hasFreeSlot, let next = instances[host].line.popFirst() {
      instances[host].line.leave()
      begin(next, at: now, in: &queue)
    }
    checks.host(instances[host], at: now)
  }

  /// Sends the answer to a call; it may get lost.
  private mutating func answer(
    _ number: Int, _ ending: NextUpstream.Ending?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let call = calls[number]
    calls[number].ending = ending
    if let arrival = transmit(from: NodeID(call.host), to: node(ofFront: call.balancer), at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  /// The host died with this call in line or in a slot: its connection breaks.
  mutating func breakOff(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    if let work = calls[number].work {
      queue.cancel(work)
      calls[number].work = nil
    }
    if calls[number].isSettled {
      release(number)
    } else {
      answer(number, .closed, at: now, in: &queue)
    }
  }
}
