import Kernel
import Patterns
import Simulation

/// What faults do to workloads and to the control plane.
extension MeshWorld {
  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      watch.lastFault = applied.event
      for change in applied.changes { act(on: change, applied.event, at: now, in: &queue) }
    }
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  private mutating func act(
    on change: WorldChange, _ event: Trace.ID, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node), .paused(let node):
      if node == controlNode { return controlIsLost(event, at: now) }
      guard node.index < nodes.count else { return }
      if case .paused = change { return nodes[node.index].isPaused = true }
      crash(node.index, at: now, in: &queue)
      queue.schedule(.discovered(Int32(node.index)), after: settings.discovery)
    case .started(let node):
      if node == controlNode { return controlIsBack(at: now, in: &queue) }
      guard node.index < nodes.count else { return }
      queue.schedule(.discovered(Int32(node.index)), after: settings.discovery)
      guard nodes[node.index].proxy.hasSidecar else { return }
      let outputs = nodes[node.index].proxy.agent.step(.started, at: wall(node, at: now))
      carryOut(outputs, of: node.index, at: now, in: &queue)
    case .resumed(let node):
      if node == controlNode { return controlIsBack(at: now, in: &queue) }
      guard node.index < nodes.count else { return }
      nodes[node.index].isPaused = false
      let held = nodes[node.index].heldBack
      nodes[node.index].heldBack.removeAll()
      for number in held { workEnds(number, at: now, in: &queue) }
      moveUp(node.index, at: now, in: &queue)
    case .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged, .errorsChanged: break
    }
  }

  /// The workload dies with its sidecar: connections break, and its certificate is gone.
  private mutating func crash(_ node: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    nodes[node].isPaused = false
    nodes[node].heldBack.removeAll()
    nodes[node].proxy.died(
      CertificateAgent(
        settings.design.agent,
        random: RandomStream(seed: UInt64(now.nanoseconds), name: name(node))))
    for other in nodes.indices {
      guard let place = targets[other].firstIndex(of: node) else { continue }
      nodes[other].proxy.disconnect(place)
    }
    let working = nodes[node].working
    nodes[node].working.removeAll()
    for number in working {
      if let work = calls[number].work { queue.cancel(work) }
      calls[number].work = nil
      calls[number].isWorking = false
      if let child = calls[number].child { forget(child, in: &queue) }
      calls[number].child = nil
      answer(number, failure: .error, at: now, in: &queue)
    }
    for number in nodes[node].line.removeAll() {
      calls[number].isInLine = false
      answer(number, failure: .error, at: now, in: &queue)
    }
  }

  /// The caller of an errand died: nobody waits, and nobody tells the layer below.
  private mutating func forget(_ number: Int, in queue: inout EventQueue<Event>) {
    let errand = errands[number]
    if let call = errand.call {
      calls[call].isSettled = true
      if let timer = calls[call].timer { queue.cancel(timer) }
      nodes[errand.source].proxy.outbound?.finished(
        calls[call].endpoint, nil, isRetry: errand.isMeshRetry, failure: .invalid, cost: 0,
        latency: queue.now - calls[call].sentAt, at: queue.now)
      errands[number].isMeshRetry = false
      release(call)
    }
    close(number, in: &queue)
  }

  private mutating func controlIsLost(_ event: Trace.ID, at now: Instant) {
    controlLost = event
    guard settings.shortcut == .forgetsConfiguration else { return }
    for node in nodes.indices { nodes[node].proxy.outbound?.forget() }
  }

  private mutating func controlIsBack(at now: Instant, in queue: inout EventQueue<Event>) {
    queue.schedule(.controlWakes, at: now)
    for change in rollout.missed { queue.schedule(.changeIsDue(Int32(change)), at: now) }
    rollout.missed = []
    for node in nodes.indices {
      queue.schedule(.discovered(Int32(node)), after: settings.discovery)
    }
  }

  var isControlUp: Bool {
    !environment.processes.isDown(controlNode) && !environment.processes.isPaused(controlNode)
  }

  /// The control plane has seen that an instance is gone, or is there.
  mutating func discovered(_ node: Int, in queue: inout EventQueue<Event>) {
    guard isControlUp else { return }
    queue.schedule(.listed(Int32(node)), after: settings.pushDelay)
  }

  mutating func listed(_ node: Int, at now: Instant) {
    let isThere = !environment.processes.isDown(NodeID(node))
    for other in nodes.indices {
      guard let place = targets[other].firstIndex(of: node) else { continue }
      nodes[other].proxy.outbound?.list(place, isThere, at: now)
      tellChanges(other, at: now)
    }
  }
}
