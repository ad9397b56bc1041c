import Kernel
import Patterns
import Simulation

/// The call to the ledger, which goes out through the sidecar: passed on as it is, or by an ambassador.
extension SidecarWorld {
  func isAlive(_ request: SidecarRequest) -> Bool {
    pods[request.pod].epoch == request.epoch && !environment.processes.isDown(NodeID(request.pod))
  }

  /// The time that a pass through a pod's sidecar takes: work for its processor, and a line before it.
  mutating func pass(_ pod: Int, at now: Instant) -> TimeSpan {
    let work = TimeSpan.microseconds(500)
    guard settings.cpu > 0 else { return work }
    let end = max(now, pods[pod].busyUntil) + work * (1 / settings.cpu)
    pods[pod].busyUntil = end
    if end - now > .milliseconds(500) {
      note(
        "throttled", pod, "its sidecar has \(end - now) of work before it", weight: .harm, at: now)
    }
    return end - now
  }

  /// The application's work is done: now the ledger, through the sidecar.
  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    guard isAlive(request) else { return end(number, .died, at: now, in: &queue) }
    guard sidecarTakesNew(request.pod) else { return cutOff(number, at: now, in: &queue) }
    queue.schedule(.callBegins(Int32(number)), after: pass(request.pod, at: now))
  }

  private mutating func cutOff(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    note("cut-off", requests[number].pod, "its sidecar is gone, and it still has requests", at: now)
    end(number, .cutOff, at: now, in: &queue)
  }

  mutating func callBegins(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    let pod = request.pod
    guard isAlive(request) else { return end(number, .died, at: now, in: &queue) }
    guard isSidecarUp(pod) else { return cutOff(number, at: now, in: &queue) }
    guard settings.hasAmbassador else {
      guard pods[pod].usingConnections < pods[pod].connections else {
        note("no-connection", pod, "the ledger gives it no connection", at: now)
        return end(number, .noConnection, at: now, in: &queue)
      }
      return borrow(number, at: now, in: &queue)
    }
    switch pods[pod].pool?.ask(number) {
    case .given?: borrow(number, at: now, in: &queue)
    case .waits?:
      tally.waits += 1
      requests[number].isWaiting = true
      requests[number].timer = queue.schedule(.waitIsOver(Int32(number)), after: .seconds(1))
    case .refused?, nil:
      note("no-connection", pod, "its ambassador has no connection", at: now)
      end(number, .noConnection, at: now, in: &queue)
    }
  }

  private mutating func borrow(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    pods[requests[number].pod].usingConnections += 1
    requests[number].holdsConnection = true
    attempt(number, at: now, in: &queue)
  }

  /// Makes a try: an ambassador's proxy chooses the instance, an application goes round all of them.
  private mutating func attempt(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let pod = requests[number].pod
    let ledger: Int
    if settings.hasAmbassador {
      let choice = pods[pod].proxy.outbound?.choose(
        tried: requests[number].tried, at: now, using: &chooseRandom)
      tally.ejections +=
        pods[pod].proxy.outbound?.takeChanges().count(where: \.isOut) ?? 0
      guard case .endpoint(let endpoint, _)? = choice else {
        giveBackRetry(number, at: now)
        note("no-instance", pod, "its sidecar answers 503: no instance of the ledger", at: now)
        return settle(number, .refused, mayRetry: false, at: now, in: &queue)
      }
      ledger = endpoint
      requests[number].tried.insert(endpoint)
      pods[pod].proxy.outbound?.started(endpoint, isRetry: requests[number].isRetry, at: now)
    } else {
      ledger = directTurn % ledgers.count
      directTurn += 1
    }
    tally.tries += 1
    if requests[number].isRetry { tally.retries += 1 }
    requests[number].ledger = ledger
    requests[number].sentAt = now
    let (failure, span) = answer(of: ledger, to: pod, at: now)
    requests[number].failure = failure
    queue.schedule(.callEnds(Int32(number)), after: span)
  }

  /// What an instance answers and when, the handshake with its proxy included.
  private mutating func answer(
    of ledger: Int, to pod: Int, at now: Instant
  ) -> (failure: CallFailure?, after: TimeSpan) {
    let node = ledgerNode(ledger)
    guard environment.processes.runs(node) else {
      pods[pod].proxy.disconnect(ledger)
      return environment.processes.isDown(node)
        ? (.refused, .milliseconds(1)) : (.timedOut, settings.callTimeout)
    }
    if pods[pod].proxy.connection(to: ledger, youngerThan: Self.connectionAge, at: now) == nil {
      let shaken = pods[pod].proxy.connect(
        to: ledger, ledgers[ledger].side(at: now), mode: ledgers[ledger].inbound.mode,
        as: pods[pod].proxy.side(at: now), at: now)
      if case .refused(let why) = shaken {
        tally.handshakesRefused += 1
        note("handshake", pod, "the ledger refuses its handshake: \(why.rawValue)", at: now)
        return (.refused, .milliseconds(1))
      }
    }
    let isBad = errorRandom.chance(environment.errorRate(node))
    let span =
      (isBad ? TimeSpan.milliseconds(2) : .milliseconds(10))
      * environment.processes.slowdown(node)
    if span > settings.callTimeout { return (.timedOut, settings.callTimeout) }
    return (isBad ? .error : nil, span)
  }

  /// The ledger has answered, or not.
  mutating func callEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    let pod = request.pod
    guard pods[pod].epoch == request.epoch else { return end(number, .died, at: now, in: &queue) }
    if settings.hasAmbassador, let ledger = request.ledger {
      let result: OutlierDetector.Result =
        switch request.failure {
        case nil: .success
        case .error: .serverError
        default: .gatewayError
        }
      pods[pod].proxy.outbound?.finished(
        ledger, result, isRetry: request.isRetry, failure: request.failure,
        cost: Int(request.sequence.lastCost), latency: now - request.sentAt, at: now)
      tally.ejections +=
        pods[pod].proxy.outbound?.takeChanges().count(where: \.isOut) ?? 0
      if let broken = pods[pod].proxy.outbound?.checkInvariants() {
        broke("ejected share", "\(name(pod)): \(broken.witness)", at: now)
      }
    }
    settle(number, request.failure, mayRetry: true, at: now, in: &queue)
  }

  /// What follows a try: a retry by the ambassador, or the answer to the application.
  private mutating func settle(
    _ number: Int, _ failure: CallFailure?, mayRetry: Bool, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    let pod = requests[number].pod
    if let failure, mayRetry, settings.hasAmbassador, isSidecarUp(pod) {
      var budget = pods[pod].proxy.outbound?.budget ?? RetryBudget()
      let decision = requests[number].sequence.failed(
        failure, at: now, policy: settings.mesh.retry, budget: &budget, random: &retryRandom)
      pods[pod].proxy.outbound?.budget = budget
      requests[number].isRetry = false
      if case .retry(let at) = decision {
        if let excess = budget.excess { broke("budget", "\(name(pod)): \(excess)", at: now) }
        requests[number].isRetry = true
        return _ = queue.schedule(.retryIsDue(Int32(number)), at: at)
      }
      if case .giveUp(.budget) = decision { tally.retriesRefused += 1 }
    }
    giveBack(number, isGood: failure == nil, at: now, in: &queue)
    let request = requests[number]
    guard isAlive(request), failure == nil else {
      if failure != nil {
        note(
          "failed", pod, "a call to the ledger fails",
          blames: request.ledger.map { [ledgerNode($0)] } ?? [], at: now)
      }
      return end(number, .failed, at: now, in: &queue)
    }
    guard isSidecarUp(pod) else { return cutOff(number, at: now, in: &queue) }
    write(number, at: now, in: &queue)
  }

  mutating func retryIsDue(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    guard pods[request.pod].epoch == request.epoch else {
      return end(number, .died, at: now, in: &queue)
    }
    guard isAlive(request), isSidecarUp(request.pod) else {
      giveBackRetry(number, at: now)
      giveBack(number, isGood: false, at: now, in: &queue)
      return cutOff(number, at: now, in: &queue)
    }
    attempt(number, at: now, in: &queue)
  }

  /// A retry that was granted and is not made after all.
  private mutating func giveBackRetry(_ number: Int, at now: Instant) {
    guard requests[number].isRetry else { return }
    let pod = requests[number].pod
    pods[pod].proxy.outbound?.budget.attemptStarted(.retry, at: now)
    pods[pod].proxy.outbound?.budget.attemptEnded(.retry, failure: .invalid, cost: 0, at: now)
    requests[number].isRetry = false
  }

  /// A call is over: its connection goes to whoever waits longest.
  private mutating func giveBack(
    _ number: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let pod = requests[number].pod
    guard requests[number].holdsConnection else { return }
    requests[number].holdsConnection = false
    pods[pod].usingConnections -= 1
    guard settings.hasAmbassador, let next = pods[pod].pool?.giveBack(isGood: isGood) else {
      return
    }
    requests[next].isWaiting = false
    if let timer = requests[next].timer { queue.cancel(timer) }
    requests[next].timer = nil
    borrow(next, at: now, in: &queue)
  }

  mutating func waitIsOver(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    requests[number].timer = nil
    if pods[request.pod].epoch == request.epoch {
      if request.isWaiting {
        _ = pods[request.pod].pool?.leave(number)
      } else {
        pods[request.pod].blocked.removeAll { $0 == number }
      }
    }
    end(number, request.isWaiting ? .noConnection : .blocked, at: now, in: &queue)
  }
}
