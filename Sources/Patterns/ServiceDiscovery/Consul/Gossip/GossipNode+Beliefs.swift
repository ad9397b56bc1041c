import Kernel

extension GossipNode {
  /// Takes a rumour.
  mutating func take(_ rumor: Rumor, at now: Instant, _ outputs: inout [Output]) {
    switch rumor {
    case .alive(let node, let incarnation):
      takeAlive(node, incarnation: incarnation, at: now, &outputs)
    case .suspect(let node, let incarnation, let accuser):
      takeSuspect(node, incarnation: incarnation, by: accuser, at: now, &outputs)
    case .dead(let node, let incarnation, let accuser):
      takeDead(node, incarnation: incarnation, by: accuser, at: now, &outputs)
    }
  }

  /// A node lives: news only in a higher incarnation.
  mutating func takeAlive(
    _ node: NodeID, incarnation: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    if node == me {
      if incarnation > ownIncarnation { refute(incarnation, at: now, &outputs) }
      return
    }
    let known = members[node]
    let isBelieved = options.shortcut == .revivesOnOldNews && known?.isActive == false
    if let known, incarnation <= known.incarnation, !isBelieved { return }
    endSuspicion(of: node)
    rumors.add(.alive(node, incarnation: incarnation))
    believe(node, .alive, incarnation: incarnation, at: now)
    if known == nil || known?.isActive == false {
      ring.insert(node, at: random.below(ring.count + 1))
    }
    if known?.state != .alive {
      outputs.append(.entered(.alive(node, incarnation: incarnation)))
    }
  }

  /// Somebody suspects a node: a confirmation, a new suspicion, or a charge against ourselves.
  mutating func takeSuspect(
    _ node: NodeID, incarnation: Int, by accuser: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let known = members[node], incarnation >= known.incarnation else { return }
    if suspicions[node] != nil {
      if suspicions[node]?.confirm(by: accuser) == true, let suspicion = suspicions[node] {
        rumors.add(.suspect(node, incarnation: incarnation, by: accuser))
        timers.set(.suspicion(node), at: max(now, suspicion.deadline))
      }
      return
    }
    guard known.state == .alive else { return }
    if node == me {
      if !hasLeft { refute(incarnation, at: now, &outputs) }
      return
    }
    rumors.add(.suspect(node, incarnation: incarnation, by: accuser))
    believe(node, .suspect, incarnation: incarnation, at: now)
    outputs.append(.entered(.suspected(node, by: accuser, incarnation: incarnation)))
    suspect(node, by: accuser, at: now)
  }

  private mutating func suspect(_ node: NodeID, by accuser: NodeID, at now: Instant) {
    let count = activeCount
    let wanted = options.suspicionMult - 2
    let minimum = GossipScale.suspicionTimeout(
      multiplier: options.suspicionMult, members: count, interval: options.probeInterval)
    let suspicion = Suspicion(
      by: accuser, wanted: count - 2 < wanted ? 0 : wanted, minimum: minimum,
      maximum: minimum * options.suspicionMaxTimeoutMult, at: now)
    suspicions[node] = suspicion
    timers.set(.suspicion(node), at: suspicion.deadline)
  }

  /// A node is said to be dead, or says itself that it leaves.
  mutating func takeDead(
    _ node: NodeID, incarnation: Int, by accuser: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let known = members[node], incarnation >= known.incarnation else { return }
    let confirmations = suspicions[node]?.confirmations ?? 0
    guard known.isActive else { return }
    if node == me, !hasLeft {
      refute(incarnation, at: now, &outputs)
      return
    }
    endSuspicion(of: node)
    rumors.add(.dead(node, incarnation: incarnation, by: accuser))
    let isFarewell = node == accuser
    believe(node, isFarewell ? .left : .dead, incarnation: incarnation, at: now)
    if let place = ring.firstIndex(of: node) {
      ring.remove(at: place)
      if place < ringPlace { ringPlace -= 1 }
    }
    outputs.append(
      .entered(
        isFarewell
          ? .left(node)
          : .dead(
            node, by: accuser, incarnation: incarnation, confirmations: confirmations)))
  }

  /// The time of a suspected node is up.
  mutating func suspicionEnded(_ node: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard let member = members[node], member.state == .suspect else { return }
    takeDead(node, incarnation: member.incarnation, by: me, at: now, &outputs)
  }

  /// Speaks up: raises the own incarnation above the accusation and spreads it.
  private mutating func refute(
    _ accused: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    let raise = options.shortcut == .refutesUnraised ? 0 : 1
    let incarnation = max(ownIncarnation, accused) + raise
    believe(me, .alive, incarnation: incarnation, at: now)
    changeHealth(by: 1, &outputs)
    rumors.add(.alive(me, incarnation: incarnation))
    outputs.append(.entered(.refuted(incarnation: incarnation)))
  }

  private var ownIncarnation: Int { members[me]?.incarnation ?? 1 }

  private mutating func believe(
    _ node: NodeID, _ state: GossipMember.State, incarnation: Int, at now: Instant
  ) {
    let before = members[node]
    let since = before?.state == state ? before?.since ?? now : now
    let after = GossipMember(node, state, incarnation: incarnation, since: since)
    members[node] = after
    lastChange = GossipChange(before: before, after: after)
  }

  private mutating func endSuspicion(of node: NodeID) {
    suspicions[node] = nil
    timers.cancel(.suspicion(node))
  }

  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Incarnations grow**: a belief never goes back to a lower incarnation. **Dead stays dead**: a
  /// dead node is alive again only by a higher incarnation. **Suspects have a timer**: exactly the
  /// suspected nodes have one. **Health in range**: the score is below its bound.
  public func checkInvariants() -> InvariantViolation? {
    if let change = lastChange, let before = change.before {
      let after = change.after
      if after.incarnation < before.incarnation {
        return InvariantViolation(
          "incarnations grow",
          witness: "\(after.node) fell from \(before.incarnation) to \(after.incarnation)")
      }
      let revived = !before.isActive && after.isActive
      if revived, after.incarnation <= before.incarnation {
        return InvariantViolation(
          "dead stays dead", witness: "\(after.node) revived in \(after.incarnation)")
      }
    }
    if let node = lastChange?.after.node {
      let isSuspected = members[node]?.state == .suspect
      if isSuspected != (suspicions[node] != nil) {
        return InvariantViolation("suspects have a timer", witness: "\(node) does not")
      }
    }
    guard (0..<options.awarenessMaxMultiplier).contains(health) else {
      return InvariantViolation("health in range", witness: "the score is \(health)")
    }
    return nil
  }
}
