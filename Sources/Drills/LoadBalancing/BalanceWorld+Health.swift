import Kernel
import Patterns
import Simulation

/// How balancers find out what hosts are like: checks, outliers, reports.
extension BalanceWorld {
  /// The first check of a host by each balancer, spread over the time between two.
  mutating func scheduleFirstChecks(of host: Int, in queue: inout EventQueue<Event>) {
    let lanes = settings.allHosts * settings.balancers
    for front in 0..<settings.balancers {
      let lane = front * settings.allHosts + host
      let offset = settings.checkEvery.nanoseconds * Int64(lane + 1) / Int64(lanes)
      queue.schedule(.checkIsDue(Int32(lane)), after: .nanoseconds(offset))
    }
  }

  /// A balancer checks a host.
  mutating func check(_ lane: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let front = lane / settings.allHosts
    let host = lane % settings.allHosts
    queue.schedule(.checkIsDue(Int32(lane)), after: settings.checkEvery)
    guard environment.processes.runs(node(ofFront: front)) else { return }
    tally.checks += 1
    dispatch(
      UpstreamCall(
        request: -1, balancer: front, life: fronts[front].life, host: host, client: 0, write: nil,
        sentAt: now, size: 1),
      patience: settings.checkTimeout, at: now, in: &queue)
  }

  /// A check ended, good or bad.
  mutating func checked(_ call: UpstreamCall, _ isGood: Bool, at now: Instant) {
    let front = call.balancer
    let hasTurned = fronts[front].checks[call.host].checked(isGood)
    if hasTurned {
      tally.turns += 1
      fronts[front].refresh(call.host, at: now)
      noteTurn(call.host, by: front, after: now - call.sentAt, at: now)
    }
    checks.health(fronts[front], call.host, at: now)
  }

  /// Tells the outlier detector how a try ended.
  mutating func tell(_ ending: NextUpstream.Ending?, of call: UpstreamCall, at now: Instant) {
    guard fronts[call.balancer].detector != nil else { return }
    let result: OutlierDetector.Result =
      switch ending {
      case nil: .success
      case .status(500): .serverError
      case .refused, .closed, .timedOut, .status: .gatewayError
      }
    let host = NodeID(call.host)
    let event = fronts[call.balancer].detector?.record(result, from: host, at: now)
    if let event { act(on: event, of: call.balancer, at: now) }
  }

  mutating func sweep(_ front: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let events = fronts[front].detector?.sweep(until: now) ?? []
    for event in events { act(on: event, of: front, at: now) }
    if let detector = fronts[front].detector {
      if let violation = detector.checkInvariants() {
        checks.violated("health", at: now, violation.description)
      }
      queue.schedule(.sweepIsDue(Int32(front)), at: detector.nextSweepAt)
    }
  }

  private mutating func act(on event: OutlierDetector.Event, of front: Int, at now: Instant) {
    let host = event.host.index
    guard host < fronts[front].count else { return }
    fronts[front].refresh(host, at: now)
    switch event.change {
    case .ejected(let kind, let span):
      tally.ejections += 1
      noteEjected(host, by: front, kind.rawValue, span, at: now)
    case .returned: noteReturned(host, by: front, at: now)
    case .overflowed, .spared: break
    }
    checks.health(fronts[front], host, at: now)
  }

  /// Every balancer learns what every host has in line and in work.
  mutating func report(at now: Instant, in queue: inout EventQueue<Event>) {
    for host in instances.indices {
      let load = instances[host].working.count + instances[host].line.count
      for front in fronts.indices where host < fronts[front].count {
        fronts[front].balancer.report(host, load: load)
      }
    }
    watch.reported(instances)
    if let every = settings.reportEvery { queue.schedule(.reportIsDue, after: every) }
  }
}
