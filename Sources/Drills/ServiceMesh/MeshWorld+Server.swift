import Kernel
import Patterns
import Simulation

/// What instances do: their sidecar admits, then a line, slots, work, and a call to the next layer.
extension MeshWorld {
  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    let target = call.target
    guard !environment.processes.isDown(NodeID(target)) else {
      nodes[call.source].proxy.disconnect(call.endpoint)
      return answer(number, failure: .refused, at: now, in: &queue)
    }
    switch nodes[target].proxy.inbound.verdict(on: call.identity) {
    case .accepted:
      checks.accepted(call.identity, nodes[target].proxy.inbound, name(target), at: now)
      if call.identity == nil { tally.plaintext += 1 }
    case .plaintextRefused:
      tally.plaintextRefused += 1
      nodes[call.source].proxy.disconnect(call.endpoint)
      notePlaintext(call, at: now)
      return answer(number, failure: .refused, at: now, in: &queue)
    case .denied:
      tally.denied += 1
      noteDenied(call, at: now)
      return answer(number, failure: .invalid, at: now, in: &queue)
    }
    if nodes[target].hasFreeSlot {
      occupy(number, at: now, in: &queue)
    } else if nodes[target].line.count < settings.queueLimit {
      nodes[target].line.append(number)
      calls[number].isInLine = true
      tally.queuePeak = max(tally.queuePeak, nodes[target].line.count)
    } else {
      noteFull(target, at: now)
      answer(number, failure: .refused, at: now, in: &queue)
    }
  }

  private mutating func occupy(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let target = calls[number].target
    calls[number].isWorking = true
    nodes[target].working.append(number)
    if nodes[target].working.count > nodes[target].slots {
      checks.violated("slots", at: now, "\(name(target)) works on too many calls")
    }
    let plan = nodes[target].plan
    let own = plan.subset == 2 ? settings.canaryErrors : 0
    let errorRate = 1 - (1 - own) * (1 - environment.errorRate(NodeID(target)))
    var span =
      plan.service == 3
      ? settings.service.sample(&nodes[target].serviceRandom) : .milliseconds(1)
    if errorRate > 0, nodes[target].errorRandom.chance(errorRate) {
      calls[number].failure = .error
      span = .milliseconds(1)
    }
    span = span * environment.processes.slowdown(NodeID(target))
    calls[number].work = queue.schedule(.workEnds(Int32(number)), after: span)
  }

  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let target = calls[number].target
    guard !nodes[target].isPaused else { return nodes[target].heldBack.append(number) }
    calls[number].work = nil
    let plan = nodes[target].plan
    guard calls[number].failure == nil, plan.service < 3 else {
      return respond(number, failure: calls[number].failure, at: now, in: &queue)
    }
    let errand = errandClient(number)
    begin(
      errand, hop: plan.service, from: target, parent: number, subset: nil, at: now, in: &queue)
  }

  /// Whose request a call belongs to; a caller that has given up is still a client's.
  private func errandClient(_ number: Int) -> MeshClient {
    calls[number].isSettled ? .client : errands[calls[number].errand].client
  }

  /// An instance is done with a call: the slot is free, the answer goes back.
  mutating func respond(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let target = calls[number].target
    nodes[target].vacate(number)
    calls[number].isWorking = false
    answer(number, failure: failure, at: now, in: &queue)
    moveUp(target, at: now, in: &queue)
  }

  mutating func moveUp(_ target: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    while nodes[target].hasFreeSlot, let next = nodes[target].line.popFirst() {
      nodes[target].line.leave()
      calls[next].isInLine = false
      occupy(next, at: now, in: &queue)
    }
  }

  /// Sends the answer to a call; it may get lost.
  mutating func answer(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].failure = failure
    let call = calls[number]
    if let arrival = transmit(from: NodeID(call.target), to: NodeID(call.source), at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  /// Ends an errand: its application has an answer, or has given up for good.
  mutating func finish(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let errand = errands[number]
    close(number, in: &queue)
    guard let parent = errand.parent else {
      return tally.ended(errand.client, began: errand.begunAt, isGood: failure == nil, at: now)
    }
    calls[parent].child = nil
    // Whatever went wrong below is an error of this service to its caller.
    respond(parent, failure: failure.map { _ in .error }, at: now, in: &queue)
  }

  /// Frees an errand; its timers are cancelled.
  mutating func close(_ number: Int, in queue: inout EventQueue<Event>) {
    if let retry = errands[number].retry {
      queue.cancel(retry)
      if errands[number].isMeshRetry {
        let source = errands[number].source
        nodes[source].proxy.outbound?.budget.attemptStarted(.retry, at: queue.now)
        nodes[source].proxy.outbound?.budget.attemptEnded(
          .retry, failure: .invalid, cost: 0, at: queue.now)
      }
    }
    if errands[number].parent == nil { openRequests -= 1 }
    errands.remove(number)
  }

  /// Lets one party of a call go; the last one frees its number.
  mutating func release(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }
}
