import Kernel
import Patterns
import Simulation

/// What becomes of a request in its pod: work, a call out through the sidecar, a line of the log.
extension SidecarWorld {
  private func isAlive(_ request: SidecarRequest) -> Bool {
    pods[request.pod].epoch == request.epoch && !environment.processes.isDown(NodeID(request.pod))
  }

  /// The application's work is done: now the database, through the sidecar.
  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    let pod = request.pod
    guard isAlive(request) else { return end(number, .died, at: now, in: &queue) }
    guard isSidecarUp(pod) else {
      note("cut-off", pod, "its sidecar is gone, and it still has requests", at: now)
      return end(number, .cutOff, at: now, in: &queue)
    }
    guard settings.hasAmbassador else {
      guard pods[pod].usingConnections < pods[pod].connections else {
        note("no-connection", pod, "the database gives it no connection", at: now)
        return end(number, .noConnection, at: now, in: &queue)
      }
      return call(number, at: now, in: &queue)
    }
    switch pods[pod].pool?.ask(number) {
    case .given?: call(number, at: now, in: &queue)
    case .waits?:
      tally.waits += 1
      requests[number].isWaiting = true
      requests[number].timer = queue.schedule(.waitIsOver(Int32(number)), after: .seconds(1))
    case .refused?, nil:
      note("no-connection", pod, "its ambassador has no connection", at: now)
      end(number, .noConnection, at: now, in: &queue)
    }
  }

  private mutating func call(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let pod = requests[number].pod
    pods[pod].usingConnections += 1
    let slowdown = environment.processes.slowdown(databaseNode)
    queue.schedule(.callEnds(Int32(number)), after: TimeSpan.milliseconds(10) * slowdown)
  }

  mutating func waitIsOver(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    requests[number].timer = nil
    if pods[request.pod].epoch == request.epoch {
      if request.isWaiting {
        _ = pods[request.pod].pool?.leave(number)
      } else {
        pods[request.pod].blocked.removeAll { $0 == number }
      }
    }
    let isPool = request.isWaiting
    end(number, isPool ? .noConnection : .blocked, at: now, in: &queue)
  }

  /// The database has answered, or not.
  mutating func callEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let request = requests[number]
    let pod = request.pod
    guard pods[pod].epoch == request.epoch else { return end(number, .died, at: now, in: &queue) }
    let isGood =
      !environment.processes.isDown(databaseNode)
      && !tally.fails(environment.errorRate(databaseNode))
    pods[pod].usingConnections -= 1
    if settings.hasAmbassador, let next = pods[pod].pool?.giveBack(isGood: isGood) {
      requests[next].isWaiting = false
      if let timer = requests[next].timer { queue.cancel(timer) }
      requests[next].timer = nil
      call(next, at: now, in: &queue)
    }
    guard isAlive(request), isGood else {
      return end(number, .failed, at: now, in: &queue)
    }
    write(number, at: now, in: &queue)
  }

  private mutating func write(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let pod = requests[number].pod
    switch pods[pod].adapter.write() {
    case .kept:
      startShipping(pod, in: &queue)
      end(number, .good, at: now, in: &queue)
    case .lost:
      note("lines-lost", pod, "its adapter is full, and a line is lost", weight: .change, at: now)
      end(number, .good, at: now, in: &queue)
    case .blocked:
      note("blocked", pod, "its adapter is full, and the application waits", at: now)
      pods[pod].blocked.append(number)
      requests[number].timer = queue.schedule(.waitIsOver(Int32(number)), after: .seconds(5))
    }
    if let complaint = pods[pod].adapter.checkLines() {
      checks.violated("lines", at: now, "\(name(pod)): \(complaint)")
    }
  }

  private mutating func startShipping(_ pod: Int, in queue: inout EventQueue<Event>) {
    guard !pods[pod].isShipping else { return }
    pods[pod].isShipping = true
    queue.schedule(
      .ship(Int32(pod), Int32(truncatingIfNeeded: pods[pod].epoch)), after: .milliseconds(2))
  }

  /// The adapter sends a line, or finds the store gone and tries again.
  mutating func ship(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    guard !environment.processes.isDown(storeNode), !environment.processes.isPaused(storeNode),
      isSidecarUp(pod)
    else {
      return _ = queue.schedule(.ship(Int32(pod), epoch), after: .milliseconds(500))
    }
    pods[pod].adapter.ship()
    if !pods[pod].blocked.isEmpty {
      let next = pods[pod].blocked.removeFirst()
      if let timer = requests[next].timer { queue.cancel(timer) }
      requests[next].timer = nil
      write(next, at: now, in: &queue)
    }
    guard pods[pod].adapter.buffered > 0 else { return pods[pod].isShipping = false }
    let slowdown = environment.processes.slowdown(storeNode)
    queue.schedule(.ship(Int32(pod), epoch), after: TimeSpan.milliseconds(2) * slowdown)
  }

  /// The client has its answer.
  mutating func end(
    _ number: Int, _ how: SidecarTally.End, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let request = requests[number]
    if let timer = request.timer { queue.cancel(timer) }
    requests.remove(number)
    tally.ended(since: request.arrivedAt, how, at: now)
    guard pods[request.pod].epoch == request.epoch else { return }
    pods[request.pod].working -= 1
    endIfIdle(request.pod, at: now, in: &queue)
  }
}
