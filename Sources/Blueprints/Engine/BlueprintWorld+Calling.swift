import Kernel
import Patterns
import Simulation

/// A visit makes the calls of its component, step by step, each through its guards.
extension BlueprintWorld {
  /// Goes on to the next step that the request needs; ends the visit after the last.
  mutating func advance(_ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>) {
    let component = Int(visits[number].component)
    let count = parts[component].stepCount
    while true {
      visits[number].step += 1
      let step = Int(visits[number].step)
      guard step < count else { return finish(number, succeeded: true, at: now, in: &queue) }
      if makeCalls(of: step, component, for: number, at: now, in: &queue) { return }
    }
  }

  /// Makes the calls of a step; says whether the visit has to wait for any of them.
  private mutating func makeCalls(
    of step: Int, _ component: Int, for number: UInt32, at now: Instant,
    in queue: inout EventQueue<Event>
  ) -> Bool {
    visits[number].needed = 0
    visits[number].spare = 0
    visits[number].state = .waiting
    let run = steps[parts[component].firstStep + step]
    for place in run.first..<run.first + run.count {
      let call = stepCalls[place]
      guard isNeeded(call, by: number) else { continue }
      if !calls[call].isAsync {
        visits[number].needed += UInt16(calls[call].need)
        visits[number].spare += UInt16(calls[call].copies - calls[call].need)
      }
      for copy in 0..<calls[call].copies {
        let child = makeVisit(call, for: number, isAsync: calls[call].isAsync, at: now)
        launch(child, copy: copy, at: now, in: &queue)
      }
    }
    return visits[number].needed > 0
  }

  @inline(__always) private mutating func isNeeded(_ call: Int, by number: UInt32) -> Bool {
    guard calls[call].operations & (1 << UInt64(visits[number].operation)) != 0 else {
      return false
    }
    if calls[call].isAfterMiss, !visits[number].flags.contains(.missed) { return false }
    return calls[call].share >= 1 || choices.unit() < calls[call].share
  }

  private mutating func makeVisit(
    _ call: Int, for parent: UInt32, isAsync: Bool, at now: Instant
  ) -> UInt32 {
    let child = visits.add()
    visits[child].call = UInt16(call)
    visits[child].component = UInt16(calls[call].target)
    visits[child].key = visits[parent].key
    visits[child].operation = visits[parent].operation
    visits[child].flags = visits[parent].flags.intersection([.sampled, .measured])
    if calls[call].passesDeadline { visits[child].deadline = visits[parent].deadline }
    // A caller that does not wait is no parent, but its place still decides where the call starts.
    visits[child].parent = parent
    visits[child].parentGeneration = visits[parent].generation &- (isAsync ? 1 : 0)
    visits[child].parentStep = visits[parent].step
    visits[child].caller = visits[parent].station
    if calls[call].hasRetries { startSequence(child, call) }
    return child
  }

  private mutating func startSequence(_ child: UInt32, _ call: Int) {
    while sequences.count <= Int(child) { sequences.append(RetrySequence()) }
    sequences[Int(child)] = RetrySequence(deadline: visits[child].deadline)
  }

  /// The place of the caller among those of the call.
  @inline(__always) func callerPlace(_ number: UInt32) -> Int {
    let station = Int(visits[number].caller)
    return calls[Int(visits[number].call)].firstCaller + (station < 0 ? 0 : stations[station].local)
  }

  /// Sends a visit off, unless a guard of the caller refuses.
  mutating func launch(
    _ number: UInt32, copy: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let call = Int(visits[number].call)
    visits[number].sent = now
    visits[number].state = .travelling
    if calls[call].hasRetries {
      budgets[call].attemptStarted(visits[number].attempt > 1 ? .retry : .first, at: now)
    }
    meters.calls[call].attempts += 1
    if visits[number].attempt > 1 { meters.calls[call].retries += 1 }
    guard passesGuards(number, call, at: now), let station = choose(number, call, copy, at: now)
    else { return refuse(number, .refused, at: now, after: .zero, in: &queue) }
    visits[number].station = Int32(station)
    balancers[call].started(
      callerPlace(number) - calls[call].firstCaller,
      station - parts[Int(visits[number].component)].firstStation, at: now)
    visits[number].flags.insert(.counted)
    inProgress[callerPlace(number)] += 1
    if let wait = patience(of: number, call, at: now) {
      visits[number].timer = queue.schedule(.timedOut(number), at: now + wait)
      if calls[call].passesDeadline {
        visits[number].flags.insert(.bounded)
        visits[number].deadline = now + wait
      }
    }
    if let wait = calls[call].hedgeAfter, !visits[number].flags.contains(.hedge) {
      visits[number].hedging = queue.schedule(.hedge(number), at: now + wait)
    }
    guard let latency = transit(from: Int(visits[number].caller), to: station) else {
      visits[number].flags.insert(.lost)
      if visits[number].timer == nil {
        visits[number].timer = queue.schedule(.timedOut(number), at: now + Self.connectionLife)
      }
      return
    }
    queue.schedule(.arrives(number), at: now + latency)
  }

  /// How long a connection without a time limit hangs when nothing comes back any more: TCP gives a
  /// silent peer up after some minutes; two are taken.
  static var connectionLife: TimeSpan { .minutes(2) }

  private func patience(of number: UInt32, _ call: Int, at now: Instant) -> TimeSpan? {
    let own = calls[call].timeout
    guard calls[call].passesDeadline, visits[number].deadline < .distantFuture else {
      return own
    }
    let left = visits[number].deadline - now
    return min(own ?? left, max(left, .zero))
  }

  private mutating func passesGuards(_ number: UInt32, _ call: Int, at now: Instant) -> Bool {
    let place = callerPlace(number)
    if inProgress[place] >= calls[call].bulkhead {
      meters.calls[call].bulkheadRefusals += 1
      return false
    }
    let breaker = Int(breakerPlaces[place])
    guard breaker >= 0 else { return true }
    let phase = breakers[breaker].phase
    switch breakers[breaker].tryAcquire(at: now) {
    case .permitted(let permit):
      visits[number].permit = permit
      tellBreaker(call, from: phase, to: breakers[breaker].phase, at: now)
      return true
    case .rejected:
      meters.calls[call].breakerRefusals += 1
      return false
    }
  }

  /// The instance that takes the call; nil when none can.
  private mutating func choose(
    _ number: UInt32, _ call: Int, _ copy: Int, at now: Instant
  ) -> Int? {
    let target = Int(visits[number].component)
    if calls[call].isReplication { return replica(copy, besides: Int(visits[number].caller)) }
    if calls[call].isStore {
      return pickCopy(
        of: target, copy, visits[number].key, isWrite: writes[Int(visits[number].operation)])
    }
    let station = Int(visits[number].caller)
    let first = parts[target].firstStation
    let tried = Int(visits[number].tried)
    let excluded = tried < 0 ? -1 : tried - first
    let zone = station < 0 ? nil : stations[station].zone
    let (key, caller) = (visits[number].key, callerPlace(number) - calls[call].firstCaller)
    var random = picks
    let chosen = balancers[call].pick(
      key: key, caller: caller, zone: zone, excluding: excluded, at: now, using: &random)
    picks = random
    return chosen.map { first + $0 }
  }

  /// The instance of a store that takes a call: the primary of the key's shard, or any copy of it.
  private mutating func pickCopy(
    of component: Int, _ copy: Int, _ key: UInt64, isWrite: Bool
  ) -> Int? {
    guard let shard = stores[component]?.shard(of: key, plus: copy) else { return nil }
    let count = parts[component].perShard
    let first = parts[component].firstStation + shard * count
    if isWrite || stores[component]?.design.reads == .primary {
      return stores[component]?.primaries[shard].map { first + $0 }
    }
    guard count > 1 else { return stations[first].isActive ? first : nil }
    // A copy that is known to be down is passed over: the next one takes its calls.
    var place = picks.below(count)
    for _ in 0..<count {
      if stations[first + place].isActive, !stations[first + place].isNoticedDown {
        return first + place
      }
      place = place + 1 == count ? 0 : place + 1
    }
    return nil
  }

  /// The copy of a shard that is number `copy` of those besides the primary.
  private func replica(_ copy: Int, besides primary: Int) -> Int? {
    let part = parts[stations[primary].component]
    let first = part.firstStation + stations[primary].shard * part.perShard
    let station = first + copy
    let chosen = station >= primary ? station + 1 : station
    return chosen < first + part.perShard ? chosen : nil
  }

  /// The caller learns that its call came to nothing, without anybody having worked on it.
  mutating func refuse(
    _ number: UInt32, _ failure: CallFailure, at now: Instant, after wait: TimeSpan,
    in queue: inout EventQueue<Event>
  ) {
    visits[number].failure = failure
    visits[number].flags.remove(.succeeded)
    visits[number].state = .answering
    queue.schedule(.answered(number), at: now + wait)
  }
}
