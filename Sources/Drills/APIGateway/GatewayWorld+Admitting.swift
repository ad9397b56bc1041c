import Kernel
import Patterns
import Simulation

/// What a gateway does before anything goes to an upstream.
extension GatewayWorld {
  /// Takes a request through route and token.
  mutating func admit(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let visit = visits[number]
    let gateway = visit.gateway
    let wall = environment.clock(NodeID(gateway)).wall(at: now)
    let admission = gateways[gateway].node.authenticate(
      visit.request, again: visit.hasWaitedForKeys, wall: wall, at: now)
    if gateways[gateway].node.takeFetch() { fetchKeys(gateway, at: now, in: &queue) }
    switch admission {
    case nil: count(number, at: now, in: &queue)
    case .waitForKeys(let begins)?:
      gateways[gateway].waiting.append(number)
      if begins { fetchKeys(gateway, at: now, in: &queue) }
    case .noKeys?:
      tally.noKeys += visit.isForged ? 0 : 1
      if !visit.isForged { noteNoKeys(gateway, at: now) }
      end(number, isGood: false, isRefused: true, at: now, in: &queue)
    case .unauthenticated(let refusal)?:
      if !visit.isForged {
        tally.unauthenticated += 1
        if refusal == .unknownKey { tally.unknownKeys += 1 }
        if refusal == .expired || refusal == .notYetValid { tally.wrongDates += 1 }
        noteUnauthenticated(gateway, refusal, at: now)
      }
      end(number, isGood: false, isRefused: true, at: now, in: &queue)
    default: end(number, isGood: false, isRefused: true, at: now, in: &queue)
    }
  }

  private mutating func fetchKeys(
    _ gateway: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    tally.fetches += 1
    checks.fetched(gateway, settings, at: now)
    gateways[gateway].fetch = queue.schedule(
      .fetchIsOver(Int32(gateway)), after: Self.sideTimeout)
    guard !environment.processes.isDown(issuerNode), !environment.processes.isPaused(issuerNode),
      let there = transmit(from: NodeID(gateway), to: issuerNode, at: now),
      let back = transmit(from: issuerNode, to: NodeID(gateway), at: there)
    else { return }
    keySets.append(issuer.keys(at: there))
    let slowdown = environment.processes.slowdown(issuerNode)
    queue.schedule(
      .keysArrive(Int32(gateway), Int32(keySets.count - 1)),
      at: back + TimeSpan.milliseconds(20) * slowdown)
  }

  mutating func keysArrive(
    _ gateway: Int, _ set: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    // An answer that comes after the wait for it was over is not waited for any more.
    guard let timer = gateways[gateway].fetch else { return }
    queue.cancel(timer)
    gateways[gateway].node.keys.fetched(keySets[set], at: now)
    resume(gateway, at: now, in: &queue)
  }

  mutating func fetchIsOver(_ gateway: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    gateways[gateway].node.keys.fetchFailed()
    noteFetchFailed(gateway, at: now)
    resume(gateway, at: now, in: &queue)
  }

  private mutating func resume(_ gateway: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    gateways[gateway].fetch = nil
    let waiting = gateways[gateway].waiting
    gateways[gateway].waiting = []
    for number in waiting {
      visits[number].hasWaitedForKeys = true
      admit(number, at: now, in: &queue)
    }
  }

  /// The limit: at the node itself, or at the store that all share.
  private mutating func count(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let visit = visits[number]
    guard shared != nil else {
      if gateways[visit.gateway].node.limit(visit.consumer, at: now) != nil {
        return throttle(number, at: now, in: &queue)
      }
      return forward(number, at: now, in: &queue)
    }
    counting[number] = queue.schedule(.countIsOver(Int32(number)), after: Self.countTimeout)
    if let there = transmit(from: NodeID(visit.gateway), to: limitsNode, at: now) {
      queue.schedule(.countArrives(Int32(number)), at: there)
    }
  }

  mutating func countArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard counting[number] != nil, !environment.processes.isDown(limitsNode),
      !environment.processes.isPaused(limitsNode)
    else { return }
    let visit = visits[number]
    let counter = gateways[visit.gateway].node.counter(of: visit.consumer)
    let isAllowed = shared?.acquire(counter, at: now).isAdmitted ?? true
    guard let back = transmit(from: limitsNode, to: NodeID(visit.gateway), at: now) else { return }
    queue.schedule(.countAnswered(Int32(number), isAllowed), at: back)
  }

  mutating func countAnswered(
    _ number: Int, _ isAllowed: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let timer = counting.removeValue(forKey: number) else { return }
    queue.cancel(timer)
    if isAllowed {
      forward(number, at: now, in: &queue)
    } else {
      throttle(number, at: now, in: &queue)
    }
  }

  mutating func countIsOver(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard counting.removeValue(forKey: number) != nil else { return }
    noteNoCount(visits[number].gateway, at: now)
    if settings.failsOpen { return forward(number, at: now, in: &queue) }
    tally.failed += 1
    end(number, isGood: false, isRefused: true, at: now, in: &queue)
  }

  private mutating func throttle(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    tally.throttled += 1
    if visits[number].consumer != 2 || settings.flood <= 1 {
      noteThrottled(visits[number], at: now)
    }
    end(number, isGood: false, isRefused: true, at: now, in: &queue)
  }

  /// Past all gates: an answer that is kept, or calls to upstreams.
  private mutating func forward(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    let gateway = visit.gateway
    let node = gateways[gateway].node
    checks.admitted(node.counter(of: visit.consumer), at: gateway, settings, now: now)
    if visit.consumer == 2 { tally.crowAdmitted += 1 }
    if settings.stands == "gateway", let token = visit.request.token {
      let wall = environment.clock(NodeID(gateway)).wall(at: visit.arrivedAt)
      let isGenuine = issuer.isGenuine(
        token, audience: GatewaySettings.audience,
        leeway: settings.design.leeway + .seconds(2), wall: wall)
      if !isGenuine {
        checks.violated(
          "authenticated", at: now, "\(name(NodeID(gateway))) lets a token through that counts not")
      }
    }
    switch node.forward(visit.request, for: visit.consumer, at: now) {
    case .cached(let entry):
      tally.hits += 1
      if entry.isPrivate, entry.consumer != visit.consumer { noteLeak(entry, visit, at: now) }
      end(number, isGood: true, isRefused: false, at: now, in: &queue)
    case .proxied(let match): proxy(number, match, at: now, in: &queue)
    default: end(number, isGood: false, isRefused: true, at: now, in: &queue)
    }
  }

  private mutating func proxy(
    _ number: Int, _ match: RouteTable.Match, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    visits[number].match = match
    let services = GatewaySettings.partsOfRoute[match.route]
    if match.route == 2 { tally.pages += visits[number].isForged ? 0 : 1 }
    visits[number].parts = PartCollector(
      required: services.indices.map { $0 == 0 || !settings.isPriceOptional })
    if match.route == 2, settings.pageTimeout > .zero {
      visits[number].timer = queue.schedule(
        .pageIsOver(Int32(number)), after: settings.pageTimeout)
    }
    for (place, service) in services.enumerated() {
      visits[number].holders += 1
      let part = parts.add(GatewayPart(visit: number, place: place, service: service))
      send(part, at: now, in: &queue)
    }
  }

  mutating func pageIsOver(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    visits[number].timer = nil
    guard !visits[number].isEnded, let result = visits[number].parts?.timeIsOver() else { return }
    finish(number, result, at: now, in: &queue)
  }

  /// A part has ended, and with it perhaps the whole.
  mutating func partEnded(
    _ part: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let (number, place) = (parts[part].visit, parts[part].place)
    parts.remove(part)
    if !visits[number].isEnded,
      let result = visits[number].parts?.ended(place, isGood: isGood)
    {
      finish(number, result, at: now, in: &queue)
    }
    release(number)
  }

  private mutating func finish(
    _ number: Int, _ result: PartCollector.End, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    switch result {
    case .complete:
      gateways[visit.gateway].node.cache.keep(
        visit.request.path, for: visit.consumer, isPrivate: visit.match?.route == 1, at: now)
      end(number, isGood: true, isRefused: false, at: now, in: &queue)
    case .partial:
      tally.partial += visit.isForged ? 0 : 1
      end(number, isGood: true, isRefused: false, at: now, in: &queue)
    case .failed:
      tally.failed += 1
      end(number, isGood: false, isRefused: false, at: now, in: &queue)
    }
  }

  /// The client has its answer, and the access log its record.
  mutating func end(
    _ number: Int, isGood: Bool, isRefused: Bool, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    visits[number].isEnded = true
    if let timer = visit.timer { queue.cancel(timer) }
    if visit.isHeld { gateways[visit.gateway].inProgress -= 1 }
    openVisits -= 1
    if !(isRefused && settings.shortcut == .logsOnlyProxied) { tally.records += 1 }
    tally.ended(visit, isGood: isGood, isRefused: isRefused, at: now)
    release(number)
  }

  private mutating func release(_ visit: Int) {
    visits[visit].holders -= 1
    if visits[visit].holders == 0 { visits.remove(visit) }
  }
}
