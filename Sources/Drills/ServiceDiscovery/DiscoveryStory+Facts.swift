import Kernel
import Patterns
import Simulation

extension DiscoveryStory {
  /// Tells what a part said of itself.
  mutating func tell(
    _ fact: DiscoveryFact, by node: NodeID, cause: Trace.ID?, in world: inout World
  ) {
    switch fact {
    case .evicted(let app, let expiry):
      let late = world.now - expiry
      tell(
        node,
        Fact("evicted", "evicts \(name(app)); its lease had run out \(late) before"),
        of: app, cause: cause, in: &world)
    case .preserving(let isOn, let renewals, let threshold):
      preserving(isOn, renewals, threshold, by: node, in: &world)
    case .registered(let app):
      guard world.now > measuredFrom else { return }
      tell(
        node, Fact("registered", "\(name(app)) is registered"), of: app, cause: cause, in: &world)
    case .cancelled(let app):
      tell(
        node, Fact("cancelled", "\(name(app)) leaves in good order"), of: app, cause: cause,
        in: &world)
    case .leaseLost(let app):
      guard world.now > measuredFrom else { return }
      let fact = Fact("lease-lost", "finds its lease gone and registers again")
      if let culprit = culprit(seenBy: node, in: world) { blame(culprit, for: app) }
      tell(node, fact, of: app, cause: cause, in: &world)
    case .heartbeatFailed:
      guard isFirst("\(name(node))/heartbeat") else { return }
      let culprit = culprit(seenBy: node, in: world)
      world.record(
        name(node), Fact("heartbeat-failed", "a heartbeat gets no answer"), cause: culprit)
    case .check(let app, let status):
      guard world.now >= measuredFrom else { return }
      tell(
        node, Fact("check", "the check of \(name(app)) is \(status.rawValue)"), of: app,
        cause: cause, in: &world)
    case .gossip(let gossip): tell(gossip, by: node, cause: cause, in: &world)
    case .serf(let host, let status): serf(host, status, by: node, cause: cause, in: &world)
    case .leaseRevoked(let keys):
      let culprit = culprit(seenBy: node, in: world)
      world.record(
        name(node), Fact("lease-revoked", "a lease runs out; \(keys) key deleted"),
        cause: lastDead(in: world) ?? culprit ?? cause)
    case .role(let role, let term):
      guard role == .leader else { return }
      let culprit = culprit(seenBy: node, in: world)
      world.record(name(node), Fact("leads", "leads in term \(term)"), cause: culprit)
    case .ready(let app, let isReady):
      guard world.now >= measuredFrom else { return }
      let word = isReady ? "ready" : "not ready"
      tell(node, Fact("readiness", "\(name(app)) is \(word)"), of: app, cause: cause, in: &world)
    case .judged(let host, let isReady):
      guard let app = roster.app(on: host) else { return }
      let word = isReady ? "ready again" : "not ready: its lease was not renewed"
      tell(
        node, Fact("node-judged", "\(name(host)) counts as \(word)"), of: app, cause: cause,
        in: &world)
    case .compacted:
      world.record(
        name(node), Fact("compacted", "its watch fell behind; it reads the list again"),
        cause: cause)
    }
  }

  private mutating func preserving(
    _ isOn: Bool, _ renewals: Int, _ threshold: Int, by node: NodeID, in world: inout World
  ) {
    guard world.now > measuredFrom else { return }
    let detail =
      isOn
      ? "evicts nothing any more: \(renewals) renewals in a minute, more than \(threshold) needed"
      : "evicts again: \(renewals) renewals in a minute, more than \(threshold) needed"
    let culprit = culprit(seenBy: node, in: world) ?? lastDead(in: world)
    world.record(
      name(node), Fact(isOn ? "preserving" : "evicting", detail), cause: culprit)
  }

  private mutating func tell(
    _ gossip: GossipFact, by node: NodeID, cause: Trace.ID?, in world: inout World
  ) {
    switch gossip {
    case .suspected(let host, let accuser, _):
      guard accuser == node, let app = roster.app(on: host),
        isFirst("\(name(app))/suspect/\(node.index)")
      else { return }
      tell(
        node, Fact("suspects", "gets no answer from \(name(host)) and suspects it"), of: app,
        cause: cause, in: &world)
    case .dead(let host, let accuser, _, let confirmations):
      guard accuser == node, let app = roster.app(on: host) else { return }
      let isFalse = roster.isUnhindered(host, in: world.environment)
      let detail =
        "declares \(name(host)) dead; confirmations: \(confirmations)"
        + (isFalse ? ". It runs and answers all others" : "")
      let fact = Fact(
        isFalse ? "false-death" : "dead", detail, weight: isFalse ? .harm : .change)
      tell(node, fact, of: app, cause: cause, in: &world)
    case .refuted(let incarnation):
      guard let app = roster.app(on: node), isFirst("\(name(app))/refuted") else { return }
      tell(
        node, Fact("refutes", "speaks up in incarnation \(incarnation)"), of: app, cause: cause,
        in: &world)
    case .alive, .left, .health: break
    }
  }

  private mutating func serf(
    _ host: NodeID, _ status: ConsulStatus, by node: NodeID, cause: Trace.ID?,
    in world: inout World
  ) {
    guard let app = roster.app(on: host), world.now >= measuredFrom else {
      return
    }
    tell(
      node, Fact("serf-health", "writes down that \(name(host)) is \(status.rawValue)"), of: app,
      cause: cause, in: &world)
  }

  /// The newest fault between `node` and the registry.
  func culprit(seenBy node: NodeID, in world: borrowing World) -> Trace.ID? {
    for server in roster.registries.reversed() {
      if let fault = world.environment.blame(server, seenBy: node) { return fault }
    }
    return nil
  }

  /// The newest fault that took an instance down.
  private func lastDead(in world: borrowing World) -> Trace.ID? {
    for app in roster.apps.reversed() where world.environment.processes.isDown(app) {
      if let thread = cause(of: app, seenBy: app, in: world) { return thread }
    }
    return nil
  }
}
