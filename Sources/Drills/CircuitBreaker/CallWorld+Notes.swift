import Kernel
import Patterns
import Simulation

/// What the trace is told: the first of each kind of trouble, every change of a breaker.
extension CallWorld {
  /// Records the first failure of its kind in an episode, and names the event for the breaker.
  mutating func noteTrouble(_ failure: CallFailure, of call: DependencyCall, at now: Instant)
    -> Trace.ID?
  {
    let node = NodeID(call.instance)
    let name = environment.roster.name(node)
    let kind: CallWatch.Trouble
    let word: String
    let story: String
    switch failure {
    case .timedOut:
      kind = .timedOut
      word = "timed-out"
      story =
        "a call to \(name) is given up after \(now - call.sentAt); \(whereabouts(of: call)), "
        + "and its work is not undone"
    case .error:
      kind = .failed
      word = "failed"
      story = "a call to \(name) fails after \(now - call.sentAt)"
    case .refused:
      kind = .refused
      word = "refused"
      story = "\(name) refuses a call"
    case .invalid, .throttled, .shortCircuited: return nil
    }
    if let told = watch[kind] { return told }
    // A full line is the reason for a refusal, and has been told.
    if failure == .refused, let full = watch[.full] { return full }
    let cause =
      environment.blame(node, seenBy: checkout, since: call.sentAt)
      ?? watch.first(.full, .waiting, .storm, .servingTheDead)
    // The usual share of errors is no trouble worth telling.
    if failure == .error, cause == nil { return nil }
    let event = environment.trace.record(
      at: now, settings.callerName(call.caller), word, story, weight: .harm, cause: cause)
    watch[kind] = event
    return event
  }

  /// What a breaker is told of a call that was slow but good, for the cause of its opening.
  mutating func noteSlowness(of call: DependencyCall, at now: Instant) {
    guard let breaker = call.breaker,
      now - call.sentAt > callers[call.caller].breakers[breaker].options.slowAfter
    else { return }
    let node = NodeID(call.instance)
    let cause =
      watch[.slow] ?? environment.blame(node, seenBy: checkout, since: call.sentAt)
      ?? watch.first(.waiting, .storm)
    if let cause { callers[call.caller].trouble[breaker] = cause }
  }

  /// Where a call is that its caller has just given up.
  private func whereabouts(of call: DependencyCall) -> String {
    if call.begunAt != nil { return "it is being worked on" }
    if call.isInLine {
      return "it waits in line with \(instances[call.instance].line.count) calls"
    }
    return "it is on its way"
  }

  mutating func noteShortCircuit(_ caller: Int, _ breaker: Int, at now: Instant) {
    guard watch[.shortCircuited] == nil else { return }
    watch[.shortCircuited] = environment.trace.record(
      at: now, settings.callerName(caller), "short-circuited",
      "a request is refused by the caller's own breaker, without a call", weight: .harm,
      cause: callers[caller].lastChange[breaker])
  }

  mutating func noteFullLine(_ instance: Int, at now: Instant) {
    guard watch[.full] == nil else { return }
    watch[.full] = environment.trace.record(
      at: now, environment.roster.name(NodeID(instance)), "line-full",
      "\(instances[instance].line.count) calls wait, and more are refused", weight: .harm,
      cause: watch.first(.waiting, .storm, .timedOut) ?? watch.lastFault)
  }

  /// Lets a breaker carry out what is due by itself, and records it.
  mutating func advance(_ breaker: Int, of caller: Int, at now: Instant) {
    while let change = callers[caller].breakers[breaker].advance(to: now) {
      record(change, of: breaker, of: caller)
    }
  }

  /// Records the last change of a breaker if it is not `before`.
  mutating func note(
    _ breaker: Int, of caller: Int, since before: CircuitBreaker.Transition?, at now: Instant
  ) {
    guard let change = callers[caller].breakers[breaker].lastTransition, change != before else {
      return
    }
    record(change, of: breaker, of: caller)
  }

  private mutating func record(
    _ change: CircuitBreaker.Transition, of breaker: Int, of caller: Int
  ) {
    checks.change(change, at: change.at)
    let name = settings.breakerName(caller, breaker)
    let former = callers[caller].lastChange[breaker]
    let event: Trace.ID
    switch change.to {
    case .open:
      let isFalse = isGuardedWell(breaker, at: change.at) && change.from == .closed
      countOpening(change, isFalse: isFalse)
      let wait = callers[caller].breakers[breaker].openUntil - change.at
      var story = "\(change.reason): calls are refused for \(wait)"
      if isFalse { story += ", although the dependency is well" }
      event = environment.trace.record(
        at: change.at, name, change.from == .closed ? "opened" : "reopened", story,
        weight: isFalse ? .harm : .change,
        cause: change.from == .closed ? callers[caller].trouble[breaker] : former)
    case .halfOpen:
      let trials = callers[caller].breakers[breaker].options.trialCalls
      event = environment.trace.record(
        at: change.at, name, "half-open",
        "\(change.reason): \(trials == 1 ? "one trial call" : "\(trials) trial calls") may pass",
        cause: former)
    case .closed:
      callers[caller].trouble[breaker] = nil
      event = environment.trace.record(
        at: change.at, name, "closed", "\(change.reason): all calls pass", weight: .recovery,
        cause: former)
    }
    callers[caller].lastChange[breaker] = event
    callers[caller].isStuckTold[breaker] = false
  }

  private mutating func countOpening(_ change: CircuitBreaker.Transition, isFalse: Bool) {
    tally.opens += 1
    if change.from == .halfOpen { tally.reopens += 1 }
    if isFalse { tally.falseOpens += 1 }
    if tally.firstFaultAt != nil, tally.firstOpenAfterFault == nil {
      tally.firstOpenAfterFault = change.at
    }
  }

  /// Whether most of what a breaker guards has been well for two seconds.
  func isGuardedWell(_ breaker: Int, at now: Instant) -> Bool {
    let guarded = settings.isBreakerPerInstance ? breaker...breaker : 0...settings.instances - 1
    let well = guarded.count { instance in
      instances[instance].unwellAt.map { now - $0 > .seconds(2) } ?? true
    }
    return well * 2 > guarded.count
  }

  mutating func note(_ event: OutlierDetector.Event, of caller: Int) {
    let host = environment.roster.name(event.host)
    let part = "\(settings.callerName(caller)) detector"
    switch event.change {
    case .ejected(let kind, let span):
      tally.ejections += 1
      environment.trace.record(
        at: event.at, part, "ejected", "\(host) is left out for \(span): \(kind.rawValue)",
        cause: watch.first(.failed, .timedOut, .refused) ?? watch.lastFault)
    case .returned:
      environment.trace.record(
        at: event.at, part, "returned", "\(host) is back in", weight: .recovery,
        cause: watch.lastFault)
    case .overflowed(let kind):
      guard watch[.overflow] == nil else { return }
      watch[.overflow] = environment.trace.record(
        at: event.at, part, "not-ejected",
        "\(host) is an outlier (\(kind.rawValue)), but too many are out already", weight: .harm,
        cause: watch.first(.failed, .timedOut, .refused) ?? watch.lastFault)
    case .spared: break
    }
  }
}
