import Kernel
import Patterns
import Simulation

/// What callers do: the application wants something done, its sidecar chooses and tries.
extension MeshWorld {
  mutating func begin(
    _ client: MeshClient, hop: Int, from source: Int, parent: Int?, subset: Int?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let number = errands.add(
      MeshErrand(
        client: client, hop: hop, source: source, parent: parent, begunAt: now, subset: subset,
        app: RetrySequence(), mesh: RetrySequence()))
    if let parent { calls[parent].child = number } else { openRequests += 1 }
    if hop == 1, client != .mirror, let routes = nodes[source].proxy.outbound?.routes,
      let mirror = routes.mirror, mirrorRandom.chance(routes.mirrorShare)
    {
      tally.arrived(.mirror, at: now)
      begin(.mirror, hop: 1, from: source, parent: nil, subset: mirror, at: now, in: &queue)
    }
    send(for: number, at: now, in: &queue)
  }

  /// Makes the next try of an errand.
  mutating func send(for number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let errand = errands[number]
    let source = errand.source
    guard !environment.processes.isDown(NodeID(source)) else {
      return finish(number, failure: .refused, at: now, in: &queue)
    }
    var random = nodes[source].chooseRandom
    let choice =
      errand.subset.map {
        nodes[source].proxy.outbound?.choose(
          subset: $0, tried: errand.tried, at: now, using: &random)
      } ?? nodes[source].proxy.outbound?.choose(tried: errand.tried, at: now, using: &random)
    nodes[source].chooseRandom = random
    tellChanges(source, at: now)
    guard case .endpoint(let endpoint, let isPanic)? = choice else {
      return refuseAtOnce(number, choice, at: now, in: &queue)
    }
    if isPanic { notePanic(source, at: now) }
    let target = targets[source][endpoint]
    errands[number].tried.insert(endpoint)
    let isRetry = errand.isMeshRetry
    nodes[source].proxy.outbound?.started(endpoint, isRetry: isRetry, at: now)
    count(errand, target, at: now)
    var identity: Int?
    var extra = TimeSpan.zero
    if let connection = nodes[source].proxy.connection(
      to: endpoint, youngerThan: settings.connectionAge, at: now)
    {
      identity = connection.identity
    } else {
      switch connect(source, endpoint, target, at: now) {
      case .mutual(let known): identity = known
      case .plaintext: identity = nil
      case .refused(let refusal):
        noteHandshake(refusal, source, target, at: now)
        settle(source, endpoint, .gatewayError, errand, failure: .refused, sentAt: now, at: now)
        return follow(.refused, of: number, at: now, in: &queue)
      }
      extra = (settings.network + (isFar(source, target) ? settings.networkZone : .zero)) * 2
    }
    let call = calls.add(
      MeshCall(
        errand: number, source: source, target: target, endpoint: endpoint, sentAt: now,
        identity: identity, isRetry: isRetry, cost: Int(errand.mesh.lastCost)))
    errands[number].call = call
    calls[call].timer = queue.schedule(
      .patienceEnds(Int32(call)), after: settings.patience(errand.hop))
    if let arrival = transmit(from: NodeID(source), to: NodeID(target), at: now) {
      queue.schedule(.callArrives(Int32(call)), at: arrival + extra)
    } else {
      release(call)
    }
  }

  private func isFar(_ source: Int, _ target: Int) -> Bool {
    nodes[source].plan.zone != nodes[target].plan.zone
  }

  private mutating func count(_ errand: MeshErrand, _ target: Int, at now: Instant) {
    if errand.hop == 2, errand.client == .client || errand.client == .mirror {
      tally.stockCalled(at: now)
    }
    if errand.hop == 1, errand.client == .client {
      tally.ordersCalls += 1
      if nodes[target].plan.subset == 2 { tally.canaryCalls += 1 }
    }
    if settings.zones > 1, errand.client == .client {
      tally.crossable += 1
      if isFar(errand.source, target) {
        tally.crossZone += 1
        noteCrossing(errand.source, target, at: now)
      }
    }
  }

  /// The handshake of a new connection.
  private mutating func connect(
    _ source: Int, _ endpoint: Int, _ target: Int, at now: Instant
  ) -> MutualTLS.Handshake {
    let client = side(source, at: now)
    let server = side(target, at: now)
    let shaken = nodes[source].proxy.connect(
      to: endpoint, server, mode: nodes[target].proxy.inbound.mode, as: client, at: now,
      shortcut: settings.shortcut)
    switch shaken {
    case .refused(let refusal): tally.refused(refusal, at: now)
    case .plaintext: break
    case .mutual:
      checks.connected(client, name(source), at: now)
      checks.connected(server, name(target), at: now)
    }
    return shaken
  }

  func side(_ node: Int, at now: Instant) -> MutualTLS.Side {
    nodes[node].proxy.side(at: wall(NodeID(node), at: now))
  }

  /// The sidecar itself answers with a 503: nothing was sent.
  private mutating func refuseAtOnce(
    _ number: Int, _ choice: OutboundProxy.Choice?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let source = errands[number].source
    giveBack(number, at: now)
    switch choice {
    case .noCluster(let subset):
      tally.noCluster += 1
      noteNoRoute(source, "the route names subset v\(subset), which it does not know", at: now)
    case .overflow:
      tally.overflow += 1
      noteOverflow(source, at: now)
    case .noHealthyHost:
      tally.noHealthyHost += 1
      noteNoHost(source, at: now)
    default:
      tally.noRoute += 1
      noteNoRoute(source, "it has no route", at: now)
      checks.violated(
        "last configuration", at: now, "\(name(source)) had a route and has none any more")
    }
    repeatByApplication(number, failure: .refused, at: now, in: &queue)
  }

  /// A retry that was paid for and is not made after all.
  private mutating func giveBack(_ number: Int, at now: Instant) {
    guard errands[number].isMeshRetry else { return }
    let source = errands[number].source
    nodes[source].proxy.outbound?.budget.attemptStarted(.retry, at: now)
    nodes[source].proxy.outbound?.budget.attemptEnded(.retry, failure: .invalid, cost: 0, at: now)
    errands[number].isMeshRetry = false
  }

  /// Tells the sidecar's machines how a try ended.
  private mutating func settle(
    _ source: Int, _ endpoint: Int, _ result: OutlierDetector.Result, _ errand: MeshErrand,
    failure: CallFailure?, sentAt: Instant, at now: Instant
  ) {
    nodes[source].proxy.outbound?.finished(
      endpoint, result, isRetry: errand.isMeshRetry, failure: failure,
      cost: Int(errand.mesh.lastCost), latency: now - sentAt, at: now)
    if let outbound = nodes[source].proxy.outbound {
      checks.outbound(outbound, name(source), at: now)
    }
    tellChanges(source, at: now)
  }

  /// An answer, good or bad, has come back to its caller.
  mutating func answerArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    defer { release(number) }
    let call = calls[number]
    guard !call.isSettled else { return }
    calls[number].isSettled = true
    if let timer = call.timer { queue.cancel(timer) }
    let errand = errands[call.errand]
    errands[call.errand].call = nil
    let result: OutlierDetector.Result =
      switch call.failure {
      case nil, .invalid: .success
      case .error: .serverError
      default: .gatewayError
      }
    settle(
      call.source, call.endpoint, result, errand, failure: call.failure, sentAt: call.sentAt,
      at: now)
    release(number)
    if errand.hop == 1, errand.client == .client {
      compare(call, isGood: call.failure == nil, at: now, in: &queue)
    }
    guard let failure = call.failure else {
      return finish(call.errand, failure: nil, at: now, in: &queue)
    }
    noteFailure(failure, of: call, at: now)
    follow(failure, of: call.errand, at: now, in: &queue)
  }

  mutating func patienceEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    guard !call.isSettled else { return }
    calls[number].isSettled = true
    let errand = errands[call.errand]
    errands[call.errand].call = nil
    noteTimeout(call, errand.hop, at: now)
    settle(
      call.source, call.endpoint, .gatewayError, errand, failure: .timedOut, sentAt: call.sentAt,
      at: now)
    release(number)
    follow(.timedOut, of: call.errand, at: now, in: &queue)
  }

  /// What follows a failed try: the sidecar repeats it, or leaves it to the application.
  private mutating func follow(
    _ failure: CallFailure, of number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let source = errands[number].source
    var budget = nodes[source].proxy.outbound?.budget ?? RetryBudget()
    let policy = nodes[source].proxy.hasSidecar ? settings.design.retry : .never
    let decision = errands[number].mesh.failed(
      failure, at: now, policy: policy, budget: &budget,
      random: &nodes[source].retryRandom)
    nodes[source].proxy.outbound?.budget = budget
    errands[number].isMeshRetry = false
    switch decision {
    case .retry(let at):
      // What was granted is measured when it is granted: calls may end before the retry begins.
      checks.granted(budget, name(source), at: now)
      if Int(errands[number].mesh.attempts) > settings.design.retry.maxAttempts {
        checks.violated("attempts", at: now, "\(errands[number].mesh.attempts) tries")
      }
      errands[number].isMeshRetry = true
      errands[number].retry = queue.schedule(.retryIsDue(Int32(number)), at: at)
    case .giveUp(let reason):
      if reason == .budget { tally.retriesRefused += 1 }
      repeatByApplication(number, failure: failure, at: now, in: &queue)
    }
  }

  private mutating func repeatByApplication(
    _ number: Int, failure: CallFailure, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let source = errands[number].source
    let policy = RetryPolicy(
      maxAttempts: settings.appRetries + 1,
      backoff: Backoff(growth: .fixed, jitter: .full, base: .milliseconds(100)))
    var budget = RetryBudget()
    let decision = errands[number].app.failed(
      failure, at: now, policy: policy, budget: &budget, random: &nodes[source].retryRandom)
    guard case .retry(let at) = decision else {
      return finish(number, failure: failure, at: now, in: &queue)
    }
    errands[number].mesh = RetrySequence()
    errands[number].tried = HostsTried()
    errands[number].retry = queue.schedule(.retryIsDue(Int32(number)), at: at)
  }
}
