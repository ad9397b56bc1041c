import Kernel
import Patterns
import Simulation

/// What the trace is told: the first of each kind of trouble in an episode.
extension ChainWorld {
  private func name(_ server: Int) -> String { environment.roster.name(NodeID(server)) }

  mutating func noteTimeout(_ call: ChainCall, at now: Instant) {
    let kinds: [ChainTrouble] = [.timedOut0, .timedOut1, .timedOut2]
    let kind = kinds[call.hop]
    guard watch[kind] == nil else { return }
    let place =
      call.isWorking
      ? "it is being worked on" : call.isInLine ? "it waits in line" : "its answer is missing"
    let cause =
      environment.blame(NodeID(call.server), seenBy: caller(call.hop), since: call.sentAt)
      ?? watch.cause(.lostAnswer, .full, .storm, .waste, .timedOut2, .timedOut1)
    watch[kind] = environment.trace.record(
      at: now, ChainSettings.callerNames[call.hop], "timed-out",
      "a call to \(name(call.server)) is given up after \(now - call.sentAt); \(place)",
      weight: .harm, cause: cause)
  }

  mutating func noteFailure(_ failure: CallFailure?, of call: ChainCall, at now: Instant) {
    guard call.hop == 2, let failure, failure == .error || failure == .refused else { return }
    let kind: ChainTrouble = failure == .error ? .failed : .refused
    guard watch[kind] == nil else { return }
    guard
      let cause = environment.blame(NodeID(call.server), seenBy: caller(2), since: call.sentAt)
        ?? watch.first(.full)
    else { return }
    watch[kind] = environment.trace.record(
      at: now, "middle", failure == .error ? "failed" : "refused",
      "\(name(call.server)) \(failure == .error ? "answers with an error" : "refuses a call")",
      weight: .harm, cause: cause)
  }

  mutating func noteLostAnswer(_ call: ChainCall, at now: Instant) {
    guard watch[.lostAnswer] == nil, orders[call.order].effects > 0 else { return }
    watch[.lostAnswer] = environment.trace.record(
      at: now, name(call.server), "answer-lost",
      "the work is done, and the answer to \(ChainSettings.callerNames[call.hop]) is lost",
      weight: .harm,
      cause: environment.blame(NodeID(call.server), seenBy: caller(call.hop)) ?? watch.lastFault)
  }

  mutating func noteFull(_ server: Int, at now: Instant) {
    guard watch[.full] == nil else { return }
    watch[.full] = environment.trace.record(
      at: now, name(server), "line-full",
      "\(servers[server].line.count) calls wait, and more are refused", weight: .harm,
      cause: watch.cause(.storm, .timedOut2, .timedOut1))
  }

  mutating func noteDuplicate(_ call: ChainCall, at now: Instant) {
    guard watch[.duplicate] == nil else { return }
    watch[.duplicate] = environment.trace.record(
      at: now, name(call.server), "charged-twice",
      "charge \(call.order) is carried out for the second time", weight: .harm,
      cause: watch.cause(.lostAnswer, .timedOut2, .timedOut1, .timedOut0))
  }

  mutating func noteLost(_ order: Int, at now: Instant) {
    guard watch[.lost] == nil else { return }
    watch[.lost] = environment.trace.record(
      at: now, "client", "effect-missing",
      "charge \(order) is reported as done, and the store never carried it out", weight: .harm)
  }

  /// What is looked at every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let waiting = servers[2...].reduce(0) { $0 + $1.line.count }
    let work = tally.recentWork
    let waste = tally.recentWaste
    tally.close(at: now, waiting: waiting)
    let step = tally.lastStep(before: now)
    noteStorm(step, at: now)
    if watch[.waste] == nil, work >= 10, waste * 2 > work {
      watch[.waste] = environment.trace.record(
        at: now, "store", "serving-the-dead",
        "\(waste) of \(work) calls were worked on for callers that had given up", weight: .harm,
        cause: watch.cause(.storm, .timedOut2, .timedOut1, .timedOut0))
    }
    noteCollapse(step, at: now)
    watchOn(every: ChainTally.step, for: settings.duration, in: &queue)
  }

  private mutating func noteStorm(_ step: ChainTally.Step, at now: Instant) {
    guard watch[.storm] == nil, step.requests > 0, step.calls >= step.requests * 2 else { return }
    let factor = Unit.ratio.text(Double(step.calls) / Double(step.requests))
    watch[.storm] = environment.trace.record(
      at: now, "store", "retry-storm", "\(factor) calls come for each request of a client",
      weight: .harm,
      cause: watch.cause(.failed, .refused, .timedOut2, .timedOut1, .timedOut0))
  }

  private mutating func noteCollapse(_ step: ChainTally.Step, at now: Instant) {
    guard step.requests > 0 else { return }
    if step.good * 2 < step.requests, watch[.collapse] == nil {
      let isOver = environment.active.isEmpty && tally.hasFaulted
      watch[.collapse] = environment.trace.record(
        at: now, "client", isOver ? "metastable" : "not-served",
        "\(step.good) of \(step.requests) requests are answered well"
          + (isOver ? ", although no fault is in force" : ""),
        weight: .harm,
        cause: watch.cause(.waste, .storm, .full, .failed, .timedOut2, .timedOut1, .timedOut0))
    }
    if watch.isCalm(good: step.good, of: step.requests), environment.active.isEmpty {
      if let cause = watch.first(.collapse, .timedOut0, .timedOut1, .timedOut2, .failed) {
        environment.trace.record(
          at: now, "client", "served-again", "requests are answered well again",
          weight: .recovery, cause: cause)
      }
      watch.end(keeping: .duplicate, .lost)
    }
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let open = orders.reduce(0) { $0 + $1.open }
    if tally.requestCount != tally.goodCount + tally.failedCount + open {
      checks.violated("conservation", at: end, "\(open) requests under way do not add up")
    }
    return Outcome(
      measurements: tally.measurements(orders, isWriting: settings.isWriting),
      series: tally.series, verdicts: checks.verdicts, trace: environment.trace,
      duration: settings.duration)
  }
}
