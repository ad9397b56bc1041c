import Kernel

extension Environment {
  /// Works out anew what the kind of `fault` decides, from the list of faults in force.
  mutating func settle(_ fault: Fault, at now: Instant) -> [WorldChange] {
    switch fault {
    case .crash(let node), .restart(let node), .pause(let node), .resume(let node):
      return settleProcess(node)
    case .slow(let node, _):
      let factor = product { if case .slow(node, let factor) = $0 { factor } else { 1 } }
      processes.setSlowdown(factor, node)
      return [.slowed(node, by: factor)]
    case .slowLink, .partition, .block, .drop, .delay, .duplicate, .reorder:
      network.setFaults(active.map(\.fault).filter(\.isAboutLinks))
      return [.linksChanged]
    case .skew(let node, _), .jump(let node, _), .drift(let node, _):
      settleClock(node, at: now)
      return [.clockChanged(node)]
    case .fill(let node), .lose(let node):
      let isFull = active.contains { $0.fault == .fill(node) }
      let isLying = active.contains { $0.fault == .lose(node) }
      return [.diskChanged(node, isFull: isFull, isLying: isLying)]
    case .load:
      loadFactor = product { if case .load(let factor) = $0 { factor } else { 1 } }
      return [.loadChanged(loadFactor)]
    case .errors(let node, _):
      var rate = 0.0
      for entry in active {
        if case .errors(node, let share) = entry.fault { rate = Impairment.either(rate, share) }
      }
      errorRates[node.index] = rate
      return [.errorsChanged(node, rate)]
    case .heal: return []
    }
  }

  mutating func settleProcess(_ node: NodeID) -> [WorldChange] {
    var changes: [WorldChange] = []
    if active.contains(where: { $0.fault == .crash(node) }) {
      if processes.crash(node) { changes.append(.crashed(node)) }
      return changes
    }
    if processes.start(node) { changes.append(.started(node)) }
    let isPaused = active.contains { $0.fault == .pause(node) }
    if processes.setPaused(isPaused, node) {
      changes.append(isPaused ? .paused(node) : .resumed(node))
    }
    return changes
  }

  private mutating func settleClock(_ node: NodeID, at now: Instant) {
    let rate = product { if case .drift(node, let rate) = $0 { rate } else { 1 } }
    if rate != clocks[node.index].rate { clocks[node.index].setRate(rate, at: now) }
    var error = TimeSpan.zero
    for entry in active {
      switch entry.fault {
      case .skew(node, let span), .jump(node, let span): error = error + span
      default: break
      }
    }
    clocks[node.index].setError(error)
  }

  private func product(_ factor: (Fault) -> Double) -> Double {
    active.reduce(1) { $0 * factor($1.fault) }
  }
}
