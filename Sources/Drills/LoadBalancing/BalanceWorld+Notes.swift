import Kernel
import Patterns
import Simulation

/// What is written into the trace: the steps that lead to harm, the first of each kind.
extension BalanceWorld {
  private func name(_ host: Int) -> String { environment.roster.names[host] }

  private func frontName(_ front: Int) -> String {
    environment.roster.name(node(ofFront: front))
  }

  /// Why a host is in trouble, as far as it is known.
  private func cause(at host: Int) -> Trace.ID? {
    watch.drawn[host] ?? watch.lines[host] ?? blame(host) ?? watch.lastFault
  }

  private func blame(_ host: Int) -> Trace.ID? {
    environment.active.last { $0.fault.node == NodeID(host) || $0.fault.node == nil }?.event
  }

  /// A host's line became long.
  mutating func noteLine(_ host: Int, at now: Instant) {
    let length = instances[host].line.count
    guard length >= settings.slots * 8, watch.lines[host] == nil else { return }
    let step = tally.current
    let all = step.sent.reduce(0, +)
    var story = "\(length) requests wait for \(settings.slots) slots"
    if all > 0 {
      let share = Unit.fraction.text(Double(step.sent[host]) / Double(all))
      story += "; \(share) of the tries of this half second went here"
    }
    if let least = watch.least, settings.reportEvery != nil, least.host == host {
      story += "; in the last report it had the least load, \(least.load)"
    }
    watch.lines[host] = environment.trace.record(
      at: now, name(host), "line-grows", story, weight: .harm,
      cause: watch.drawn[host] ?? otherOut(than: host) ?? blame(host) ?? watch.lastFault
        ?? watch.join)
  }

  /// The last host that is out and sends its load to the others.
  private func otherOut(than host: Int) -> Trace.ID? {
    watch.out.indices.filter { $0 != host }.compactMap { watch.out[$0] }.max()
  }

  /// A try failed.
  mutating func noteTrouble(
    _ ending: NextUpstream.Ending, of call: UpstreamCall, at now: Instant
  ) {
    if watch.trouble[call.host] == nil {
      let what =
        switch ending {
        case .refused: "refuses the connection"
        case .closed: "breaks the connection under a request"
        case .timedOut: "does not answer within \(settings.timeout)"
        case .status(let status): "answers \(status) after \(now - call.sentAt)"
        }
      watch.trouble[call.host] = environment.trace.record(
        at: now, name(call.host), "try-failed", what, cause: cause(at: call.host))
    }
    requests[call.request].trouble = watch.trouble[call.host]
  }

  /// A request failed.
  mutating func noteFailure(_ how: String, cause: Trace.ID?, at now: Instant) {
    watch.lastFailure = now
    guard watch.failed == nil else { return }
    watch.failed = environment.trace.record(
      at: now, "clients", "request-failed", how, weight: .harm, cause: cause)
  }

  /// A balancer found no host for a request.
  mutating func noteNobody(_ front: Int, at now: Instant) {
    guard watch.nobody == nil else { return }
    watch.nobody = environment.trace.record(
      at: now, frontName(front), "no-host", "every host is out or full", weight: .harm,
      cause: watch.out.compactMap { $0 }.max() ?? watch.lastFault)
  }

  mutating func noteTakenOut(_ host: Int, by front: Int, at now: Instant) {
    tally.ejections += 1
    watch.out[host] = environment.trace.record(
      at: now, name(host), "taken-out",
      "\(frontName(front)) takes it out for \(settings.balancer.failTimeout) after "
        + (settings.balancer.maxFails == 1
          ? "1 failed try" : "\(settings.balancer.maxFails) failed tries"),
      cause: watch.trouble[host] ?? watch.lastFault)
  }

  mutating func noteEjected(
    _ host: Int, by front: Int, _ kind: String, _ span: TimeSpan, at now: Instant
  ) {
    watch.out[host] = environment.trace.record(
      at: now, name(host), "ejected", "\(frontName(front)) ejects it for \(span): \(kind)",
      cause: watch.trouble[host] ?? watch.lastFault)
    notePanic(front, at: now)
  }

  mutating func noteReturned(_ host: Int, by front: Int, at now: Instant) {
    environment.trace.record(
      at: now, name(host), "returned", "\(frontName(front)) lets it back", cause: watch.out[host])
    watch.out[host] = nil
  }

  /// Checks took a host out or brought it back.
  mutating func noteTurn(_ host: Int, by front: Int, after span: TimeSpan, at now: Instant) {
    guard !fronts[front].checks[host].isUp else {
      environment.trace.record(
        at: now, name(host), "up", "\(frontName(front)): \(settings.rise) good checks in a row",
        cause: watch.out[host])
      watch.out[host] = nil
      return
    }
    let length = instances[host].line.count
    let isRunning = environment.processes.runs(NodeID(host))
    watch.out[host] = environment.trace.record(
      at: now, name(host), "down",
      "\(frontName(front)): a check fails after \(span)"
        + (isRunning ? "; the process runs, with \(length) in line" : ""),
      cause: isRunning ? cause(at: host) ?? otherOut(than: host) : blame(host) ?? watch.lastFault)
    notePanic(front, at: now)
  }

  private mutating func notePanic(_ front: Int, at now: Instant) {
    guard fronts[front].balancer.isPanicking, watch.panic == nil else { return }
    watch.panic = environment.trace.record(
      at: now, frontName(front), "panic",
      "\(fronts[front].balancer.healthyCount) of \(fronts[front].count) hosts are healthy, fewer "
        + "than \(settings.balancer.panicPercent) %: health is ignored",
      cause: watch.out.compactMap { $0 }.max())
  }

  mutating func noteLostSession(_ client: Int32, at host: Int, _ now: Instant) {
    guard watch.lostSession == nil else { return }
    let home = name(Int(homes[Int(client)]))
    watch.lostSession = environment.trace.record(
      at: now, name(host), "session-lost",
      "client \(client + 1) comes here, its session is in the memory of \(home)", weight: .harm,
      cause: blame(Int(homes[Int(client)])) ?? watch.lastFault ?? watch.join)
  }

  mutating func noteDoubled(_ host: Int, at now: Instant) {
    guard watch.doubled == nil else { return }
    watch.doubled = environment.trace.record(
      at: now, name(host), "write-doubled", "a write is carried out a second time", weight: .harm,
      cause: watch.trouble.compactMap { $0 }.max() ?? watch.lastFault)
  }
}
