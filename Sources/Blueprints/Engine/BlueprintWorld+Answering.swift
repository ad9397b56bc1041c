import Kernel
import Patterns
import Simulation

/// The caller hears how a call went, or has waited long enough, and decides what follows.
extension BlueprintWorld {
  mutating func answerArrives(
    _ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let succeeded = visits[number].flags.contains(.succeeded)
    if succeeded, !isAwaited(number) { return dismiss(number, accounted: true, now, in: &queue) }
    account(number, succeeded ? nil : visits[number].failure, at: now)
    settleCall(number, succeeded ? nil : visits[number].failure, at: now, in: &queue)
    dismiss(number, in: &queue)
  }

  /// Late answers still tell the guards that the instance lives.
  private mutating func dismiss(
    _ number: UInt32, accounted: Bool, _ now: Instant, in queue: inout EventQueue<Event>
  ) {
    if accounted { account(number, nil, at: now) }
    dismiss(number, in: &queue)
  }

  /// Whether the caller is still there and at the step that made the call.
  private func isAwaited(_ number: UInt32) -> Bool {
    let parent = visits[number].parent
    return visits.isAlive(parent, visits[number].parentGeneration)
      && visits[parent].step == visits[number].parentStep && visits[parent].needed > 0
  }

  /// Tells the caller's guards how the call went; once for each call.
  private mutating func account(_ number: UInt32, _ failure: CallFailure?, at now: Instant) {
    let call = Int(visits[number].call)
    let place = callerPlace(number)
    let took = now - visits[number].sent
    if visits[number].flags.contains(.counted) {
      visits[number].flags.remove(.counted)
      inProgress[place] -= 1
      balancers[call].finished(
        place - calls[call].firstCaller,
        Int(visits[number].station) - parts[Int(visits[number].component)].firstStation,
        succeeded: failure == nil, latency: took, at: now)
    }
    if calls[call].hasRetries {
      let kind = visits[number].attempt > 1 ? RetryBudget.Attempt.retry : .first
      let cost = Int(sequences[Int(number)].lastCost)
      budgets[call].attemptEnded(kind, failure: failure, cost: cost, at: now)
    }
    meters.callEnded(call, failure, took)
    guard let permit = visits[number].permit else { return }
    visits[number].permit = nil
    let breaker = Int(breakerPlaces[place])
    let phase = breakers[breaker].phase
    _ = breakers[breaker].record(
      failure == nil ? .success : .failure, for: permit, took: took, at: now)
    tellBreaker(call, from: phase, to: breakers[breaker].phase, at: now)
  }

  /// What the caller makes of it: goes on, tries again, falls back, or fails in turn.
  private mutating func settleCall(
    _ number: UInt32, _ failure: CallFailure?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard isAwaited(number) else {
      if failure != nil, calls[Int(visits[number].call)].isAsync { meters.lostAsync += 1 }
      return
    }
    let parent = visits[number].parent
    if failure != nil {
      if hasTwinUnderWay(number) { return }
      if retries(number, failure ?? .error, at: now, in: &queue) { return }
    } else {
      leaveTwin(number, at: now)
      noteCache(number, parent, at: now)
    }
    let call = Int(visits[number].call)
    if failure != nil {
      if visits[parent].spare > 0 {
        visits[parent].spare -= 1
        return
      }
      guard calls[call].hasFallback else {
        visits[parent].needed = 0
        return finish(parent, succeeded: false, at: now, in: &queue)
      }
      meters.calls[call].fallbacks += 1
      visits[parent].flags.insert(.degraded)
    } else if visits[number].flags.contains(.degraded) {
      visits[parent].flags.insert(.degraded)
    }
    visits[parent].needed -= 1
    if visits[parent].needed == 0 { advance(parent, at: now, in: &queue) }
  }

  private mutating func retries(
    _ number: UInt32, _ failure: CallFailure, at now: Instant, in queue: inout EventQueue<Event>
  ) -> Bool {
    let call = Int(visits[number].call)
    guard calls[call].hasRetries else { return false }
    let decision = sequences[Int(number)].failed(
      failure, at: now, policy: design.calls[call].retry, budget: &budgets[call],
      random: &jitters)
    guard case .retry(let instant) = decision else { return false }
    let again = visits.add()
    copy(number, to: again)
    visits[again].attempt = visits[number].attempt &+ 1
    visits[again].state = .pausing
    queue.schedule(.retry(again), at: instant)
    return true
  }

  /// The same call once more, with nothing of the first attempt's fate.
  private mutating func copy(_ number: UInt32, to again: UInt32) {
    visits[again].call = visits[number].call
    visits[again].component = visits[number].component
    visits[again].key = visits[number].key
    visits[again].operation = visits[number].operation
    visits[again].flags = visits[number].flags.intersection([.sampled, .measured, .hedge])
    visits[again].deadline = sequenceDeadline(number)
    visits[again].parent = visits[number].parent
    visits[again].parentGeneration = visits[number].parentGeneration
    visits[again].parentStep = visits[number].parentStep
    visits[again].caller = visits[number].caller
    visits[again].tried = visits[number].station
    if calls[Int(visits[number].call)].hasRetries {
      while sequences.count <= Int(again) { sequences.append(RetrySequence()) }
      sequences[Int(again)] = sequences[Int(number)]
    }
  }

  private func sequenceDeadline(_ number: UInt32) -> Instant {
    let call = Int(visits[number].call)
    guard calls[call].passesDeadline else { return .distantFuture }
    return visits.isAlive(visits[number].parent, visits[number].parentGeneration)
      ? visits[visits[number].parent].deadline : .distantFuture
  }

  mutating func tryAgain(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    guard isAwaited(number) else { return dismiss(number, in: &queue) }
    launch(number, copy: 0, at: now, in: &queue)
  }

  mutating func sendHedge(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    visits[number].hedging = nil
    guard isAwaited(number) else { return }
    let second = visits.add()
    copy(number, to: second)
    visits[second].flags.insert(.hedge)
    visits[second].attempt = visits[number].attempt
    pair(number, second)
    meters.calls[Int(visits[number].call)].hedges += 1
    launch(second, copy: 0, at: now, in: &queue)
  }

  private mutating func pair(_ first: UInt32, _ second: UInt32) {
    visits[first].twin = second
    visits[first].twinGeneration = visits[second].generation
    visits[second].twin = first
    visits[second].twinGeneration = visits[first].generation
  }

  private func hasTwinUnderWay(_ number: UInt32) -> Bool {
    let twin = visits[number].twin
    guard visits.isAlive(twin, visits[number].twinGeneration) else { return false }
    return visits[twin].parentGeneration == visits[number].parentGeneration
      && !visits[twin].flags.contains(.settled)
  }

  /// The other copy has lost the race: nobody waits for it any more.
  private mutating func leaveTwin(_ number: UInt32, at now: Instant) {
    let twin = visits[number].twin
    guard visits.isAlive(twin, visits[number].twinGeneration) else { return }
    visits[twin].parentGeneration &-= 1
    visits[twin].flags.insert(.settled)
  }

  /// The caller has waited long enough; the work for it goes on all the same.
  mutating func timeOut(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    hasTimedOut = true
    visits[number].timer = nil
    guard visits[number].station >= 0 || visits[number].caller >= 0 || isCall(number) else {
      leave(number, succeeded: false, at: now)
      return
    }
    account(number, .timedOut, at: now)
    settleCall(number, .timedOut, at: now, in: &queue)
    visits[number].parentGeneration &-= 1
    visits[number].flags.insert(.settled)
    let isLost = visits[number].flags.contains(.lost)
    if isLost, visits[number].state == .answering || visits[number].state == .travelling {
      dismiss(number, in: &queue)
    }
  }

  /// Whether the visit is a call and not the request of a client itself.
  private func isCall(_ number: UInt32) -> Bool { visits[number].parent != Visit.none }
}
