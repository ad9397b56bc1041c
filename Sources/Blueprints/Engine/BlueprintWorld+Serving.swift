import Kernel
import Patterns
import Simulation

/// An instance takes visits in, lets them wait, works on them, and lets them go.
extension BlueprintWorld {
  mutating func reach(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    let station = Int(visits[number].station)
    guard stations[station].isUp else {
      return turnAway(number, .refused, at: now, in: &queue)
    }
    stations[station].arrived += 1
    visits[number].began = now
    if visits[number].flags.contains(.bounded), visits[number].deadline <= now {
      meters.expired += 1
      stations[station].refused += 1
      return turnAway(number, .timedOut, at: now, in: &queue)
    }
    guard isLetIn(number, at: now) else {
      stations[station].refused += 1
      return turnAway(number, .throttled, at: now, in: &queue)
    }
    if stations[station].busy < stations[station].concurrency, !stations[station].isPaused {
      startWork(number, at: now, in: &queue)
    } else {
      join(station, number, at: now, in: &queue)
    }
  }

  private mutating func isLetIn(_ number: UInt32, at now: Instant) -> Bool {
    let component = Int(visits[number].component)
    guard parts[component].isLimited else { return true }
    return limits[component]?.acquire(at: now).isAdmitted ?? true
  }

  /// Nobody works on the visit; its caller is told on the way back.
  private mutating func turnAway(
    _ number: UInt32, _ failure: CallFailure, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let latency = transit(from: Int(visits[number].station), to: Int(visits[number].caller))
    else { return loseAnswer(number, at: now, in: &queue) }
    refuse(number, failure, at: now, after: latency, in: &queue)
  }

  mutating func startWork(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    let station = Int(visits[number].station)
    stations[station].settle(at: now)
    stations[station].busy += 1
    visits[number].state = .working
    visits[number].flags.insert(.holds)
    var work = ownWork[stations[station].component].sample(&works)
    if stations[station].slowdown != 1 { work = work * stations[station].slowdown }
    if now < stations[station].coldUntil {
      work = work * design.components[stations[station].component].coldFactor
    }
    stations[station].workTime += Double(work.nanoseconds)
    visits[number].began = now
    visits[number].work = queue.schedule(.worked(number), at: now + work)
  }

  mutating func workEnds(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    let station = Int(visits[number].station)
    visits[number].work = nil
    guard !stations[station].isPaused else {
      visits[number].state = .frozen
      return
    }
    let component = stations[station].component
    if hasTimedOut, isForNobody(number) {
      stations[station].wastedTime += Double((now - visits[number].began).nanoseconds)
      meters.wastedVisits += 1
    }
    if !parts[component].isHeld { release(number, at: now, in: &queue) }
    if fails(station, component) {
      return finish(number, succeeded: false, at: now, in: &queue)
    }
    switch parts[component].role {
    case .cache: lookUp(number, component, at: now, in: &queue)
    case .queue: takeIn(number, component, at: now, in: &queue)
    case .source, .server, .store, .worker:
      if visits[number].caller >= 0, calls[Int(visits[number].call)].isReplication {
        finish(number, succeeded: true, at: now, in: &queue)
      } else {
        advance(number, at: now, in: &queue)
      }
    }
  }

  private mutating func fails(_ station: Int, _ component: Int) -> Bool {
    let own = parts[component].errors
    let fault = stations[station].errorRate
    guard own > 0 || fault > 0 else { return false }
    return mishaps.unit() < own + fault - own * fault
  }

  /// Whether no caller on the way up waits for the visit any more.
  private func isForNobody(_ number: UInt32) -> Bool {
    var place = number
    while true {
      if visits[place].flags.contains(.settled) { return true }
      let parent = visits[place].parent
      if parent == Visit.none { return false }
      guard visits.isAlive(parent, visits[place].parentGeneration) else {
        // A copy of a write that arrives after the acknowledgement is what was asked for.
        let call = Int(visits[place].call)
        return !calls[call].isAsync && !calls[call].isReplication
      }
      place = parent
    }
  }

  /// Gives the place of a visit at its instance back; whoever is first in line gets it.
  mutating func release(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    guard visits[number].flags.contains(.holds) else { return }
    visits[number].flags.remove(.holds)
    let station = Int(visits[number].station)
    stations[station].settle(at: now)
    stations[station].busy -= 1
    callNext(station, at: now, in: &queue)
  }

  /// The work for a caller is over, for good or bad; the answer goes on its way.
  mutating func finish(
    _ number: UInt32, succeeded: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let station = Int(visits[number].station)
    guard station >= 0 else {
      leave(number, succeeded: succeeded, at: now)
      return dismiss(number, in: &queue)
    }
    release(number, at: now, in: &queue)
    if parts[stations[station].component].role == .cache {
      loadEnds(number, stations[station].component, succeeded: succeeded, at: now, in: &queue)
    }
    if succeeded {
      stations[station].completed += 1
      visits[number].flags.insert(.succeeded)
    } else {
      stations[station].failed += 1
      visits[number].flags.remove(.succeeded)
      visits[number].failure = .error
    }
    meters.span(visits[number], station: station, at: now)
    visits[number].state = .answering
    if parts[stations[station].component].role == .worker {
      workerEnds(number, succeeded: succeeded, at: now, in: &queue)
      return dismiss(number, in: &queue)
    }
    guard let latency = transit(from: station, to: Int(visits[number].caller)) else {
      return loseAnswer(number, at: now, in: &queue)
    }
    queue.schedule(.answered(number), at: now + latency)
  }

  /// The answer never arrives: the caller waits until its time is over.
  mutating func loseAnswer(
    _ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    visits[number].flags.insert(.lost)
    visits[number].state = .answering
    if visits[number].timer == nil {
      visits[number].timer = queue.schedule(.timedOut(number), at: now + Self.connectionLife)
    }
  }

  /// Forgets a visit for which nothing is scheduled any more but its timers.
  mutating func dismiss(_ number: UInt32, in queue: inout EventQueue<Event>) {
    if let timer = visits[number].timer { queue.cancel(timer) }
    if let hedging = visits[number].hedging { queue.cancel(hedging) }
    visits.free(number)
  }
}
