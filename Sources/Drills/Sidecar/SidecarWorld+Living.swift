import Kernel
import Patterns
import Simulation

/// What starts, stops and dies.
extension SidecarWorld {
  /// Gives a pod's life an input and carries out what follows.
  mutating func live(
    _ input: PodLifecycle.Input, _ pod: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let outputs = pods[pod].life.step(input, at: now)
    if let violation = pods[pod].life.checkInvariants() {
      checks.violated("order", at: now, "\(name(pod)): \(violation.witness)")
    }
    if input == .sidecarUp { connect(pod, isAmbassador: true) }
    if input == .sidecarGone { disconnect(pod, isAmbassador: true) }
    if input == .applicationGone { disconnect(pod, isAmbassador: false) }
    let me = Int32(pod)
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    for output in outputs {
      switch output {
      case .startSidecar: queue.schedule(.sidecarUp(me, epoch), after: settings.sidecarStart)
      case .startApplication:
        queue.schedule(.applicationUp(me, epoch), after: settings.appStart)
      case .retryAfter(let span):
        tally.deaths += 1
        note(
          "died", pod, "its first call finds no sidecar: it dies, and starts again in \(span)",
          at: now)
        queue.schedule(.backoffOver(me, epoch), after: span)
      case .stopApplication(let linger):
        pods[pod].takesUntil = now + linger
        queue.schedule(.lingerOver(me, epoch), after: linger)
      case .stopSidecar(let drain): queue.schedule(.sidecarGone(me, epoch), after: drain)
      case .ready:
        connect(pod, isAmbassador: false)
        pods[pod].isListed = true
        if replacing == pod {
          replacing = nil
          if pod + 1 < pods.count { queue.schedule(.replace(me + 1), after: .seconds(1)) }
        }
      case .gone: restart(pod, at: now, in: &queue)
      }
    }
  }

  /// The next pod of a rollout is told to stop.
  mutating func replace(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    replacing = pod
    if told["stopping"] == nil {
      told["stopping"] = environment.trace.record(
        at: now, name(pod), "stopping", "it is told to stop, to be replaced", weight: .fault)
    }
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    queue.schedule(.unlist(Int32(pod), epoch), after: settings.endpoints)
    queue.schedule(.graceOver(Int32(pod), epoch), after: settings.pod.gracePeriod)
    live(.stopAsked, pod, at: now, in: &queue)
  }

  /// A pod ends when it takes nothing more and has nothing left.
  mutating func endIfIdle(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].life.application == .stopping, now >= pods[pod].takesUntil,
      pods[pod].working == 0
    else { return }
    live(.applicationGone, pod, at: now, in: &queue)
  }

  /// Everything begins anew in a pod; what it still worked on is lost.
  private mutating func restart(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    disconnect(pod, isAmbassador: true)
    disconnect(pod, isAmbassador: false)
    tally.retire(pods[pod].adapter)
    let stranded = pods[pod].blocked + (pods[pod].pool?.line ?? [])
    let epoch = pods[pod].epoch + 1
    pods[pod] = SidecarPod(settings)
    pods[pod].epoch = epoch
    pods[pod].isListed = false
    for number in stranded { end(number, .died, at: now, in: &queue) }
    guard !environment.processes.isDown(NodeID(pod)) else { return }
    live(.started, pod, at: now, in: &queue)
  }

  /// Opens the connections of an application or of an ambassador, as many as the database gives.
  mutating func connect(_ pod: Int, isAmbassador: Bool) {
    guard isAmbassador == settings.hasAmbassador, pods[pod].connections == 0 else { return }
    let wanted = isAmbassador ? settings.poolSize : settings.workers
    let given = max(0, min(wanted, settings.databaseLimit - databaseConnections))
    pods[pod].connections = given
    databaseConnections += given
    tally.connectionsPeak = max(tally.connectionsPeak, databaseConnections)
    if isAmbassador, given > 0 {
      pods[pod].pool = AmbassadorPool(size: given, places: 1_000, shortcut: settings.shortcut)
    }
  }

  private mutating func disconnect(_ pod: Int, isAmbassador: Bool) {
    guard isAmbassador == settings.hasAmbassador else { return }
    databaseConnections -= pods[pod].connections
    pods[pod].connections = 0
  }

  /// Each pod is asked for its health, past its sidecar or through it.
  mutating func probe(at now: Instant, in queue: inout EventQueue<Event>) {
    for pod in pods.indices {
      let isUp = pods[pod].life.application == .ready && !environment.processes.isDown(NodeID(pod))
      let isHealthy = isUp && (!settings.probesSidecar || isSidecarUp(pod))
      if isHealthy {
        pods[pod].isListed = true
      } else if pods[pod].isListed {
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
        case .crashed(let node) where node.index < pods.count:
          restart(node.index, at: now, in: &queue)
        case .started(let node) where node.index < pods.count:
          live(.started, node.index, at: now, in: &queue)
        default: break
        }
      }
    }
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let ready = pods.indices.count { isSidecarUp($0) && pods[$0].life.application == .ready }
    tally.close(at: now, ready: ready)
    if databaseConnections > settings.databaseLimit {
      checks.violated("connections", at: now, "\(databaseConnections) are open")
    }
    for pod in pods.indices where pods[pod].usingConnections > max(1, pods[pod].connections) {
      if pods[pod].connections > 0 {
        checks.violated("connections", at: now, "\(name(pod)) uses more than it has")
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
      checks.violated(
        "conservation", at: end, "\(tally.requests) requests, \(tally.endedCount) ended")
    }
    for pod in pods { tally.retire(pod.adapter, isEnd: true) }
    return Outcome(
      measurements: tally.measurements, series: tally.series, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }
}
