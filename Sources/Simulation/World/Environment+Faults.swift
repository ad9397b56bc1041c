import Kernel

extension Environment {
  /// Lets `fault` begin at `now`, records it and returns what changed.
  ///
  /// `duration` only goes into the record: ending the fault by `end(_:at:)` is the caller's part,
  /// which `FaultSchedule` takes over. `cause` is what led to it, where something in the world did.
  public mutating func apply(
    _ fault: Fault, at now: Instant, for duration: TimeSpan? = nil, cause: Trace.ID? = nil
  ) -> AppliedFault {
    switch fault {
    case .restart(let node): return restart(node, at: now)
    case .resume(let node): return resume(node, at: now)
    case .heal: return heal(at: now)
    case .crash(let node): lift(at: now) { $0 == .pause(node) }
    case .pause, .slow, .slowLink, .partition, .block, .drop, .delay, .duplicate, .reorder, .skew,
      .jump, .drift, .fill, .lose, .load, .errors:
      break
    }
    let lasting = duration.map { ", for \($0)" } ?? ""
    let event = trace.record(
      at: now, part(of: fault), fault.verb.rawValue, fault.story(roster) + lasting, weight: .fault,
      cause: cause)
    if case .pause(let node) = fault, processes.isDown(node) {
      return AppliedFault(number: nil, event: event, changes: [])
    }
    return enter(fault, event: event, at: now)
  }

  /// Ends the fault of the given number at `now`; nil when it has ended already.
  public mutating func end(_ number: Int, at now: Instant) -> AppliedFault? {
    guard let place = active.firstIndex(where: { $0.number == number }) else { return nil }
    let ended = active.remove(at: place)
    remember(ended, until: now)
    let event = trace.record(
      at: now, part(of: ended.fault), ended.fault.verb.rawValue + "-ended", ended.fault.endStory,
      weight: .recovery, cause: ended.event)
    return AppliedFault(number: nil, event: event, changes: settle(ended.fault, at: now))
  }

  /// Lets the process of `node` die by its own failing, as when it cannot write, and records why.
  ///
  /// It stays down until it is restarted or everything is healed.
  public mutating func fail(
    _ node: NodeID, at now: Instant, _ reason: String, cause: Trace.ID?
  ) -> AppliedFault {
    lift(at: now) { $0 == .pause(node) }
    let event = trace.record(
      at: now, roster.name(node), "died", reason, weight: .harm, cause: cause)
    return enter(.crash(node), event: event, at: now)
  }

  private mutating func enter(
    _ fault: Fault, event: Trace.ID, at now: Instant
  ) -> AppliedFault {
    let number = begun
    begun += 1
    active.append(ActiveFault(number: number, fault: fault, since: now, event: event))
    return AppliedFault(number: number, event: event, changes: settle(fault, at: now))
  }

  private mutating func restart(_ node: NodeID, at now: Instant) -> AppliedFault {
    let isOver: (Fault) -> Bool = { $0 == .crash(node) || $0 == .pause(node) }
    let event = recordRepair(.restart(node), of: isOver, at: now)
    lift(at: now, isOver)
    var changes: [WorldChange] = []
    if processes.crash(node) { changes.append(.crashed(node)) }
    if processes.start(node) { changes.append(.started(node)) }
    return AppliedFault(number: nil, event: event, changes: changes)
  }

  private mutating func resume(_ node: NodeID, at now: Instant) -> AppliedFault {
    let event = recordRepair(.resume(node), of: { $0 == .pause(node) }, at: now)
    lift(at: now) { $0 == .pause(node) }
    return AppliedFault(number: nil, event: event, changes: settleProcess(node))
  }

  private mutating func heal(at now: Instant) -> AppliedFault {
    let event = recordRepair(.heal, of: { _ in true }, at: now)
    let ended = active
    lift(at: now) { _ in true }
    var changes: [WorldChange] = []
    for entry in ended {
      for change in settle(entry.fault, at: now) where !changes.contains(change) {
        changes.append(change)
      }
    }
    for node in roster.nodes where clocks[node.index].monotonic(at: now) != now {
      clocks[node.index].correct(at: now)
      if !changes.contains(.clockChanged(node)) { changes.append(.clockChanged(node)) }
    }
    return AppliedFault(number: nil, event: event, changes: changes)
  }

  private mutating func lift(at now: Instant, _ isOver: (Fault) -> Bool) {
    for entry in active where isOver(entry.fault) { remember(entry, until: now) }
    active.removeAll { isOver($0.fault) }
  }

  private mutating func remember(_ ended: ActiveFault, until now: Instant) {
    if past.count == Self.pastCapacity { past.removeFirst() }
    past.append(PastFault(fault: ended, until: now))
  }

  /// Records an action that ends faults, caused by the newest of those.
  private mutating func recordRepair(
    _ fault: Fault, of isOver: (Fault) -> Bool, at now: Instant
  ) -> Trace.ID {
    trace.record(
      at: now, part(of: fault), fault.verb.rawValue, fault.story(roster), weight: .recovery,
      cause: active.last { isOver($0.fault) }?.event)
  }

  private func part(of fault: Fault) -> String {
    if let node = fault.node { return roster.name(node) }
    if fault.isAboutLinks { return "network" }
    return fault.verb == .load ? "clients" : "world"
  }
}
