import Kernel
import Patterns
import Simulation

/// What the control plane does, and the agents that ask it for certificates.
extension MeshWorld {
  mutating func carryOut(
    _ outputs: [CertificateAgent.Output], of node: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    for output in outputs {
      switch output {
      case .wakeMe(let span, let number):
        queue.schedule(.agentWakes(Int32(node), Int32(truncatingIfNeeded: number)), after: span)
      case .request:
        guard let arrival = transmit(from: NodeID(node), to: controlNode, at: now) else { continue }
        queue.schedule(.requestArrives(Int32(node)), at: arrival)
      }
    }
  }

  mutating func agentWakes(
    _ node: Int, _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard !environment.processes.isDown(NodeID(node)) else { return }
    let outputs = nodes[node].proxy.agent.step(.wake(number), at: wall(NodeID(node), at: now))
    carryOut(outputs, of: node, at: now, in: &queue)
  }

  /// A request for a certificate has come; signing takes 5 ms.
  mutating func requestArrives(_ node: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard isControlUp else { return }
    let certificate = authority.sign(nodes[node].plan.service, at: wall(controlNode, at: now))
    guard let arrival = transmit(from: controlNode, to: NodeID(node), at: now) else { return }
    let issue = issues.add(MeshIssue(node: node, certificate: certificate))
    queue.schedule(.certificateArrives(Int32(issue)), at: arrival + .milliseconds(5))
  }

  mutating func certificateArrives(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let issue = issues[number]
    issues.remove(number)
    let node = issue.node
    guard !environment.processes.isDown(NodeID(node)) else { return }
    let outputs = nodes[node].proxy.agent.step(
      .issued(issue.certificate), at: wall(NodeID(node), at: now))
    carryOut(outputs, of: node, at: now, in: &queue)
  }

  /// An operator's change reaches the control plane, or waits until there is one.
  mutating func change(_ index: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard isControlUp else { return rollout.missed.append(index) }
    let step = rollout.changes[index]
    lastChange = environment.trace.record(
      at: now, "control-plane", "changed", step.story, weight: .fault, cause: lastChange)
    switch step.action {
    case .sign(let root): authority.activate(root: root)
    case .push(let part, let scope):
      rollout.pendingSince = rollout.pendingSince ?? now
      tellControl(.changed(part, at: scope), at: now, in: &queue)
    }
  }

  mutating func tellControl(
    _ input: ControlPlane.Input, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard isControlUp else { return }
    for output in control.step(input, at: now) {
      switch output {
      case .wakeMe(let at): queue.schedule(.controlWakes, at: at)
      case .push(let proxy, let part, let version):
        guard let arrival = transmit(from: controlNode, to: NodeID(proxy), at: now) else {
          continue
        }
        let push = pushes.add(MeshPush(proxy: proxy, part: part, version: version))
        let delay = pushRandom.span(.zero, to: settings.pushDelay * 2)
        queue.schedule(.partArrives(Int32(push)), at: arrival + delay)
      case .rejected(let reason):
        rollout.pendingSince = nil
        environment.trace.record(
          at: now, "control-plane", "turned-down", "the change is refused: \(reason)",
          weight: .recovery, cause: lastChange)
      case .settled:
        if let since = rollout.pendingSince { tally.lag = max(tally.lag, now - since) }
        rollout.pendingSince = nil
      }
    }
  }

  /// A sidecar has applied a part and says so.
  mutating func partArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let push = pushes[number]
    guard !environment.processes.isDown(NodeID(push.proxy)) else { return pushes.remove(number) }
    nodes[push.proxy].proxy.adopt(push.part)
    guard let arrival = transmit(from: NodeID(push.proxy), to: controlNode, at: now) else {
      return pushes.remove(number)
    }
    queue.schedule(.acknowledged(Int32(number)), at: arrival)
  }

  mutating func acknowledged(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let push = pushes[number]
    pushes.remove(number)
    tellControl(
      .acknowledged(proxy: push.proxy, rank: push.part.rank, version: push.version), at: now,
      in: &queue)
  }

  /// The first zone has had the change for a while: on to the others, or back.
  mutating func judgeStage(at now: Instant, in queue: inout EventQueue<Event>) {
    guard isControlUp else {
      return _ = queue.schedule(.stageIsOver, at: now + settings.changeGap)
    }
    let window = tally.steps(from: .zero + settings.changeAt, to: now)
    let isBad = window.good * 100 < window.requests * 98
    environment.trace.record(
      at: now, "control-plane", isBad ? "taken-back" : "next-stage",
      "\(window.good) of \(window.requests) requests went well with the change in zone a",
      weight: isBad ? .recovery : .change, cause: lastChange)
    for entry in isBad ? rollout.undo : rollout.rest {
      tellControl(.changed(entry.part, at: entry.to), at: now, in: &queue)
    }
  }

  /// Compares the new version with the old one, call by call.
  mutating func compare(
    _ call: MeshCall, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let isCanary = nodes[call.target].plan.subset == 2
    if !isGood, isCanary { tally.canaryErrors += 1 }
    if !isGood, !isCanary { tally.stableErrors += 1 }
    if !isGood, isCanary { noteCanary(call, at: now) }
    let stableCalls = tally.ordersCalls - tally.canaryCalls
    let comparison = CanaryComparison(
      canaryCalls: tally.canaryCalls, canaryErrors: tally.canaryErrors, stableCalls: stableCalls,
      stableErrors: tally.stableErrors)
    guard settings.isCanaryWatched, !rollout.isCanaryOut, comparison.isWorse else { return }
    rollout.isCanaryOut = true
    environment.trace.record(
      at: now, "control-plane", "canary-out",
      "\(tally.canaryErrors) of \(tally.canaryCalls) calls to the new version failed; "
        + "it gets no more", weight: .recovery, cause: watch[.canary] ?? lastChange)
    for entry in rollout.undo {
      tellControl(.changed(entry.part, at: entry.to), at: now, in: &queue)
    }
  }
}
