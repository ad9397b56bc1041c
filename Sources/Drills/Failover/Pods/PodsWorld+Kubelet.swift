import Kernel
import Patterns
import Simulation

/// Probes, kills, restarts, and faults.
extension PodsWorld {
  mutating func scheduleProbes(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    for kind in ContainerProbes.Kind.allCases {
      guard let options = settings.probes[kind] else { continue }
      // Probes of different pods do not come at the same moment.
      let phase = options.period * phases.unit()
      queue.schedule(
        .probe(Int32(pod), life: Int32(pods[pod].life), kind),
        at: now + options.initialDelay + phase)
    }
  }

  mutating func ask(
    _ kind: ContainerProbes.Kind, _ pod: Int, life: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard pods[pod].life == life, pods[pod].isRunning, let options = settings.probes[kind] else {
      return
    }
    queue.schedule(.probe(Int32(pod), life: Int32(life), kind), after: options.period)
    guard pods[pod].probes.asks(kind) else { return }
    let number = add(Job(arrivedAt: now, pod: pod, life: life, probe: kind))
    queue.schedule(.probeTimesOut(Int32(number)), after: options.timeout)
    guard settings.hasOwnThread else { return enqueue(number, at: now, in: &queue) }
    let answers =
      !pods[pod].isHung && now >= pods[pod].answersFrom && probeTime <= options.timeout
    if answers {
      jobs[number].isOver = true
      answer(number, isGood: isHealthy(jobs[number]), at: now, in: &queue)
    }
  }

  /// The kubelet has the answer to a probe, or its time is up.
  mutating func answer(
    _ number: Int, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let job = jobs[number]
    guard let kind = job.probe, pods[job.pod].life == job.life, pods[job.pod].isRunning else {
      return
    }
    let decision = pods[job.pod].probes.answered(kind, isGood: isGood)
    log.check(pods[job.pod].probes.checkInvariants(), at: now)
    switch decision {
    case .kill(let why):
      let isWorking = !pods[job.pod].isHung && now >= pods[job.pod].answersFrom
      if isWorking { tally.killedAlive += 1 }
      let detail =
        isWorking
        ? "is killed by its \(why.rawValue) probe, though it is working"
        : "is killed by its \(why.rawValue) probe"
      note("killed", job.pod, detail, weight: isWorking ? .harm : .change, at: now)
      die(job.pod, at: now, in: &queue)
    case .unready:
      tally.takenOut += 1
      note(
        "not-ready", job.pod, "fails its readiness probe and gets no traffic", weight: .change,
        at: now)
    case .ready, .started, nil: break
    }
  }

  /// A container's process ends; its restart policy says when the next one starts.
  mutating func die(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].isRunning else { return }
    pods[pod].isRunning = false
    for number in pods[pod].line + pods[pod].working {
      if jobs[number].probe == nil { end(number, isGood: false, at: now) }
      jobs[number].isOver = true
    }
    pods[pod].line = []
    pods[pod].working = []
    pods[pod].life += 1
    guard let next = pods[pod].history.died(at: now, settings.restarts) else { return }
    tally.longestBackoff = max(tally.longestBackoff, next - now)
    if next - now > .zero {
      note(
        "back-off", pod, "is in CrashLoopBackOff: it waits \(next - now)", weight: .change, at: now)
    }
    queue.schedule(.start(Int32(pod), life: Int32(pods[pod].life)), at: next)
  }

  mutating func start(_ pod: Int, life: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].life == life, !pods[pod].isRunning else { return }
    tally.restarts += 1
    pods[pod].isRunning = true
    pods[pod].answersFrom = now + settings.startupTime
    pods[pod].probes = ContainerProbes(settings.probes)
    scheduleProbes(pod, at: now, in: &queue)
  }

  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      lastFault = applied.event
      for change in applied.changes {
        switch change {
        case .crashed(let node) where node.index < pods.count: die(node.index, at: now, in: &queue)
        case .paused(let node) where node.index < pods.count:
          pods[node.index].hungLife = pods[node.index].life
        case .resumed(let node) where node.index < pods.count:
          resume(node.index, at: now, in: &queue)
        case .crashed, .started, .paused, .resumed, .slowed, .clockChanged, .diskChanged,
          .linksChanged, .loadChanged, .errorsChanged:
          break
        }
      }
    }
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  /// What it worked on when it stood still goes on as if nothing had been.
  private mutating func resume(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].isHung else { return }
    pods[pod].hungLife = nil
    pods[pod].line = pods[pod].working + pods[pod].line
    pods[pod].working = []
    serve(pod, at: now, in: &queue)
  }

  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    // A line that formed while a container was starting is worked off once it answers.
    for pod in pods.indices { serve(pod, at: now, in: &queue) }
    tally.close(ready: ready.count, at: now)
    let step = tally.group.lastStep(before: now)
    if step.arrived > 0, step.good * 2 < step.arrived {
      note("not-served", 0, "\(step.good) of \(step.arrived) requests are answered well", at: now)
    }
    if now + GroupTally.step <= .zero + settings.duration {
      queue.schedule(.watch, after: GroupTally.step)
    }
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let group = tally.group
    if group.arrivedCount != group.goodCount + group.failedCount + tally.underWay {
      log.violated("conservation", at: end, "\(group.arrivedCount) requests came")
    }
    return Outcome(
      measurements: tally.measurements, series: tally.series, verdicts: log.verdicts,
      trace: environment.trace, duration: settings.duration)
  }
}
