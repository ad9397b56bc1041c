import Kernel
import Patterns
import Simulation

/// What the trace was told already.
struct LimitWatch: Sendable {
  var lastFault: Trace.ID?
  var over: Trace.ID?
  var wrong: Trace.ID?
  var line: Trace.ID?
  var silence: Trace.ID?
  var lastFallback = Instant.zero
  /// Questions wait at the store for longer than the gateways do.
  var storeLine: Trace.ID?
  /// The greedy client's last batch.
  var batch: Trace.ID?
  /// Tries that are not a request's first, since the last look.
  var retries = 0
  var storeDeaths: Int32 = 0
}

/// What is written into the trace, and looked at every half second.
extension LimitWorld {
  private func name(_ sender: Int) -> String {
    sender == settings.greedySender ? "greedy" : "tenant-\(sender + 1)"
  }

  /// A client got twice its limit, more than edges and bursts give by themselves.
  mutating func noteOver(_ sender: Int, _ count: Int, at now: Instant) {
    let limit = settings.limiter.rate.permits
    guard count >= limit * 2, watch.over == nil else { return }
    watch.over = environment.trace.record(
      at: now, name(sender), "over-limit",
      "\(count) requests of \(name(sender)) went on within \(settings.limiter.rate.period), the "
        + "limit is \(limit)", weight: .harm,
      cause: watch.silence ?? watch.batch ?? watch.lastFault)
  }

  mutating func noteWrong(_ number: Int32, at now: Instant) {
    guard watch.wrong == nil else { return }
    let sender = requests[tries[Int(number)].request].sender
    watch.wrong = environment.trace.record(
      at: now, name(sender), "wrongly-refused",
      "\(name(sender)) is refused with fewer than \(settings.limiter.rate.permits) requests in the "
        + "last \(settings.limiter.rate.period)", weight: .harm,
      cause: watch.silence ?? watch.lastFault)
  }

  mutating func noteFallback(_ seat: Seat, _ decision: RateDecision, at now: Instant) {
    watch.lastFallback = now
    guard watch.silence == nil else { return }
    let gateway = NodeID(Int(seat.gateway))
    let cause = environment.blame(
      storeNode, seenBy: gateway, since: now - min(settings.node.patience, now - .zero))
    let does = decision.isAdmitted ? "lets the request through" : "refuses the request"
    watch.silence = environment.trace.record(
      at: now, environment.roster.name(gateway), "store-silent",
      "the store said nothing within \(settings.node.patience); fallback=\(settings.node.fallback) "
        + does, cause: cause ?? watch.storeLine)
  }

  /// The store was heard of; after a second without a fallback it is taken to be back.
  mutating func noteStore(at now: Instant) {
    guard let silence = watch.silence, now - watch.lastFallback >= .seconds(1) else { return }
    environment.trace.record(
      at: now, "store", "store-heard", "the store answers again", weight: .recovery,
      cause: silence)
    watch.silence = nil
  }

  /// The store has more to answer than it gets done while a gateway waits.
  mutating func noteStoreLine(at now: Instant) {
    let wait = store.freeAt - now
    guard wait > settings.node.patience, watch.storeLine == nil else { return }
    watch.storeLine = environment.trace.record(
      at: now, "store", "store-line",
      "a question waits \(wait) for its turn, the gateways give up after "
        + "\(settings.node.patience)", cause: watch.lastFault)
  }

  /// The greedy client begins a batch or comes around an edge.
  mutating func noteBatch(_ count: Int, at now: Instant) {
    watch.batch = environment.trace.record(
      at: now, "greedy", "batch", "begins to send \(count) requests almost at once",
      cause: watch.lastFault)
  }

  /// What brought a line about, as far as it is known.
  private mutating func cause(at now: Instant) -> Trace.ID? {
    if watch.retries >= settings.slots * 2 {
      return environment.trace.record(
        at: now, "clients", "herd",
        "\(watch.retries) requests that had failed came back within the last half second",
        cause: watch.lastFault)
    }
    return watch.over ?? watch.silence ?? watch.batch ?? watch.lastFault
  }

  mutating func noteLine(at now: Instant) {
    let length = line.count - lineHead
    tally.longestLine = max(tally.longestLine, length)
    guard length >= settings.slots * 5, watch.line == nil else { return }
    watch.line = environment.trace.record(
      at: now, "backend", "line-grows", "\(length) requests wait for \(settings.slots) slots",
      weight: .harm, cause: cause(at: now))
  }

  /// Looks at everything every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let length = line.count - lineHead
    tally.close(at: now, line: length)
    watch.retries = 0
    if length == 0, let told = watch.line {
      environment.trace.record(
        at: now, "backend", "line-empty", "nothing waits any more", weight: .recovery, cause: told)
      watch.line = nil
    }
    watchOn(every: LimitTally.step, for: settings.duration, in: &queue)
  }

  /// What came of the run; what has waited longer than a timeout counts as failed.
  mutating func outcome(at end: Instant) -> Outcome {
    for request in requests where !request.isEnded && request.sender != settings.greedySender {
      if end - request.arrivedAt > settings.timeout { tally.failed() }
    }
    audit(at: end)
    let evictions = tables.reduce(store.tables.evictions) { $0 + $1.evictions }
    return Outcome(
      measurements: tally.measurements(overLimit: judge.worst, evictions: evictions),
      series: tally.series, verdicts: checks.verdicts, trace: environment.trace,
      duration: settings.duration)
  }

  /// Counts every try by its state and holds that against what was counted on the way.
  private mutating func audit(at end: Instant) {
    let refused = tries.count { $0.state == .refused }
    let shed = tries.count { $0.state == .shed }
    let forwarded = tries.count { $0.state == .forwarded }
    let open = tries.count - refused - shed - forwarded
    let counted = tally.refusedTries + tally.shedBefore + tally.unreachable + tally.forwardedTries
    if counted + open != tries.count {
      checks.violated(
        "conserved", at: end, "\(tries.count) tries, \(counted) accounted for, \(open) open")
    }
    let ended = tally.finishedTries + tally.turnedAway
    let held = working + line.count - lineHead
    if ended + held != forwarded {
      checks.violated(
        "conserved", at: end, "\(forwarded) sent on, \(ended) ended, \(held) at the backend")
    }
  }
}
