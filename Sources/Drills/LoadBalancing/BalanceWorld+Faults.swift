import Kernel
import Patterns
import Simulation

/// What faults, deploys and new hosts do.
extension BalanceWorld {
  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      guard node.index < settings.allHosts else { return lose(node.index - settings.allHosts) }
      let dropped = instances[node.index].dropAll()
      for number in dropped.working + dropped.waiting { breakOff(number, at: now, in: &queue) }
      forget(node.index)
    case .started(let node):
      guard node.index < settings.allHosts else {
        return restart(node.index - settings.allHosts, at: now)
      }
      if settings.coldFactor > 1 { instances[node.index].coldCallsLeft = settings.coldCalls }
    case .paused(let node):
      guard node.index < settings.allHosts else { return }
      instances[node.index].pausedSince = now
    case .resumed(let node):
      guard node.index < settings.allHosts else { return }
      resume(node.index, at: now, in: &queue)
    case .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged, .errorsChanged:
      break
    }
  }

  private mutating func resume(_ host: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    for number in instances[host].resume(at: now) { workEnds(number, at: now, in: &queue) }
    moveUp(host, at: now, in: &queue)
  }

  /// What a host kept in memory is gone.
  private mutating func forget(_ host: Int) {
    guard settings.state == .cache else { return }
    let bit = UInt64(1) << UInt64(host)
    for client in cached.indices { cached[client] &= ~bit }
  }

  /// A balancer died: what it knew and whom it waited for is gone.
  private mutating func lose(_ front: Int) { fronts[front].life += 1 }

  private mutating func restart(_ front: Int, at now: Instant) {
    let life = fronts[front].life
    let known = fronts[front].count
    let drained = fronts[front].isDraining
    fronts[front] = FrontBalancer(front, settings, hosts: known, seed: seed, at: now)
    fronts[front].life = life
    for host in 0..<known where drained[host] {
      fronts[front].isDraining[host] = true
      fronts[front].refresh(host, at: now)
    }
  }

  /// New hosts join, cold.
  mutating func join(at now: Instant, in queue: inout EventQueue<Event>) {
    watch.join = environment.trace.record(
      at: now, "hosts", "joined", "\(settings.join) more, \(settings.allHosts) now")
    for host in settings.hosts..<settings.allHosts {
      if settings.coldFactor > 1 { instances[host].coldCallsLeft = settings.coldCalls }
      for front in fronts.indices { fronts[front].join(settings, at: now) }
      if settings.checkEvery > .zero { scheduleFirstChecks(of: host, in: &queue) }
    }
  }

  /// The next batch of hosts is to be restarted, after a drain if there is one.
  mutating func deploy(_ first: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let end = min(settings.hosts, first + settings.deployBatch)
    let names = (first..<end).map { environment.roster.names[$0] }.joined(separator: ", ")
    let cause = environment.trace.record(
      at: now, names, "deploy",
      settings.drain > .zero
        ? "gets no new requests, and is stopped in \(settings.drain)"
        : "is stopped; no balancer was told", weight: .fault)
    watch.deploy = cause
    watch.lastFault = cause
    for host in first..<end {
      if settings.drain > .zero {
        for front in fronts.indices {
          fronts[front].isDraining[host] = true
          fronts[front].refresh(host, at: now)
        }
      }
      queue.schedule(.hostStops(Int32(host)), after: settings.drain)
    }
    if end < settings.hosts {
      queue.schedule(
        .deployBegins(Int32(end)),
        after: settings.drain + settings.deployStart + settings.deployGap)
    }
  }

  mutating func stop(_ host: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let node = NodeID(host)
    queue.schedule(.hostStarts(Int32(host)), after: settings.deployStart)
    guard !environment.processes.isDown(node) else { return }
    let held = instances[host].working.count + instances[host].line.count
    let applied =
      held == 0
      ? environment.apply(.crash(node), at: now)
      : environment.fail(
        node, at: now, "it is stopped with \(held) requests in it, whose connections break",
        cause: watch.deploy)
    watch.lastFault = applied.event
    for change in applied.changes { act(on: change, at: now, in: &queue) }
  }

  mutating func start(_ host: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let node = NodeID(host)
    if environment.processes.isDown(node) {
      let applied = environment.apply(.restart(node), at: now)
      for change in applied.changes { act(on: change, at: now, in: &queue) }
    }
    for front in fronts.indices where fronts[front].isDraining[host] {
      fronts[front].isDraining[host] = false
      fronts[front].refresh(host, at: now)
    }
  }
}
