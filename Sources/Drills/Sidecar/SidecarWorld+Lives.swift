import Kernel
import Patterns
import Simulation

/// What starts, stops and dies.
extension SidecarWorld {
  /// A timer of a pod's life, unless its container cannot be started right now.
  mutating func livesOn(
    _ input: PodLifecycle.Input, _ pod: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if case .wake(.sidecarBackoff, _) = input, environment.processes.isDown(sidecarNode(pod)) {
      return
    }
    live(input, pod, at: now, in: &queue)
  }

  /// Gives a pod's life an input and carries out what follows.
  mutating func live(
    _ input: PodLifecycle.Input, _ pod: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let outputs = pods[pod].life.step(input, at: now)
    checks.check(pods[pod].life.checkInvariants(), at: now)
    if input == .sidecarReady { connect(pod, isAmbassador: true) }
    if input == .applicationGone { disconnect(pod, isAmbassador: false) }
    for output in outputs { carryOut(output, pod, at: now, in: &queue) }
  }

  private mutating func carryOut(
    _ output: PodLifecycle.Output, _ pod: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let me = Int32(pod)
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    switch output {
    case .startInit: queue.schedule(.live(me, epoch, .initCalls), after: settings.appStart)
    case .startApplication:
      queue.schedule(.live(me, epoch, .applicationCalls), after: settings.appStart)
    case .startSidecar: startSidecar(pod, at: now, in: &queue)
    case .wakeMe(let span, let timer, let life):
      queue.schedule(.live(me, epoch, .wake(timer, life: life)), after: span)
    case .died(let isInit, let wait):
      if isInit { tally.initFailures += 1 } else { tally.deaths += 1 }
      note(
        "died", pod,
        "\(isInit ? "its init container's" : "its first") call finds no sidecar: it dies, and "
          + "starts again in \(wait)", at: now)
    case .terminateApplication: endIfIdle(pod, at: now, in: &queue)
    case .terminateSidecar:
      live(.connections(pods[pod].working), pod, at: now, in: &queue)
    case .sidecarEnded: sidecarIsGone(pod, at: now)
    case .ready:
      connect(pod, isAmbassador: false)
      if isHealthy(pod) { becomesReady(pod, at: now, in: &queue) }
    case .gone(let isKilled):
      if isKilled { tally.killed += 1 }
      if let asked = pods[pod].stopAskedAt, now - asked > settings.pod.gracePeriod {
        broke("grace", "\(name(pod)) took \(now - asked) to stop", at: now)
      }
      restart(pod, at: now, in: &queue)
    }
  }

  /// The sidecar's process is gone: so are its certificate, its configuration and its connections.
  mutating func sidecarIsGone(_ pod: Int, at now: Instant) {
    disconnect(pod, isAmbassador: true)
    pods[pod].process += 1
    pods[pod].proxy.died(
      CertificateAgent(
        settings.mesh.agent,
        random: RandomStream(seed: seed, name: "\(name(pod))/agent/\(now.nanoseconds)")))
    pods[pod].proxy.outbound?.forget()
    pods[pod].busyUntil = now
    gateway.disconnect(pod)
  }

  private mutating func startSidecar(
    _ pod: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    pods[pod].process += 1
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    queue.schedule(.live(Int32(pod), epoch, .sidecarRuns), after: .milliseconds(100))
    queue.schedule(
      .sidecarAsks(Int32(pod), Int32(truncatingIfNeeded: pods[pod].process)),
      after: settings.sidecarStart)
  }

  /// A pod is ready, and so it is listed; the rollout goes on to the next.
  mutating func becomesReady(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    list(pod, true, at: now)
    guard replacing == pod else { return }
    replacing = nil
    guard pod + 1 < pods.count else { return tally.rolledOutAt = now }
    queue.schedule(.replace(Int32(pod) + 1), after: .seconds(1))
  }

  /// Tells the gateway's proxy whether a pod is among those that discovery names.
  mutating func list(_ pod: Int, _ yes: Bool, at now: Instant) {
    pods[pod].isListed = yes
    gateway.outbound?.list(pod, yes, at: now)
  }

  /// The next pod of a rollout is told to stop.
  mutating func replace(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    replacing = pod
    if tally.rolloutBeganAt == nil { tally.rolloutBeganAt = now }
    if told["stopping"] == nil {
      told["stopping"] = environment.trace.record(
        at: now, name(pod), "stopping", "it is told to stop, to be replaced", weight: .fault)
    }
    pods[pod].stopAskedAt = now
    let epoch = Int32(truncatingIfNeeded: pods[pod].epoch)
    queue.schedule(.unlist(Int32(pod), epoch), after: settings.endpoints)
    live(.stopAsked, pod, at: now, in: &queue)
  }

  /// An application that was told to stop ends when it has nothing left.
  mutating func endIfIdle(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].life.application == .stopping, pods[pod].working == 0 else { return }
    live(.applicationGone, pod, at: now, in: &queue)
  }

  /// Everything begins anew in a pod; what it still worked on is lost.
  mutating func restart(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    disconnect(pod, isAmbassador: true)
    disconnect(pod, isAmbassador: false)
    tally.retire(pods[pod].adapter)
    let stranded = pods[pod].blocked + (pods[pod].pool?.line ?? [])
    let (epoch, process) = (pods[pod].epoch + 1, pods[pod].process + 1)
    pods[pod] = SidecarPod(settings, number: pod, epoch: epoch, seed: seed)
    pods[pod].process = process
    list(pod, false, at: now)
    gateway.disconnect(pod)
    for number in stranded { end(number, .died, at: now, in: &queue) }
    guard !environment.processes.isDown(NodeID(pod)) else { return }
    live(.started, pod, at: now, in: &queue)
  }

  /// Opens the connections of an application or of an ambassador, as many as the ledger gives.
  mutating func connect(_ pod: Int, isAmbassador: Bool) {
    guard isAmbassador == settings.hasAmbassador, pods[pod].connections == 0 else { return }
    let wanted = isAmbassador ? settings.poolSize : settings.workers
    let given = max(0, min(wanted, settings.ledgerLimit - ledgerConnections))
    pods[pod].connections = given
    ledgerConnections += given
    tally.connectionsPeak = max(tally.connectionsPeak, ledgerConnections)
    if isAmbassador, given > 0, pods[pod].pool == nil {
      pods[pod].pool = AmbassadorPool(size: given, places: 1_000, shortcut: settings.shortcut)
    }
  }

  mutating func disconnect(_ pod: Int, isAmbassador: Bool) {
    guard isAmbassador == settings.hasAmbassador else { return }
    ledgerConnections -= pods[pod].connections
    pods[pod].connections = 0
  }
}
