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
  /// What it knows of the brokers.
  public private(set) var registrations: [KafkaRegistration]
  private var heardAt: [Instant]

  /// A controller of `brokers`; each partition has `replication` replicas, the first of them the
  /// preferred leader.
  public init(
    brokers: [NodeID], replication: Int, storage: KafkaStorage, options: KafkaOptions
  ) {
    self.brokers = brokers
    self.options = options
    heardAt = Array(repeating: .zero, count: brokers.count)
    registrations = brokers.indices.map { storage.registrations[$0] ?? KafkaRegistration() }
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
    case .started:
      // Who was alive has a session's time to be heard again.
      for broker in heardAt.indices { heardAt[broker] = now }
      outputs.append(.wakeMe(at: now + .milliseconds(200)))
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
    case .register(let incarnation): register(sender, incarnation, at: now, &outputs)
    case .alive(let incarnation, let versions):
      guard let broker = brokers.firstIndex(of: sender),
        registrations[broker].incarnation == incarnation
      else { return }
      heard(broker, versions, at: now, &outputs)
    case .alterISR(let partition, let epoch, let version, let isr):
      guard leaderships[partition].epoch == epoch, leaderships[partition].version == version,
        leaderships[partition].leader == sender
      else { return tell(partition, &outputs, only: sender) }
      // Who is fenced does not come in.
      let live = isr.filter { node in
        node == sender || leaderships[partition].isr.contains(node)
          || isLive(node)
      }
      leaderships[partition].isr = live
      leaderships[partition].version += 1
      tell(partition, &outputs)
    case .metadata: outputs.append(.send(.leaders(leaderships.map(\.leader)), to: sender))
    default: break
    }
  }

  /// A broker begins a new life: what it led goes to others, or at least to a new epoch.
  ///
  /// Its disk may have lost what it had acknowledged.
  private mutating func register(
    _ node: NodeID, _ incarnation: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let broker = brokers.firstIndex(of: node),
      incarnation >= registrations[broker].incarnation
    else { return }
    let before = registrations[broker]
    heardAt[broker] = now
    registrations[broker].incarnation = incarnation
    registrations[broker].isFenced = false
    let isNewLife = incarnation > before.incarnation
    for partition in leaderships.indices where leaderships[partition].replicas.contains(node) {
      if isNewLife, before.incarnation > 0 {
        // It must prove itself again, unless nobody else could.
        if leaderships[partition].isr != [node] {
          leaderships[partition].isr.removeAll { $0 == node }
        }
        if leaderships[partition].leader == node { leaderships[partition].leader = nil }
        leaderships[partition].version += 1
      }
      guard leaderships[partition].epoch > 0, isNewLife || before.isFenced else { continue }
      if leaderships[partition].leader == nil { elect(partition, &outputs) }
      tell(partition, &outputs)
    }
    // The life counts as known only when what follows from it is durable.
    if registrations[broker] != before { keep(broker, &outputs) }
    outputs.append(.send(.registered(incarnation: incarnation, leaderships), to: node))
  }

  /// A broker lives on; what it does not know yet it is told again.
  private mutating func heard(
    _ broker: Int, _ versions: [Int], at now: Instant, _ outputs: inout [Output]
  ) {
    let node = brokers[broker]
    heardAt[broker] = now
    let wasFenced = registrations[broker].isFenced
    registrations[broker].isFenced = false
    if wasFenced { keep(broker, &outputs) }
    for partition in leaderships.indices
    where leaderships[partition].replicas.contains(node) && leaderships[partition].epoch > 0 {
      // A broker that was cut off is back as it was.
      if wasFenced, leaderships[partition].leader == nil {
        elect(partition, &outputs)
        tell(partition, &outputs)
      } else if versions[partition] < leaderships[partition].version {
        tell(partition, &outputs, only: node)
      }
    }
  }

  /// Appoints the first leaders when all brokers are there, or after a second with those that are.
  private mutating func found(at now: Instant, _ outputs: inout [Output]) {
    let isComplete = registrations.allSatisfy { !$0.isFenced }
    guard isComplete || now > Instant.zero + TimeSpan.seconds(1) else { return }
    for partition in leaderships.indices where leaderships[partition].epoch == 0 {
      elect(partition, &outputs)
      guard leaderships[partition].epoch > 0 else { continue }
      tell(partition, &outputs)
    }
  }

  /// Gives up brokers that are silent for too long.
  private mutating func fence(at now: Instant, _ outputs: inout [Output]) {
    for broker in brokers.indices where !registrations[broker].isFenced {
      let silent = now - heardAt[broker]
      guard silent > options.sessionTimeout else { continue }
      registrations[broker].isFenced = true
      outputs.append(.fences(brokers[broker], silent: silent))
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
      keep(broker, &outputs)
    }
  }

  /// Appoints a live replica that is in sync, or, where that is allowed, any live one.
  private mutating func elect(_ partition: Int, _ outputs: inout [Output]) {
    let leadership = leaderships[partition]
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

  private func isLive(_ node: NodeID) -> Bool {
    brokers.firstIndex(of: node).map { !registrations[$0].isFenced } ?? false
  }

  private func keep(_ broker: Int, _ outputs: inout [Output]) {
    outputs.append(.persist(.registration(broker: broker, registrations[broker])))
  }

  private func tell(_ partition: Int, _ outputs: inout [Output], only node: NodeID? = nil) {
    let leadership = leaderships[partition]
    if node == nil { outputs.append(.persist(.leadership(partition: partition, leadership))) }
    for broker in node.map({ [$0] }) ?? leadership.replicas {
      outputs.append(.send(.leadership(partition: partition, leadership), to: broker))
    }
  }
}
