import Kernel
import Patterns
import Simulation

/// How requests get to their dependency, and what holds which thread.
extension BulkheadWorld {
  /// The bulkhead of a dependency; all have the first one when somebody gave them one name.
  private func bulkhead(_ dependency: Int) -> Int {
    settings.shortcut == .sharesOne ? 0 : dependency
  }

  /// A request on its thread wants its dependency.
  mutating func ask(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let dependency = requests[number].route
    let place = bulkhead(dependency)
    switch bulkheads[place] {
    case .none: send(number, to: dependency, at: now, in: &queue)
    case .semaphore(var semaphore):
      let decision = semaphore.acquire(number, at: now)
      bulkheads[place] = .semaphore(semaphore)
      switch decision {
      case .permitted: send(number, to: dependency, at: now, in: &queue)
      case .waits(let until):
        requests[number].wait = queue.schedule(.waitEnds(Int32(number)), at: until)
      case .refused: refuse(number, at: now, in: &queue)
      }
    case .pool:
      let decision = pools[place]?.submit(number, at: now) ?? .refused
      guard decision != .refused else { return refuse(number, at: now, in: &queue) }
      requests[number].holders += 1
      requests[number].wait = queue.schedule(
        .waitEnds(Int32(number)), after: settings.timeout)
      if decision == .runs { send(number, to: dependency, at: now, in: &queue) }
    }
  }

  private mutating func refuse(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    counts.refused[requests[number].route] += 1
    noteRefusal(requests[number].route, at: now)
    finish(number, isGood: false, at: now, in: &queue)
  }

  /// A request has what it can get; its thread is free.
  private mutating func finish(
    _ number: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let route = requests[number].route
    let isDegraded = !isGood && settings.hasFallback && route == BulkheadSettings.optional
    if isDegraded, !requests[number].isSettled { counts.degraded += 1 }
    reply(number, isGood: isGood || isDegraded, at: now, in: &queue)
    leaveThread(number, at: now, in: &queue)
  }

  /// The wait for a permit or for a pool is over.
  mutating func waitEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    requests[number].wait = nil
    let place = bulkhead(requests[number].route)
    switch bulkheads[place] {
    case .none: break
    case .semaphore(var semaphore):
      _ = semaphore.leave(number)
      bulkheads[place] = .semaphore(semaphore)
      counts.refused[requests[number].route] += 1
    case .pool:
      // A call that has not begun is taken back; one under way goes on in the pool.
      if pools[place]?.leave(number) == true { drop(number) }
      counts.abandoned += 1
      noteAbandoned(requests[number].route, at: now)
    }
    finish(number, isGood: false, at: now, in: &queue)
  }

  /// A thread, the request's own or one of a pool, calls the dependency.
  private mutating func send(
    _ number: Int, to dependency: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let call = calls.add(BulkheadCall(request: number, dependency: dependency, sentAt: now))
    underWay[dependency] += 1
    counts.mostUnderWay[dependency] = max(counts.mostUnderWay[dependency], underWay[dependency])
    calls[call].timer = queue.schedule(
      .socketTimesOut(Int32(call)), after: settings.socketTimeout)
    if let arrival = transmit(from: Self.api, to: NodeID(dependency + 1), at: now) {
      queue.schedule(.callArrives(Int32(call)), at: arrival)
    } else {
      release(call)
    }
  }

  mutating func answerArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let call = calls[number]
    defer { release(number) }
    guard !call.isSettled else { return }
    if let timer = call.timer { queue.cancel(timer) }
    settle(number, isGood: !call.isFailed, isLate: false, at: now, in: &queue)
  }

  mutating func socketTimesOut(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    counts.socketTimeouts += 1
    settle(number, isGood: false, isLate: true, at: now, in: &queue)
  }

  /// The thread that made a call goes on.
  private mutating func settle(
    _ number: Int, isGood: Bool, isLate: Bool, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    calls[number].isSettled = true
    let call = calls[number]
    underWay[call.dependency] -= 1
    release(number)
    let place = bulkhead(call.dependency)
    switch bulkheads[place] {
    case .none: finish(call.request, isGood: isGood, at: now, in: &queue)
    case .semaphore(var semaphore):
      let keeps = isLate && settings.shortcut == .keepsPermitOnTimeout
      let next = keeps ? nil : semaphore.release()
      bulkheads[place] = .semaphore(semaphore)
      if let next {
        if let wait = requests[next].wait { queue.cancel(wait) }
        requests[next].wait = nil
        send(next, to: requests[next].route, at: now, in: &queue)
      }
      finish(call.request, isGood: isGood, at: now, in: &queue)
    case .pool:
      if let next = pools[place]?.finished(at: now) {
        send(next, to: requests[next].route, at: now, in: &queue)
      }
      if requests[call.request].isOnThread {
        finish(call.request, isGood: isGood, at: now, in: &queue)
      }
      drop(call.request)
    }
    check(at: now)
  }

  /// Lets one party of a call go; the last one frees its number.
  mutating func release(_ call: Int) {
    calls[call].holders -= 1
    if calls[call].holders == 0 { calls.remove(call) }
  }

  mutating func check(at now: Instant) {
    if onThreads > settings.threads || onThreads < 0 {
      checks.violated("threads", at: now, "\(onThreads) of \(settings.threads) threads")
    }
    var expected = underWay
    if settings.shortcut == .sharesOne { expected = [underWay.reduce(0, +), 0, 0] }
    for (place, bulkhead) in bulkheads.enumerated() {
      if case .semaphore(let semaphore) = bulkhead {
        checks.check(semaphore.checkInvariants(), at: now)
        if semaphore.inUse != expected[place] {
          checks.violated(
            "permits", at: now,
            "\(semaphore.inUse) permits are out for \(expected[place]) calls under way")
        }
      }
      if let pool = pools[place] { checks.check(pool.checkInvariants(), at: now) }
    }
  }
}
