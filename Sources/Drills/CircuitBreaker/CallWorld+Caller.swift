import Kernel
import Patterns
import Simulation

extension CallWorld {
  /// Makes the next call of a request, if a breaker lets it through.
  mutating func call(for request: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let caller = requests[request].caller
    let instance = callers[caller].pick(settings)
    let breaker = callers[caller].breaker(for: instance, settings)
    var permit: CircuitBreaker.Permit?
    if let breaker {
      advance(breaker, of: caller, at: now)
      let before = callers[caller].breakers[breaker].lastTransition
      let admission = callers[caller].breakers[breaker].tryAcquire(at: now)
      note(breaker, of: caller, since: before, at: now)
      checks.admission(admission, callers[caller].breakers[breaker], at: now)
      scheduleWake(breaker, of: caller, at: now, in: &queue)
      switch admission {
      case .permitted(let granted):
        permit = granted
      case .rejected:
        tally.callRejected(at: now)
        noteShortCircuit(caller, breaker, at: now)
        follow(.shortCircuited, of: request, at: now, in: &queue)
        return
      }
    }
    send(request, to: instance, breaker: breaker, permit: permit, at: now, in: &queue)
  }

  private mutating func send(
    _ request: Int, to instance: Int, breaker: Int?, permit: CircuitBreaker.Permit?,
    at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let caller = requests[request].caller
    let sequence = requests[request].sequence
    let isRetry = sequence.attempts > 1
    let deadline = settings.timeouts.attempt(at: now, within: Deadline(at: sequence.deadline))
    callers[caller].budget.attemptStarted(isRetry ? .retry : .first, at: now)
    callers[caller].underWay[instance] += 1
    let number = calls.add(
      DependencyCall(
        request: request, caller: caller, instance: instance, breaker: breaker, permit: permit,
        sentAt: now, isRetry: isRetry, cost: Int(sequence.lastCost),
        deadline: settings.timeouts.sent(with: deadline)))
    tally.callSent(isTrial: permit?.isTrial ?? false, instance: instance, at: now)
    if deadline.isSet {
      calls[number].timer = queue.schedule(.patienceEnds(Int32(number)), at: deadline.at)
    }
    if let arrival = transmit(from: checkout, to: NodeID(instance), at: now) {
      queue.schedule(.callArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  /// An answer, good or bad, has come back to the caller.
  mutating func answerArrives(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let call = calls[number]
    defer { release(number) }
    guard !call.isSettled else { return }
    if let timer = call.timer { queue.cancel(timer) }
    settle(number, failure: call.failure, at: now, in: &queue)
  }

  /// The caller gives a call up.
  mutating func patienceEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    if settings.timeouts.isCancelling,
      let arrival = transmit(from: checkout, to: NodeID(call.instance), at: now)
    {
      calls[number].holders += 1
      queue.schedule(.cancelArrives(Int32(number)), at: arrival)
    }
    settle(number, failure: .timedOut, at: now, in: &queue)
  }

  /// Tells breaker, budget and detector how a call ended for its caller, and goes on from there.
  private mutating func settle(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].isSettled = true
    let call = calls[number]
    let caller = call.caller
    callers[caller].underWay[call.instance] -= 1
    let trouble = failure.flatMap { noteTrouble($0, of: call, at: now) }
    if failure == nil { noteSlowness(of: call, at: now) }
    if let breaker = call.breaker, let permit = call.permit {
      if let trouble { callers[caller].trouble[breaker] = trouble }
      advance(breaker, of: caller, at: now)
      let before = callers[caller].breakers[breaker].lastTransition
      callers[caller].breakers[breaker].record(
        failure == nil ? .success : .failure, for: permit, took: now - call.sentAt, at: now)
      note(breaker, of: caller, since: before, at: now)
      checks.breaker(callers[caller].breakers[breaker], at: now)
      scheduleWake(breaker, of: caller, at: now, in: &queue)
    }
    callers[caller].budget.attemptEnded(
      call.isRetry ? .retry : .first, failure: failure, cost: call.cost, at: now)
    report(failure, of: call, at: now)
    release(number)
    if let failure {
      follow(failure, of: call.request, at: now, in: &queue)
    } else {
      finish(call.request, failure: nil, at: now)
    }
  }

  /// Decides what follows a failed call: a retry, or the end of the request.
  private mutating func follow(
    _ failure: CallFailure, of request: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let caller = requests[request].caller
    var sequence = requests[request].sequence
    let decision = callers[caller].decide(
      after: failure, in: &sequence, policy: settings.policy, at: now)
    requests[request].sequence = sequence
    switch decision {
    case .retry(let at):
      checks.granted(callers[caller].budget, at: now)
      queue.schedule(.retryIsDue(Int32(request)), at: max(at, now))
    case .giveUp:
      finish(request, failure: failure, at: now)
    }
  }

  /// Tells the caller's outlier detector.
  private mutating func report(_ failure: CallFailure?, of call: DependencyCall, at now: Instant) {
    guard callers[call.caller].detector != nil else { return }
    let result: OutlierDetector.Result =
      switch failure {
      case nil, .invalid, .shortCircuited, .throttled: .success
      case .error: .serverError
      case .refused, .timedOut: .gatewayError
      }
    let host = NodeID(call.instance)
    if let event = callers[call.caller].detector?.record(result, from: host, at: now) {
      note(event, of: call.caller)
    }
    if let detector = callers[call.caller].detector { checks.detector(detector, at: now) }
  }

  mutating func sweep(_ caller: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    for event in callers[caller].detector?.sweep(until: now) ?? [] { note(event, of: caller) }
    if let detector = callers[caller].detector {
      checks.detector(detector, at: now)
      queue.schedule(.sweepIsDue(Int32(caller)), at: detector.nextSweepAt)
    }
  }

  /// Lets time pass for every breaker of a caller, so that what a timer does is seen when it does.
  mutating func advanceBreakers(
    of caller: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if callers[caller].wakeAt <= now { callers[caller].wakeAt = .distantFuture }
    for breaker in callers[caller].breakers.indices {
      advance(breaker, of: caller, at: now)
      scheduleWake(breaker, of: caller, at: now, in: &queue)
    }
  }

  private mutating func scheduleWake(
    _ breaker: Int, of caller: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let wake = callers[caller].breakers[breaker].nextWake, wake > now,
      wake < callers[caller].wakeAt
    else { return }
    callers[caller].wakeAt = wake
    queue.schedule(.breakerIsDue(Int32(caller)), at: wake)
  }
}
