import Kernel
import Patterns
import Simulation

/// What callers do: the same for the client, edge and middle.
extension ChainWorld {
  /// Sends a call of an errand: the first, a retry, or a second copy.
  mutating func send(
    for number: Int, isCopy: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let errand = errands[number]
    let hop = errand.hop
    guard !errand.deadline.isOver(at: now) else {
      if errand.open.isEmpty { finish(number, failure: .timedOut, at: now, in: &queue) }
      return
    }
    let isRetry = errand.sequence.attempts > 1
    let server = isCopy ? other(than: errand.firstServer) : pick(hop)
    if !isCopy {
      errands[number].firstServer = server
      errands[number].triedAt = now
    }
    let patience = settings.timeouts[hop].attempt(at: now, within: errand.deadline)
    if !isCopy {
      budgets[hop].attemptStarted(isRetry ? .retry : .first, at: now)
      checks.began(hop: hop, isRetry: isRetry, settings: settings, at: now)
    }
    let call = calls.add(
      ChainCall(
        errand: number, order: errand.order, hop: hop, server: server, sentAt: now,
        isRetry: isRetry, isCopy: isCopy, cost: Int(errand.sequence.lastCost),
        key: key(for: errand), patience: patience, sent: settings.timeouts[hop].sent(with: patience)
      ))
    checks.sent(calls[call], within: errand.deadline, settings: settings, at: now)
    errands[number].open.append(call)
    if hop == 2 { tally.callSent(isCopy: isCopy, at: now) }
    if patience.isSet {
      calls[call].timer = queue.schedule(.patienceEnds(Int32(call)), at: max(now, patience.at))
    }
    if let arrival = transmit(from: caller(hop), to: NodeID(server), at: now) {
      queue.schedule(.callArrives(Int32(call)), at: arrival)
    } else {
      release(call)
    }
    if hop == 2, !isCopy, servers.count > 3, let delay = hedger?.started() {
      errands[number].hedge = queue.schedule(.hedgeIsDue(Int32(number)), after: delay)
    }
  }

  /// The key of an errand's next call: a client may make a new one for every try.
  private func key(for errand: ChainErrand) -> Int? {
    guard settings.keyScope != "none" else { return nil }
    guard errand.hop == 0 else { return errand.key }
    let key = orders[errand.order].key * 16
    return settings.keyScope == "attempt" ? key + Int(errand.sequence.attempts) : key
  }

  private mutating func pick(_ hop: Int) -> Int {
    hop < 2 ? hop : servers.count == 3 ? 2 : 2 + balanceRandom.below(servers.count - 2)
  }

  private mutating func other(than server: Int) -> Int {
    let place = balanceRandom.below(servers.count - 3) + 2
    return place < server ? place : place + 1
  }

  mutating func hedgeIsDue(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    errands[number].hedge = nil
    let copies = errands[number].copies
    guard !errands[number].open.isEmpty, hedger?.hedges(after: copies) == true else { return }
    if let hedger { checks.hedger(hedger, at: now) }
    errands[number].copies += 1
    send(for: number, isCopy: true, at: now, in: &queue)
    if let delay = hedger?.delay, copies + 1 < (settings.hedging?.maxHedges ?? 1) {
      errands[number].hedge = queue.schedule(
        .hedgeIsDue(Int32(number)), after: max(delay, .nanoseconds(1)))
    }
  }

  /// An answer, good or bad, has come back to its caller.
  mutating func answerArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    defer { release(number) }
    guard !call.isSettled else { return }
    if let timer = call.timer { queue.cancel(timer) }
    settle(number, failure: call.failure, at: now, in: &queue)
  }

  /// A caller gives a call up.
  mutating func patienceEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    noteTimeout(call, at: now)
    if settings.timeouts[call.hop].isCancelling { tellToStop(number, at: now, in: &queue) }
    settle(number, failure: .timedOut, at: now, in: &queue)
  }

  /// Sends the callee the word that nobody waits any more.
  mutating func tellToStop(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    guard let arrival = transmit(from: caller(call.hop), to: NodeID(call.server), at: now) else {
      return
    }
    calls[number].holders += 1
    queue.schedule(.cancelArrives(Int32(number)), at: arrival)
  }

  private mutating func settle(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].isSettled = true
    let call = calls[number]
    errands[call.errand].open.removeAll { $0 == number }
    let isLast = errands[call.errand].open.isEmpty
    noteFailure(failure, of: call, at: now)
    if failure == nil || isLast {
      // The copies of one try end together for the budget.
      let isRetry = errands[call.errand].sequence.attempts > 1
      budgets[call.hop].attemptEnded(
        isRetry ? .retry : .first, failure: failure, cost: call.cost, at: now)
    }
    release(number)
    if failure == nil {
      if call.hop == 2 { hedger?.answered(after: now - errands[call.errand].triedAt) }
      for loser in errands[call.errand].open { drop(loser, at: now, in: &queue) }
      finish(call.errand, failure: nil, at: now, in: &queue)
    } else if isLast, let failure {
      follow(failure, of: call.errand, at: now, in: &queue)
    }
  }

  /// Stops waiting for the copy that lost.
  private mutating func drop(_ loser: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    calls[loser].isSettled = true
    if let timer = calls[loser].timer { queue.cancel(timer) }
    if settings.hedgeCancel != "none" { tellToStop(loser, at: now, in: &queue) }
    release(loser)
  }

  /// Decides what follows a failed try: a retry, or the end of the errand.
  mutating func follow(
    _ failure: CallFailure, of number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let hop = errands[number].hop
    if let hedge = errands[number].hedge { queue.cancel(hedge) }
    errands[number].hedge = nil
    errands[number].copies = 0
    var sequence = errands[number].sequence
    let decision = sequence.failed(
      failure, at: now, policy: settings.policies[hop], budget: &budgets[hop],
      random: &retryRandom[hop])
    errands[number].sequence = sequence
    switch decision {
    case .retry(let at):
      checks.granted(budgets[hop], at: now)
      errands[number].retry = queue.schedule(.retryIsDue(Int32(number)), at: max(at, now))
    case .giveUp(let reason):
      if reason == .budget { tally.retryRefused() }
      finish(number, failure: failure, at: now, in: &queue)
    }
  }
}
