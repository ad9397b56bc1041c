import Kernel

extension ConsulServer {
  /// Carries on what the replica asks for.
  mutating func follow(
    _ events: [StoreReplica<ConsulCatalog>.Event], at now: Instant, _ outputs: inout [Output]
  ) {
    var hasNewLeader = false
    for event in events {
      switch event {
      case .persist(let write): outputs.append(.persist(write))
      case .send(let message): outputs.append(.raft(message))
      case .wakeMe(let instant): askReplica(at: instant)
      case .applied(let command, let index):
        outputs.append(.entered(.changed(command, index: index)))
        wakeParked(at: now, &outputs)
      case .written(let ticket): settle(ticket, &outputs)
      case .readable(let ticket):
        guard case .read(let caller, let request) = purposes.removeValue(forKey: ticket)
        else { continue }
        answer(request, to: caller, at: now, &outputs)
      case .failed(let ticket): fail(ticket, &outputs)
      case .entered(let role, let term):
        outputs.append(.entered(.role(role, term: term)))
        if role == .leader { hasNewLeader = true }
      case .follows: hasNewLeader = true
      }
    }
    guard hasNewLeader else { return }
    releaseHeld(at: now, &outputs)
    if replica.isLeader { reconcileAll(at: now, &outputs) }
  }

  /// The earliest of the wakes that the replica asked for counts.
  private mutating func askReplica(at instant: Instant) {
    if let due = timers.due(.raft), due <= instant { return }
    timers.set(.raft, at: instant)
  }

  private mutating func settle(_ ticket: Int, _ outputs: inout [Output]) {
    guard case .write(let caller, _) = purposes.removeValue(forKey: ticket) else { return }
    outputs.append(.answer(caller.call, .done, to: caller.node))
  }

  private mutating func fail(_ ticket: Int, _ outputs: inout [Output]) {
    switch purposes.removeValue(forKey: ticket) {
    case .write(let caller, let command): refuse(.write(command), caller, &outputs)
    case .read(let caller, let request): refuse(request, caller, &outputs)
    case .own, nil: break
    }
  }

  /// As leader, writes down what gossip just said.
  mutating func reconcile(
    after fact: GossipFact, at now: Instant, _ outputs: inout [Output]
  ) {
    switch fact {
    case .alive(let node, _), .dead(let node, _, _, _), .left(let node):
      reconcile(node, at: now, &outputs)
    case .suspected, .refuted, .health: break
    }
  }

  /// As leader, compares everything that gossip knows with the catalog.
  mutating func reconcileAll(at now: Instant, _ outputs: inout [Output]) {
    for node in gossip.members.keys.sorted() { reconcile(node, at: now, &outputs) }
  }

  private mutating func reconcile(
    _ node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard replica.isLeader, !servers.contains(node), let state = gossip.state(of: node)
    else { return }
    let known = catalog.serf[node]
    switch state {
    case .alive, .suspect:
      guard known != .passing else { return }
      write(.serfHealth(agent: node, .passing), for: .own, at: now, &outputs)
    case .dead:
      guard known == .passing else { return }
      write(.serfHealth(agent: node, .critical), for: .own, at: now, &outputs)
    case .left:
      guard known != nil else { return }
      write(.deregisterNode(agent: node), for: .own, at: now, &outputs)
    }
  }
}
