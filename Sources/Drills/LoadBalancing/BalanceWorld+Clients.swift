import Kernel
import Patterns
import Simulation

/// What clients and balancers do with a request: choose a host, wait, try another.
extension BalanceWorld {
  mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * environment.loadFactor
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / max(rate, 0.001))
    queue.schedule(.arrival, after: max(gap, .nanoseconds(1)))
  }

  private mutating func drawClient() -> Int32 {
    if settings.hot > 0, clientRandom.chance(settings.hot) { return 0 }
    return Int32(clientRandom.below(settings.clients))
  }

  mutating func takeRequest(at now: Instant, in queue: inout EventQueue<Event>) {
    let client = drawClient()
    let first = frontRandom.below(settings.balancers)
    var write: Int?
    if settings.writes > 0, writeRandom.chance(settings.writes) {
      write = carriedOut.count
      carriedOut.append(0)
    }
    tally.arrived(at: now)
    // Clients know which balancers run: a name server or an address that moves sees to it.
    let front = (0..<settings.balancers).map { (first + $0) % settings.balancers }
      .first { environment.processes.runs(node(ofFront: $0)) }
    guard let front else {
      tally.ended(isGood: false, after: .zero, at: now)
      return noteFailure("a request fails: no balancer runs", cause: watch.lastFault, at: now)
    }
    let request = requests.add(
      BalancedRequest(arrivedAt: now, client: client, balancer: front, write: write))
    send(request, at: now, in: &queue)
  }

  /// A key that is spread well, for placements.
  private func key(of client: Int32) -> UInt64 { XXHash64.hash(word: UInt64(client), seed: 0) }

  private mutating func choose(_ request: Int, at now: Instant) -> Int? {
    let asked = requests[request]
    let front = asked.balancer
    if settings.isSticky {
      let cookie = Int(cookies[Int(asked.client)])
      if cookie >= 0, cookie < fronts[front].count,
        fronts[front].balancer.stick(to: cookie, tried: asked.tried, at: now)
      {
        return cookie
      }
    }
    var random = fronts[front].random
    defer { fronts[front].random = random }
    let key = key(of: asked.client)
    if let zone = zone(for: front, &random),
      let host = fronts[front].balancer.pick(
        key: key, tried: asked.tried, among: zone, at: now, using: &random)
    {
      return host
    }
    return fronts[front].balancer.pick(key: key, tried: asked.tried, at: now, using: &random)
  }

  /// The hosts of the zone that a balancer is to send to, a bit each; nil when zones do not matter.
  private func zone(for front: Int, _ random: inout RandomStream) -> UInt64? {
    guard settings.zones > 1, settings.zoneRouting.policy != .none,
      !fronts[front].balancer.isPanicking
    else { return nil }
    var hosts = Array(repeating: 0, count: settings.zones)
    var members = Array(repeating: UInt64(0), count: settings.zones)
    for host in 0..<fronts[front].count {
      let zone = settings.zone(of: host)
      members[zone] |= 1 << UInt64(host)
      if fronts[front].condition(host) == .healthy { hosts[zone] += 1 }
    }
    let shares = settings.zoneRouting.shares(
      from: settings.zone(of: front), hosts: hosts, balancers: settings.frontsByZone)
    guard let shares else { return nil }
    var rest = random.unit()
    for (zone, share) in shares.enumerated() {
      rest -= share
      if rest < 0 { return members[zone] }
    }
    return nil
  }

  /// Sends a request to a host, or ends it where there is none.
  mutating func send(_ request: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let asked = requests[request]
    guard let host = choose(request, at: now) else {
      if asked.tried.isEmpty { noteNobody(asked.balancer, at: now) }
      return finish(request, isGood: false, at: now)
    }
    checks.picked(host, by: fronts[asked.balancer], tried: asked.tried, at: now)
    requests[request].tried.insert(host)
    if settings.isSticky { cookies[Int(asked.client)] = Int32(host) }
    fronts[asked.balancer].balancer.started(host, at: now)
    fronts[asked.balancer].open[host] += 1
    let isDead = environment.processes.isDown(NodeID(host))
    if settings.zone(of: host) != settings.zone(of: asked.balancer) { tally.crossed += 1 }
    tally.sent(
      to: host, isPanic: fronts[asked.balancer].balancer.isPanicking, isDead: isDead, at: now)
    var size = 1.0
    if settings.heavy > 0, sizeRandom.chance(settings.heavy) { size = settings.heavyFactor }
    dispatch(
      UpstreamCall(
        request: request, balancer: asked.balancer, life: fronts[asked.balancer].life, host: host,
        client: asked.client, write: asked.write, sentAt: now, size: size),
      patience: settings.timeout, at: now, in: &queue)
  }

  /// Puts a call on its way and begins to wait for it.
  mutating func dispatch(
    _ call: UpstreamCall, patience: TimeSpan, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let number = calls.add(call)
    calls[number].timer = queue.schedule(.patienceEnds(Int32(number)), after: patience)
    if let arrival = transmit(from: node(ofFront: call.balancer), to: NodeID(call.host), at: now) {
      queue.schedule(.callArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  /// An answer, good or bad, has come back to the balancer.
  mutating func answerArrives(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let call = calls[number]
    guard !call.isSettled, !isOrphan(call) else { return release(number) }
    if environment.processes.isPaused(node(ofFront: call.balancer)) {
      queue.schedule(.answerArrives(Int32(number)), after: .milliseconds(10))
      return
    }
    if let timer = call.timer { queue.cancel(timer) }
    settle(number, call.ending, at: now, in: &queue)
    release(number)
  }

  /// Whether the balancer that sent a call has died since.
  private func isOrphan(_ call: UpstreamCall) -> Bool {
    call.life != fronts[call.balancer].life
      || environment.processes.isDown(node(ofFront: call.balancer))
  }

  /// Nobody waits for a call any longer.
  mutating func patienceEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    guard isOrphan(call) else { return settle(number, .timedOut, at: now, in: &queue) }
    calls[number].isSettled = true
    if !call.isCheck { finish(call.request, isGood: false, at: now) }
    release(number)
  }

  /// The balancer learns how a call ended, and goes on from there.
  private mutating func settle(
    _ number: Int, _ ending: NextUpstream.Ending?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    calls[number].isSettled = true
    let call = calls[number]
    release(number)
    guard !call.isCheck else { return checked(call, ending == nil, at: now) }
    let front = call.balancer
    let isFailure = ending.map(settings.rule.isFailure) ?? false
    let wasOut = fronts[front].balancer.isTakenOut(call.host, at: now)
    fronts[front].open[call.host] -= 1
    fronts[front].balancer.finished(
      call.host, succeeded: !isFailure, latency: now - call.sentAt, at: now)
    if !wasOut, fronts[front].balancer.isTakenOut(call.host, at: now) {
      noteTakenOut(call.host, by: front, at: now)
    }
    tell(ending, of: call, at: now)
    checks.counts(fronts[front], at: now)
    guard let ending else { return finish(call.request, isGood: true, at: now) }
    tally.failedTry(at: call.host)
    noteTrouble(ending, of: call, at: now)
    let asked = requests[call.request]
    let isRepeated = settings.rule.repeats(
      after: ending, method: asked.write == nil ? "GET" : "POST", attempt: asked.tried.count,
      elapsed: now - asked.arrivedAt)
    guard isRepeated else { return finish(call.request, isGood: false, at: now) }
    send(call.request, at: now, in: &queue)
  }

  /// Ends a request.
  mutating func finish(_ request: Int, isGood: Bool, at now: Instant) {
    let ended = requests[request]
    tally.ended(isGood: isGood, after: now - ended.arrivedAt, at: now)
    if !isGood {
      noteFailure(
        "a request fails after \(ended.tried.count == 1 ? "1 try" : "\(ended.tried.count) tries")",
        cause: ended.trouble ?? watch.lastFault, at: now)
    }
    requests.remove(request)
  }
}
