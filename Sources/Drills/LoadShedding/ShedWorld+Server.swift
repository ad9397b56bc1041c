import Kernel
import Patterns
import Simulation

/// What the server does: a door, a line, slots.
extension ShedWorld {
  mutating func callArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !environment.processes.isDown(Self.server) else {
      return answer(number, failure: .refused, at: now, in: &queue)
    }
    let criticality = Criticality.allCases[calls[number].client]
    counts.reached[calls[number].client] += 1
    guard let permit = limiter.admit(criticality, at: now) else {
      checkPriority(criticality, at: now)
      noteShed(calls[number], at: now)
      return refuse(number, at: now, in: &queue)
    }
    calls[number].permit = permit
    if hasFreeSlot, line.count == 0, refusals.count == 0 {
      work(number, at: now, in: &queue)
    } else if line.offer(number, deadline: calls[number].deadline, at: now) {
      counts.longestLine = max(counts.longestLine, line.count)
      noteLine(at: now)
    } else {
      noteFull(at: now)
      leave(number, .dropped, at: now)
      refuse(number, at: now, in: &queue)
    }
    check(at: now)
  }

  private var hasFreeSlot: Bool { working.count + refusing.count < settings.slots && !isPaused }

  /// Refuses a call; that takes a little of a slot, before any other work.
  private mutating func refuse(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    counts.refused[calls[number].client] += 1
    calls[number].failure = .refused
    guard settings.refusal > .zero else {
      return answer(number, failure: .refused, at: now, in: &queue)
    }
    refusals.append(number)
    moveUp(at: now, in: &queue)
  }

  mutating func refusalEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    refusing.removeAll { $0 == number }
    calls[number].work = nil
    counts.refusalTime = counts.refusalTime + (now - (calls[number].begunAt ?? now))
    answer(number, failure: .refused, at: now, in: &queue)
    moveUp(at: now, in: &queue)
  }

  private mutating func work(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let rate = environment.errorRate(Self.server)
    if rate > 0, errorRandom.chance(rate) { calls[number].failure = .error }
    let slowdown = environment.processes.slowdown(Self.server)
    let span = settings.service.sample(&serviceRandom) * slowdown
    calls[number].begunAt = now
    calls[number].work = queue.schedule(.workEnds(Int32(number)), after: span)
    working.append(number)
  }

  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    calls[number].work = nil
    vacate(number)
    counts.worked(for: now - (call.begunAt ?? now), isWasted: call.isSettled)
    leave(number, .answered, at: now)
    answer(number, failure: call.failure, at: now, in: &queue)
    moveUp(at: now, in: &queue)
    check(at: now)
  }

  /// Fills free slots: with refusals first, then from the line.
  mutating func moveUp(at now: Instant, in queue: inout EventQueue<Event>) {
    while hasFreeSlot {
      if let number = refusals.popFirst() {
        refusals.leave()
        refusing.append(number)
        calls[number].begunAt = now
        calls[number].work = queue.schedule(
          .refusalEnds(Int32(number)),
          after: settings.refusal * environment.processes.slowdown(Self.server))
        continue
      }
      switch line.next(at: now) {
      case nil: return
      case .work(let number): work(number, at: now, in: &queue)
      case .drop(let number):
        counts.dropped += 1
        leave(number, .dropped, at: now)
        if calls[number].deadline <= now {
          counts.reachedTooLate += 1
          release(number)
        } else {
          refuse(number, at: now, in: &queue)
        }
      }
    }
  }

  private mutating func leave(
    _ number: Int, _ outcome: ConcurrencyLimiter.Outcome, at now: Instant
  ) {
    guard let permit = calls[number].permit else { return }
    calls[number].permit = nil
    limiter.release(permit, outcome, at: now)
  }

  private mutating func vacate(_ number: Int) {
    guard let place = working.firstIndex(of: number) else { return }
    working.swapAt(place, working.count - 1)
    working.removeLast()
  }

  /// Sends the answer; the server no longer knows the call.
  private mutating func answer(
    _ number: Int, failure: CallFailure?, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    calls[number].failure = failure
    let client = NodeID(calls[number].client + 1)
    if let arrival = transmit(from: Self.server, to: client, at: now) {
      queue.schedule(.answerArrives(Int32(number)), at: arrival)
    } else {
      release(number)
    }
  }

  /// The process dies: what was inside is lost, and connections break.
  mutating func crash(at now: Instant, in queue: inout EventQueue<Event>) {
    isPaused = false
    let inside = working + refusing + line.removeAll(at: now) + refusals.removeAll()
    working.removeAll()
    refusing.removeAll()
    let events = held
    held.removeAll()
    for event in events {
      if case .callArrives(let call) = event {
        answer(Int(call), failure: .refused, at: now, in: &queue)
      }
    }
    for number in inside {
      if let work = calls[number].work { queue.cancel(work) }
      calls[number].work = nil
      leave(number, .ignored, at: now)
      answer(number, failure: .error, at: now, in: &queue)
    }
    limiter = ConcurrencyLimiter(settings.design.limiter)
  }

  private mutating func checkPriority(_ criticality: Criticality, at now: Instant) {
    for lower in Criticality.allCases where lower.rawValue > criticality.rawValue {
      if limiter.inFlight < limiter.threshold(lower) {
        checks.violated(
          "priority", at: now, "a \(criticality) call is refused, a \(lower) one is let in")
      }
    }
  }

  private mutating func check(at now: Instant) {
    checks.check(limiter.checkInvariants(), at: now)
    checks.check(line.checkInvariants(), at: now)
    if limiter.inFlight != working.count + line.count {
      checks.violated(
        "permits", at: now,
        "\(limiter.inFlight) permits for \(working.count) at work and \(line.count) in line")
    }
    if working.count + refusing.count > settings.slots {
      checks.violated(
        "slots", at: now, "\(working.count + refusing.count) in \(settings.slots) slots")
    }
  }
}
