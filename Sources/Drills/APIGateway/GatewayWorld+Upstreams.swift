import Kernel
import Patterns
import Simulation

/// Calls to upstreams, with their tries, and what instances do with them.
extension GatewayWorld {
  /// Makes the next try of a part.
  mutating func send(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let part = parts[number]
    let gateway = visits[part.visit].gateway
    guard !environment.processes.isDown(NodeID(gateway)) else {
      return partEnded(number, isGood: false, at: now, in: &queue)
    }
    if visits[part.visit].isEnded { return partEnded(number, isGood: false, at: now, in: &queue) }
    var random = gateways[gateway].chooseRandom
    let instance =
      gateways[gateway].balancers[part.service].pick(
        key: 0, tried: part.tried, at: now, using: &random)
      ?? gateways[gateway].balancers[part.service].pick(key: 0, at: now, using: &random)
    gateways[gateway].chooseRandom = random
    guard let instance else { return follow(.refused, of: number, at: now, in: &queue) }
    if Int(part.sequence.attempts) > settings.design.retries + 1 {
      checks.violated("attempts", at: now, "\(part.sequence.attempts) tries of one part")
    }
    parts[number].tried.insert(instance)
    gateways[gateway].balancers[part.service].started(instance, at: now)
    tally.calls += 1
    let call = calls.add(
      GatewayCall(
        part: number, gateway: gateway, service: part.service, instance: instance, sentAt: now))
    calls[call].timer = queue.schedule(.patienceEnds(Int32(call)), after: settings.design.timeout)
    let target = upstreamNode(part.service, instance)
    if let arrival = transmit(from: NodeID(gateway), to: target, at: now) {
      queue.schedule(.callArrives(Int32(call)), at: arrival)
    } else {
      letGo(call)
    }
  }

  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    let target = upstreamNode(call.service, call.instance)
    let place = target.index - gateways.count
    guard !environment.processes.isDown(target) else {
      return answer(number, failure: .refused, at: now, in: &queue)
    }
    // A mesh knows the edge by its certificate, and lets it in.
    if let inbound = settings.inbound, inbound.verdict(on: GatewaySettings.edge) != .accepted {
      return answer(number, failure: .error, at: now, in: &queue)
    }
    if upstreams[place].working.count < settings.slots, !upstreams[place].isPaused {
      occupy(number, place, at: now, in: &queue)
    } else if upstreams[place].line.count < settings.queueLimit {
      upstreams[place].line.append(number)
    } else {
      answer(number, failure: .refused, at: now, in: &queue)
    }
  }

  private mutating func occupy(
    _ number: Int, _ place: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let node = NodeID(gateways.count + place)
    upstreams[place].working.append(number)
    var span = settings.service.sample(&upstreams[place].serviceRandom)
    let errorRate = environment.errorRate(node)
    if errorRate > 0, upstreams[place].errorRandom.chance(errorRate) {
      calls[number].failure = .error
      span = .milliseconds(1)
    }
    calls[number].work = queue.schedule(
      .workEnds(Int32(number)), after: span * environment.processes.slowdown(node))
  }

  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let place = upstreamNode(calls[number].service, calls[number].instance).index - gateways.count
    guard !upstreams[place].isPaused else { return upstreams[place].heldBack.append(number) }
    calls[number].work = nil
    upstreams[place].vacate(number)
    answer(number, failure: calls[number].failure, at: now, in: &queue)
    moveUp(place, at: now, in: &queue)
  }

  mutating func moveUp(_ place: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    while upstreams[place].working.count < settings.slots, !upstreams[place].isPaused,
      let next = upstreams[place].line.popFirst()
    {
      upstreams[place].line.leave()
      occupy(next, place, at: now, in: &queue)
    }
  }

  private mutating func answer(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].failure = failure
    let call = calls[number]
    let source = upstreamNode(call.service, call.instance)
    if let arrival = transmit(from: source, to: NodeID(call.gateway), at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      letGo(number)
    }
  }

  mutating func answerArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    defer { letGo(number) }
    let call = calls[number]
    guard !call.isSettled else { return }
    settle(number, isGood: call.failure == nil, at: now, in: &queue)
    guard let failure = call.failure else {
      return partEnded(call.part, isGood: true, at: now, in: &queue)
    }
    noteFailure(failure, of: call, at: now)
    follow(failure, of: call.part, at: now, in: &queue)
  }

  mutating func patienceEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    guard !call.isSettled else { return }
    noteTimeout(call, at: now)
    settle(number, isGood: false, at: now, in: &queue)
    follow(.timedOut, of: call.part, at: now, in: &queue)
  }

  private mutating func settle(
    _ number: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let call = calls[number]
    calls[number].isSettled = true
    if let timer = call.timer { queue.cancel(timer) }
    gateways[call.gateway].balancers[call.service].finished(
      call.instance, succeeded: isGood, latency: now - call.sentAt, at: now)
    letGo(number)
  }

  /// What follows a failed try of a part: the next one, or the end.
  private mutating func follow(
    _ failure: CallFailure, of number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let visit = visits[parts[number].visit]
    // Kong and nginx go on to the next instance at once, after refusals and timeouts.
    let policy = RetryPolicy(
      maxAttempts: settings.design.retries + 1, backoff: Backoff(growth: .none, base: .zero),
      retriable: [.refused, .timedOut])
    var budget = RetryBudget()
    let decision = parts[number].sequence.failed(
      failure, at: now, policy: policy, budget: &budget,
      random: &gateways[visit.gateway].retryRandom)
    guard case .retry(let at) = decision, !visit.isEnded else {
      return partEnded(number, isGood: false, at: now, in: &queue)
    }
    queue.schedule(.retryIsDue(Int32(number)), at: at)
  }

  private mutating func letGo(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }

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
    func place(_ node: NodeID) -> Int? {
      let place = node.index - gateways.count
      return upstreams.indices.contains(place) ? place : nil
    }
    switch change {
    case .crashed(let node):
      if node.index < gateways.count {
        // Its memory of keys and answers is gone; requests that it holds open fail as they end.
        gateways[node.index].node.forgetEverything()
        checks.died(node.index)
      }
      guard let place = place(node) else { return }
      upstreams[place].isPaused = false
      upstreams[place].heldBack.removeAll()
      let working = upstreams[place].working
      upstreams[place].working.removeAll()
      for number in working {
        if let work = calls[number].work { queue.cancel(work) }
        calls[number].work = nil
        answer(number, failure: .error, at: now, in: &queue)
      }
      for number in upstreams[place].line.removeAll() {
        answer(number, failure: .error, at: now, in: &queue)
      }
    case .paused(let node): if let place = place(node) { upstreams[place].isPaused = true }
    case .resumed(let node):
      guard let place = place(node) else { return }
      upstreams[place].isPaused = false
      let held = upstreams[place].heldBack
      upstreams[place].heldBack.removeAll()
      for number in held { workEnds(number, at: now, in: &queue) }
      moveUp(place, at: now, in: &queue)
    case .started, .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged,
      .errorsChanged:
      break
    }
  }
}
