import Kernel
import Patterns
import Simulation

/// An order to cut a node's power.
struct FenceOrder: Sendable {
  let target: NodeID
  let source: NodeID
  let cause: Trace.ID?
}

/// What no machine can do by itself: break connections, cut power, check the service from outside.
extension FailoverUniverse {
  /// The machine under a dead process answers for it: its connections are gone.
  ///
  /// A Sentinel that the network does not reach hears nothing of it.
  mutating func breakConnections() {
    let watched = setup.roster.nodes + setup.roster.stores
    for node in watched {
      guard cluster.environment.processes.isDown(node) else {
        foundDead.remove(node.index)
        continue
      }
      guard foundDead.insert(node.index).inserted else { continue }
      for sentinel in setup.roster.stores where sentinel != node {
        guard !cluster.environment.network.isCut(from: node, to: sentinel) else { continue }
        cluster.submit(.linkLost(node), to: sentinel)
      }
    }
  }

  /// A line of a Sentinel's log.
  mutating func take(_ event: SentinelEvent, from sentinel: NodeID, cause: Trace.ID?) {
    if event.name == .subjectivelyDown, event.node == lastOpened, let firstFault,
      now >= firstFault, meters.detection == nil
    {
      meters.detection = now - firstFault
    }
    story.tell(event, by: sentinel, cause: cause, in: &cluster)
  }

  /// A node orders that another's power be cut.
  mutating func fence(_ target: NodeID, orderedBy source: NodeID, cause: Trace.ID?) {
    fenceOrders.append(FenceOrder(target: target, source: source, cause: cause))
    story.ordersFence(source, target, cause: cause, in: &cluster)
    let isFirst = target == setup.roster.nodes[0] && source != target
    let delay = isFirst ? setup.cluster.fenceDelay : .zero
    cluster.setAlarm(
      Alarm.fence(fenceOrders.count - 1).number, at: now + delay + setup.cluster.fenceTime)
  }

  /// The power goes, unless whoever asked for it has lost its own meanwhile.
  mutating func cutPower(_ number: Int) {
    let order = fenceOrders[number]
    guard cluster.environment.processes.runs(order.source) else { return }
    meters.fenced += 1
    story.fenced(order.target, by: order.source, in: &cluster)
    let name = name(order.target)
    let text = "crash \(name) for \(setup.cluster.rebootTime)"
    if !cluster.environment.processes.isDown(order.target),
      let fault = try? TimedFault.parse(text, roster: setup.roster.roster, now: now)
    {
      cluster.add(fault)
    }
    cluster.submit(.fenced(order.target), to: order.source, at: now + .milliseconds(1))
  }

  /// The cluster checks the service where it runs.
  mutating func monitor() {
    cluster.setAlarm(Alarm.monitor.number, at: now + setup.cluster.monitorInterval)
    guard let leader = leaders.first else { return }
    let rate = errorRate(leader)
    guard rate > 0 else { return }
    cluster.submit(.checked(isGood: !checks.chance(rate)), to: leader)
  }

  /// The share of its work that a node fails at.
  func errorRate(_ node: NodeID) -> Double {
    if let cured = cured[node.index], cured == newestFault(of: node) { return 0 }
    return cluster.environment.errorRate(node)
  }

  private func newestFault(of node: NodeID) -> Int? {
    cluster.environment.active.last { $0.fault.node == node }?.number
  }

  /// A cluster stops the service and starts it again where it is.
  mutating func restarts(_ node: NodeID) {
    restarting.insert(node.index)
    if setup.cluster.isCuredByRestart { cured[node.index] = newestFault(of: node) }
  }

  /// A service that fails at all of its work cannot be started either.
  mutating func starts(_ node: NodeID) {
    guard setup.election == "cluster", errorRate(node) >= 1 else { return }
    cluster.submit(
      .startFailed, to: node, at: now + max(.zero, setup.openingTime - .milliseconds(1)))
  }

  /// A cluster must not give out what a lost node may still have.
  mutating func checkFenced(_ node: NodeID) {
    guard setup.election == "cluster", setup.cluster.options.isFencing, violation == nil else {
      return
    }
    for other in setup.roster.nodes where other != node {
      guard !cluster.environment.processes.isDown(other), let machine = self.node(other),
        machine.token != nil
      else { continue }
      let broken = InvariantViolation(
        "fenced first", witness: "\(name(node)) is given the service while \(name(other)) has it")
      violation = (now, broken)
      cluster.record(name(node), Fact("violated", broken.description, weight: .harm))
    }
  }
}
