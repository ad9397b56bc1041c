import Kernel
import OrderedCollections

/// How a generation of the group comes about.
extension KafkaGroupCoordinator {

  mutating func rebalance(
    _ reason: Reason, _ node: NodeID, at now: Instant, _ outputs: inout [Output],
    joined: Int? = nil
  ) {
    guard !members.isEmpty else {
      state = .empty
      return
    }
    switch state {
    case .preparingRebalance: break
    case .empty:
      opensAt = now + options.initialRebalanceDelay
      deadline = opensAt + options.rebalanceTimeout
      for place in members.indices { members[place].hasJoined = place == joined }
      outputs.append(.rebalances(because: reason, node))
    case .stable:
      opensAt = now
      deadline = now + options.rebalanceTimeout
      for place in members.indices { members[place].hasJoined = place == joined }
      outputs.append(.rebalances(because: reason, node))
    }
    state = .preparingRebalance
    completeIfReady(at: now, &outputs)
  }

  mutating func look(at now: Instant, _ outputs: inout [Output]) {
    let silent = members.filter { now - $0.heardAt > options.sessionTimeout }
    for member in silent {
      members.removeAll { $0.node == member.node }
      rebalance(.expired, member.node, at: now, &outputs)
    }
    guard state == .preparingRebalance else { return }
    if now >= deadline { members.removeAll { !$0.hasJoined } }
    if members.isEmpty { state = .empty }
    completeIfReady(at: now, &outputs)
  }

  /// Begins a new generation when everybody has joined.
  mutating func completeIfReady(at now: Instant, _ outputs: inout [Output]) {
    guard state == .preparingRebalance, now >= opensAt, !members.isEmpty,
      members.allSatisfy(\.hasJoined)
    else { return }
    generation += 1
    state = .stable
    let topic = "topic"
    let ids = members.map { member in
      // Ids sort as the members' nodes do.
      String(1_000_000 + (member.instance ?? member.node.index))
    }
    let wanted = options.assignor.assign(
      [(topic, options.partitions)],
      to: members.indices.map { place in
        KafkaAssignor.Member(
          id: ids[place], topics: [topic],
          owned: members[place].owned.map { KafkaTopicPartition(topic, $0) })
      })
    for place in members.indices {
      var partitions = wanted[place].map(\.partition).sorted()
      if options.assignor.isCooperative {
        // What another member still has is given only after that one has let go of it.
        let others = members.indices.filter { $0 != place }.flatMap { members[$0].owned }
        partitions.removeAll { others.contains($0) }
      }
      members[place].assigned = partitions
    }
    for member in members {
      outputs.append(
        .send(
          .joined(generation: generation, partitions: member.assigned), to: member.node))
    }
    outputs.append(.begins(generation: generation, members: members.count))
  }
}
