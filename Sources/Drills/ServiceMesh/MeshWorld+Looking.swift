import Kernel
import Patterns
import Simulation

/// What is looked at every step: whether clients are served.
extension MeshWorld {
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let waiting = nodes.reduce(0) { $0 + $1.line.count }
    let out = nodes.reduce(0) { $0 + ($1.proxy.outbound?.outCount ?? 0) }
    tally.close(at: now, waiting: waiting, out: out)
    let step = tally.lastStep(before: now)
    noteStorm(step, at: now)
    noteCollapse(step, at: now)
    if now + tally.step <= .zero + settings.duration { queue.schedule(.watch, after: tally.step) }
  }

  private mutating func noteStorm(_ step: MeshTally.Step, at now: Instant) {
    guard watch[.storm] == nil, step.requests > 0, step.calls >= step.requests * 2 else { return }
    let factor = Unit.ratio.text(Double(step.calls) / Double(step.requests))
    watch[.storm] = environment.trace.record(
      at: now, "stock", "retry-storm", "\(factor) calls come for each request of a client",
      weight: .harm, cause: watch.first(.failed, .refused, .timedOut) ?? watch.lastFault)
  }

  private mutating func noteCollapse(_ step: MeshTally.Step, at now: Instant) {
    guard step.requests > 0 else { return }
    if step.good * 2 < step.requests, watch[.collapse] == nil {
      let isOver = environment.active.isEmpty && tally.hasFaulted
      watch[.collapse] = environment.trace.record(
        at: now, "client", "not-served",
        "\(step.good) of \(step.requests) requests are answered well"
          + (isOver ? ", although no fault is in force" : ""),
        weight: .harm,
        cause: watch.first(
          .handshake, .noRoute, .noHost, .denied, .storm, .full, .overflow, .failed, .timedOut)
          ?? watch.lastFault)
    }
    guard watch.isCalm(good: step.good, of: step.requests), environment.active.isEmpty else {
      return
    }
    if let cause = watch.first(
      .collapse, .handshake, .noRoute, .noHost, .timedOut, .failed, .refused)
    {
      environment.trace.record(
        at: now, "client", "served-again", "requests are answered well again",
        weight: .recovery, cause: cause)
      watch.end()
    }
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let ended = tally.clients.reduce(0) { $0 + $1.good + $1.failed }
    let begun = tally.clients.reduce(0) { $0 + $1.requests }
    let open = openRequests
    if begun != ended + open {
      checks.violated(
        "conservation", at: end, "\(begun) requests, \(ended) ended and \(open) under way")
    }
    if let since = rollout.pendingSince { tally.lag = max(tally.lag, end - since) }
    if settings.change == .rotateRoot {
      tally.oldRoots = nodes.count { node in
        node.proxy.hasSidecar
          && (node.proxy.inbound.trusted.contains(1) || node.proxy.agent.certificate?.root == 1)
      }
    }
    return Outcome(
      measurements: tally.measurements(goodAfter: tally.successAfter), series: tally.series,
      verdicts: checks.verdicts, trace: environment.trace, duration: settings.duration)
  }
}
