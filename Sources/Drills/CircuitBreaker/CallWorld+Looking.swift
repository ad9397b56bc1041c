import Kernel
import Patterns
import Simulation

/// What is looked at every half second: whether clients are served, and what the work is spent on.
extension CallWorld {
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    seeInstances(at: now)
    let median = tally.medianTime(before: now)
    let waiting = instances.reduce(0) { $0 + $1.line.count }
    let breakers = callers.reduce(0) { $0 + $1.breakers.count }
    let notClosed = callers.reduce(0) { sum, caller in
      sum + caller.breakers.count { $0.phase != .closed }
    }
    let out = callers.reduce(0) { $0 + ($1.detector?.ejectedCount ?? 0) }
    let share = breakers == 0 ? 0 : Double(notClosed) / Double(breakers)
    tally.close(at: now, waiting: waiting, notClosed: share, ejected: out)
    countOpenWhileHealthy(at: now)
    let step = tally.lastStep(before: now)
    noteLine(waiting: waiting, at: now)
    noteStorm(step, at: now)
    noteWaste(at: now)
    noteCollapse(step, at: now)
    noteSlowness(median: median, at: now)
    noteStuckBreakers(at: now)
    watchOn(every: CallTally.step, for: settings.duration, in: &queue)
  }

  /// How long the last call in line at an instance will wait, at the usual pace.
  private func expectedWait(_ instance: Int) -> TimeSpan {
    settings.serviceMean * (Double(instances[instance].line.count) / Double(settings.slots))
  }

  private mutating func seeInstances(at now: Instant) {
    let patience = settings.timeouts.perTry ?? settings.timeouts.total ?? .seconds(1)
    let areLinksHurt = !environment.network.faults.isEmpty
    for index in instances.indices {
      let node = NodeID(index)
      let isHurt =
        areLinksHurt || !environment.processes.runs(node) || environment.errorRate(node) > 0
        || environment.processes.slowdown(node) != 1
      if isHurt || expectedWait(index) > patience / 2 { instances[index].unwellAt = now }
    }
  }

  private mutating func countOpenWhileHealthy(at now: Instant) {
    var share = 0.0
    var count = 0
    for caller in callers {
      for breaker in caller.breakers.indices {
        count += 1
        if caller.breakers[breaker].phase != .closed, isGuardedWell(breaker, at: now) {
          share += 1
        }
      }
    }
    if count > 0 { tally.openWhileHealthy += share / Double(count) * CallTally.step.seconds }
  }

  private mutating func noteLine(waiting: Int, at now: Instant) {
    guard watch[.waiting] == nil, let patience = settings.timeouts.perTry else { return }
    for index in instances.indices where expectedWait(index) > patience {
      watch[.waiting] = environment.trace.record(
        at: now, environment.roster.name(NodeID(index)), "line-too-long",
        "\(instances[index].line.count) calls wait: at the usual pace the last of them for "
          + "\(expectedWait(index)), longer than callers do (\(patience))",
        cause: watch.first(.storm, .timedOut) ?? watch.lastFault)
      return
    }
  }

  private mutating func noteStorm(_ step: CallTally.Step, at now: Instant) {
    guard watch[.storm] == nil, step.requests > 0, step.calls * 2 >= step.requests * 3 else {
      return
    }
    let scale = 1 / CallTally.step.seconds
    let calls = Unit.perSecond.text(Double(step.calls) * scale)
    let requests = Unit.perSecond.text(Double(step.requests) * scale)
    watch[.storm] = environment.trace.record(
      at: now, "callers", "retry-storm",
      "\(calls) calls are sent for \(requests) requests; the dependency can do "
        + "\(Unit.perSecond.text(settings.capacity))",
      cause: watch.first(.timedOut, .refused, .failed) ?? watch.lastFault)
  }

  /// Tells when half of the requests take several times as long as in the first five seconds.
  private mutating func noteSlowness(median: Double?, at now: Instant) {
    watch.lastMedian = median
    guard let median, median > 0 else { return }
    guard let usual = watch.usualTime, now - .zero > .seconds(5) else {
      if environment.active.isEmpty { watch.usualTime = max(median, watch.usualTime ?? 0) }
      return
    }
    watch.slowSteps = median > 4 * usual ? watch.slowSteps + 1 : 0
    guard watch.slowSteps >= 2, !watch.isInTrouble else { return }
    let breakers = callers.flatMap(\.breakers)
    let isUnseen = !breakers.isEmpty && breakers.allSatisfy { $0.phase == .closed }
    watch[.slow] = environment.trace.record(
      at: now, "clients", "slow-answers",
      "half of the requests take longer than \(Unit.seconds.text(median)), "
        + "\(Unit.ratio.text((median / usual).rounded())) times the usual"
        + (isUnseen ? ", and every breaker is closed" : ""),
      weight: .harm,
      cause: environment.active.last?.event ?? watch.lastFault)
  }

  /// Tells of breakers that cannot leave their state by themselves, once for each such state.
  private mutating func noteStuckBreakers(at now: Instant) {
    for caller in callers.indices {
      for index in callers[caller].breakers.indices where !callers[caller].isStuckTold[index] {
        let breaker = callers[caller].breakers[index]
        let story: String
        switch breaker.phase {
        case .closed: continue
        case .open:
          guard now - breaker.openUntil >= .seconds(5), breaker.forcing == .none else { continue }
          story =
            "its open time has been over for \(now - breaker.openUntil), but no call asks it: it "
            + "stays open"
        case .halfOpen:
          let isWaiting = breaker.trialsGranted - breaker.trialsReleased > Int(breaker.trials.calls)
          guard now - breaker.enteredAt >= .seconds(8), isWaiting else { continue }
          story =
            "half open for \(now - breaker.enteredAt): \(breaker.trials.calls) of its "
            + "\(breaker.trialsGranted) trial calls have ended, and it waits for the others"
        }
        callers[caller].isStuckTold[index] = true
        environment.trace.record(
          at: now, settings.breakerName(caller, index), "stuck", story, weight: .harm,
          cause: callers[caller].lastChange[index])
      }
    }
  }

  private mutating func noteWaste(at now: Instant) {
    let finished = tally.finishedWork - watch.finishedBefore
    let wasted = tally.wastedWork - watch.wastedBefore
    watch.finishedBefore = tally.finishedWork
    watch.wastedBefore = tally.wastedWork
    guard watch[.servingTheDead] == nil, finished >= 10, wasted * 10 >= finished * 9 else { return }
    watch[.servingTheDead] = environment.trace.record(
      at: now, "payments", "serving-the-dead",
      "\(wasted) of the \(finished) calls finished in the last \(CallTally.step) were for callers "
        + "that had given up", weight: .harm,
      cause: watch.first(.waiting, .storm, .timedOut) ?? watch.lastFault)
  }

  private mutating func noteCollapse(_ step: CallTally.Step, at now: Instant) {
    if isFaultInForce {
      watch.faultFreeSince = nil
    } else if watch.faultFreeSince == nil {
      watch.faultFreeSince = now
    }
    guard step.requests > 0 else { return }
    if step.good * 2 < step.requests {
      watch.goodSteps = 0
      watch.badSteps += 1
      if watch.badSteps >= 2 { tellOfCollapse(step, at: now) }
      return
    }
    watch.badSteps = 0
    let isStillSlow = watch[.slow] != nil && (watch.lastMedian ?? 0) > 2 * (watch.usualTime ?? 0)
    if Double(step.good) >= 0.9 * Double(step.requests), !isStillSlow {
      watch.goodSteps += 1
    } else {
      watch.goodSteps = 0
    }
    guard watch.isInTrouble, watch.goodSteps == 4 else { return }
    environment.trace.record(
      at: now, "clients", "served-again",
      "\(step.good) requests are answered while \(step.requests) come, in \(CallTally.step)",
      weight: .recovery,
      cause: watch.first(
        .metastable, .collapse, .shortCircuited, .timedOut, .failed, .refused, .slow)
        ?? watch.lastFault)
    watch.end()
  }

  private mutating func tellOfCollapse(_ step: CallTally.Step, at now: Instant) {
    if watch[.collapse] == nil {
      watch[.collapse] = environment.trace.record(
        at: now, "clients", "not-served",
        "\(step.good) requests are answered while \(step.requests) come, in \(CallTally.step)",
        weight: .harm,
        cause: watch.first(.servingTheDead, .shortCircuited, .timedOut, .failed, .refused)
          ?? watch.lastFault)
    }
    guard watch[.metastable] == nil, tally.firstFaultAt != nil,
      let since = watch.faultFreeSince, now - since >= .seconds(3)
    else { return }
    let reason =
      watch[.servingTheDead] != nil || watch[.waiting] != nil
      ? "the line, not the fault, keeps it down" : "the breakers, not the fault, keep it down"
    watch[.metastable] = environment.trace.record(
      at: now, "clients", "metastable",
      "nothing has been wrong for \(now - since), yet \(step.good) requests are answered while "
        + "\(step.requests) come: \(reason)", weight: .harm,
      cause: watch.first(.servingTheDead, .waiting, .shortCircuited, .collapse))
  }

  /// The outcome of the run, at its end.
  mutating func outcome(at end: Instant) -> Outcome {
    let breakers = callers.flatMap(\.breakers)
    let closed = breakers.count { $0.phase == .closed }
    let share = breakers.isEmpty ? nil : Double(closed) / Double(breakers.count)
    return Outcome(
      measurements: tally.measurements(closedAtEnd: share, instances: settings.instances),
      series: tally.series, verdicts: checks.verdicts, trace: environment.trace,
      duration: end - .zero)
  }
}
