import Kernel
import Patterns
import Simulation

/// What a gateway does before anything goes to an upstream.
extension GatewayWorld {
  /// Takes a request through route and credential.
  mutating func admit(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let visit = visits[number]
    let gateway = visit.gateway
    let wall = environment.clock(NodeID(gateway)).wall(at: now)
    let admission = gateways[gateway].node.authenticate(
      visit.request, again: visit.hasWaited, wall: wall, at: now)
    if gateways[gateway].node.takeFetch() { fetchKeys(gateway, at: now, in: &queue) }
    let isClient = visit.sender == .consumer
    switch admission {
    case .identified(let consumer):
      if let consumer { visits[number].consumer = consumer }
      count(number, at: now, in: &queue)
    case .waitForKeys(let begins):
      gateways[gateway].waiting.append(number)
      if begins { fetchKeys(gateway, at: now, in: &queue) }
    case .waitForAPIKey: lookUp(number, at: now, in: &queue)
    case .noKeys:
      tally.noKeys += isClient ? 1 : 0
      if isClient { noteNoKeys(gateway, at: now) }
      end(number, .refused(500, "there are no keys"), at: now, in: &queue)
    case .unauthenticated(let objection):
      if isClient {
        tally.unauthenticated += 1
        if objection.reason == .unknownKey { tally.unknownKeys += 1 }
        if objection.reason == .expired || objection.reason == .notYetValid {
          tally.wrongDates += 1
        }
        noteUnauthenticated(gateway, objection, at: now)
      }
      end(number, .refused(401, objection.reason.rawValue), at: now, in: &queue)
    case .notFound, .throttled, .cached, .proxied:
      end(number, .refused(404, "no route"), at: now, in: &queue)
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
    keySets.append(issuer.document(at: there))
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
    do {
      gateways[gateway].node.keys.fetched(try KeySetDocument.keys(of: keySets[set]), at: now)
    } catch {
      gateways[gateway].node.keys.fetchFailed()
    }
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
      visits[number].hasWaited = true
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
    end(number, .refused(500, "the store of limits does not answer"), at: now, in: &queue)
  }

  private mutating func throttle(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    tally.throttled += 1
    if visits[number].consumer != 2 || settings.flood <= 1 {
      noteThrottled(visits[number], at: now)
    }
    end(number, .refused(429, "limit"), at: now, in: &queue)
  }
}
