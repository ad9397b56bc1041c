import Kernel

/// The controller: it knows which brokers live, appoints leaders and keeps the ISR.
///
/// It is one node here; Kafka runs a quorum of them on Raft. Sources: apache/kafka,
/// `ReplicationControlManager`, `BrokerHeartbeatManager`.
public struct KafkaController: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(KafkaMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(KafkaMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Write and flush before anything that follows.
    case persist(KafkaStorage.Record)
    /// It has not heard from a broker for so long.
    case fences(NodeID, silent: TimeSpan)
    /// A partition has a new leader; `isClean` is false when it was out of sync.
    case elects(partition: Int, leader: NodeID, isClean: Bool, isr: [NodeID])
    /// A partition has no leader: nobody who was in sync lives.
    case offline(partition: Int, isr: [NodeID])
  }

  private let brokers: [NodeID]
  private let options: KafkaOptions
  /// Who leads what.
  public private(set) var leaderships: [KafkaLeadership]
  private var heardAt: [Instant?]
  private var isFenced: [Bool]

  /// A controller of `brokers`; each partition has `replication` replicas, the first of them the
  /// preferred leader.
  public init(
    brokers: [NodeID], replication: Int, storage: KafkaStorage, options: KafkaOptions
  ) {
    self.brokers = brokers
    self.options = options
    heardAt = Array(repeating: nil, count: brokers.count)
    isFenced = Array(repeating: true, count: brokers.count)
    leaderships = storage.leaderships.enumerated().map { partition, kept in
      let replicas = (0..<min(replication, brokers.count)).map {
        brokers[(partition + $0) % brokers.count]
      }
      return kept
        ?? KafkaLeadership(leader: nil, epoch: 0, isr: replicas, version: 0, replicas: replicas)
    }
  }

  /// Leaders stand in the ISR.
  public func checkInvariants() -> InvariantViolation? {
    for (partition, leadership) in leaderships.enumerated() {
      guard let leader = leadership.leader, !leadership.isr.contains(leader) else { continue }
      return InvariantViolation(
        "a leader is in sync", witness: "partition \(partition): \(leader) of \(leadership.isr)")
    }
    return nil
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: outputs.append(.wakeMe(at: now + .milliseconds(200)))
    case .wake:
      found(at: now, &outputs)
      fence(at: now, &outputs)
      outputs.append(.wakeMe(at: now + .milliseconds(200)))
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    }
    return outputs
  }

  private mutating func take(
    _ message: KafkaMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .register: register(sender, at: now, &outputs)
    case .alive:
      guard let broker = brokers.firstIndex(of: sender) else { return }
      heardAt[broker] = now
      // A broker that was cut off is back as it was; one that restarted registers.
      if isFenced[broker] { register(sender, at: now, &outputs) }
    case .alterISR(let partition, let epoch, let version, let isr):
      guard leaderships[partition].epoch == epoch, leaderships[partition].version == version,
        leaderships[partition].leader == sender
      else { return tell(partition, &outputs, only: sender) }
      // Who is fenced does not come in.
      let live = isr.filter { node in
        node == sender || leaderships[partition].isr.contains(node)
          || brokers.firstIndex(of: node).map { !isFenced[$0] } ?? false
      }
      leaderships[partition].isr = live
      leaderships[partition].version += 1
      tell(partition, &outputs)
    case .metadata: outputs.append(.send(.leaders(leaderships.map(\.leader)), to: sender))
    case .produce, .produced, .fetch, .fetched, .consume, .consumed, .leadership, .leaders, .join,
      .joined, .heartbeat, .heartbeatAnswer, .leave, .commit, .committed, .fetchOffsets, .offsets:
      break
    }
  }

  /// A broker begins a new life: what it led goes to others, if there are any.
  private mutating func register(
    _ node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let broker = brokers.firstIndex(of: node) else { return }
    heardAt[broker] = now
    let wasAlive = !isFenced[broker]
    isFenced[broker] = false
    for partition in leaderships.indices where leaderships[partition].replicas.contains(node) {
      if wasAlive, leaderships[partition].isr != [node] {
        // Its disk may have lost what it had acknowledged: it must prove itself again.
        leaderships[partition].isr.removeAll { $0 == node }
        if leaderships[partition].leader == node { leaderships[partition].leader = nil }
        leaderships[partition].version += 1
      }
      guard leaderships[partition].epoch > 0 else { continue }
      if leaderships[partition].leader == nil { elect(partition, &outputs) }
      tell(partition, &outputs)
    }
  }

  /// Appoints the first leaders when all brokers are there, or after a second with those that are.
  private mutating func found(at now: Instant, _ outputs: inout [Output]) {
    let isComplete = isFenced.allSatisfy { !$0 }
    guard isComplete || now > Instant.zero + TimeSpan.seconds(1) else { return }
    for partition in leaderships.indices where leaderships[partition].epoch == 0 {
      elect(partition, &outputs)
      guard leaderships[partition].epoch > 0 else { continue }
      tell(partition, &outputs)
    }
  }

  /// Gives up brokers that are silent for too long.
  private mutating func fence(at now: Instant, _ outputs: inout [Output]) {
    for broker in brokers.indices where !isFenced[broker] {
      guard let heard = heardAt[broker], now - heard > options.sessionTimeout else { continue }
      isFenced[broker] = true
      outputs.append(.fences(brokers[broker], silent: now - heard))
      for partition in leaderships.indices
      where leaderships[partition].isr.contains(brokers[broker]) {
        // The last one in sync stays in the ISR: it alone has everything.
        if leaderships[partition].isr.count > 1 {
          leaderships[partition].isr.removeAll { $0 == brokers[broker] }
        }
        if leaderships[partition].leader == brokers[broker] {
          leaderships[partition].leader = nil
          elect(partition, &outputs)
        }
        leaderships[partition].version += 1
        tell(partition, &outputs)
      }
    }
  }

  /// Appoints a live replica that is in sync, or, where that is allowed, any live one.
  private mutating func elect(_ partition: Int, _ outputs: inout [Output]) {
    let leadership = leaderships[partition]
    func isLive(_ node: NodeID) -> Bool {
      brokers.firstIndex(of: node).map { !isFenced[$0] } ?? false
    }
    let clean = leadership.replicas.first { isLive($0) && leadership.isr.contains($0) }
    let unclean =
      options.uncleanLeaderElection ? leadership.replicas.first(where: isLive) : nil
    guard let leader = clean ?? unclean else {
      outputs.append(.offline(partition: partition, isr: leadership.isr))
      return
    }
    leaderships[partition].leader = leader
    leaderships[partition].epoch += 1
    leaderships[partition].version += 1
    leaderships[partition].isr =
      clean == nil ? [leader] : leadership.isr.filter { isLive($0) }
    outputs.append(
      .elects(
        partition: partition, leader: leader, isClean: clean != nil,
        isr: leaderships[partition].isr))
  }

  private func tell(_ partition: Int, _ outputs: inout [Output], only node: NodeID? = nil) {
    let leadership = leaderships[partition]
    if node == nil { outputs.append(.persist(.leadership(partition: partition, leadership))) }
    for broker in node.map({ [$0] }) ?? leadership.replicas {
      outputs.append(.send(.leadership(partition: partition, leadership), to: broker))
    }
  }
}
