import Kernel
import Patterns
import Simulation

/// Probes, faults, and what is looked at every step.
extension SidecarWorld {
  /// What the readiness probe says of a pod.
  func isHealthy(_ pod: Int) -> Bool {
    let isApplicationWell =
      pods[pod].life.applicationTakesNew && !environment.processes.isDown(NodeID(pod))
    return switch settings.probe {
    case .application: isApplicationWell
    // The kubelet shows no certificate: what it sends is plaintext like anybody's.
    case .through:
      isApplicationWell && isSidecarUp(pod)
        && pods[pod].proxy.inbound.verdict(on: nil) == .accepted
    case .both: isApplicationWell && isSidecarUp(pod)
    }
  }

  /// Each pod is asked for its health.
  mutating func probe(at now: Instant, in queue: inout EventQueue<Event>) {
    for pod in pods.indices {
      if isHealthy(pod) {
        let isNews = !pods[pod].isListed || replacing == pod
        if isNews, pods[pod].stopAskedAt == nil, pods[pod].life.application == .ready {
          becomesReady(pod, at: now, in: &queue)
        }
      } else if pods[pod].isListed {
        tally.probesFailed += 1
        if pods[pod].life.application == .ready {
          note("unready", pod, "its readiness probe fails, and it is taken from the list", at: now)
        }
        let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
        queue.schedule(.unlist(Int32(pod), epoch), after: settings.endpoints)
      }
    }
    queue.schedule(.probe, after: .seconds(2))
  }

  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      lastFault = applied.event
      for change in applied.changes {
        switch change {
        case .crashed(let node): crashed(node, at: now, in: &queue)
        case .started(let node): startedAgain(node, at: now, in: &queue)
        case .resumed(let node):
          if node == controlNode { queue.schedule(.controlWakes, at: now) }
        case .paused, .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged,
          .errorsChanged:
          break
        }
      }
    }
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  private mutating func crashed(
    _ node: NodeID, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if node.index < pods.count { return restart(node.index, at: now, in: &queue) }
    guard let pod = pods.indices.first(where: { sidecarNode($0) == node }) else { return }
    sidecarIsGone(pod, at: now)
    live(.sidecarDied, pod, at: now, in: &queue)
  }

  private mutating func startedAgain(
    _ node: NodeID, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if node == controlNode { return _ = queue.schedule(.controlWakes, at: now) }
    if node.index < pods.count {
      pods[node.index].stopAskedAt = nil
      return live(.started, node.index, at: now, in: &queue)
    }
    guard let pod = pods.indices.first(where: { sidecarNode($0) == node }) else { return }
    live(.wake(.sidecarBackoff, life: pods[pod].life.life), pod, at: now, in: &queue)
  }

  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let ready = pods.indices.count { isSidecarUp($0) && pods[$0].life.application == .ready }
    tally.close(
      at: now, ready: ready,
      out: pods.reduce(0) { $0 + ($1.proxy.outbound?.outCount ?? 0) },
      buffered: pods.reduce(0) { $0 + $1.adapter.buffered })
    if ledgerConnections > settings.ledgerLimit {
      broke("connections", "\(ledgerConnections) are open", at: now)
    }
    for pod in pods.indices {
      let pool = pods[pod].pool?.size ?? pods[pod].connections
      if pods[pod].connections > 0, pods[pod].usingConnections > pool {
        broke("connections", "\(name(pod)) uses more than it has", at: now)
      }
      if let asked = pods[pod].stopAskedAt, now - asked > settings.pod.gracePeriod {
        broke("grace", "\(name(pod)) still runs \(now - asked) later", at: now)
      }
    }
    let step = tally.lastStep(before: now)
    if step.requests > 0, step.good * 4 < step.requests * 3 {
      note(
        "not-served", 0, "\(step.good) of \(step.requests) requests are answered well", at: now)
    }
    if now + SidecarTally.step <= .zero + settings.duration {
      queue.schedule(.watch, after: SidecarTally.step)
    }
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    if tally.requests != tally.endedCount + requests.count {
      broke("conservation", "\(tally.requests) requests, \(tally.endedCount) ended", at: end)
    }
    for pod in pods { tally.retire(pod.adapter, isEnd: true) }
    return Outcome(
      measurements: tally.measurements, series: tally.series, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }
}
