import Kernel
import Patterns
import Simulation

/// How the processes of a queue universe live in its cluster.
struct QueueFamily: MachineFamily {
  let setup: QueueSetup
  let seed: UInt64
  private var audits: [String: RaftAudit<RabbitQuorumCommand, RabbitQuorumState>] = [:]
  /// Brokers whose log, term or role may have changed since they were last looked at.
  private var changed: Set<NodeID> = []

  init(_ setup: QueueSetup, seed: UInt64) {
    self.setup = setup
    self.seed = seed
    guard setup.arguments.kind == .quorum else { return }
    for name in setup.workQueues { audits[name] = RaftAudit() }
  }

  var firstInput: QueuePart.Input? { .started }

  func blankStorage(_ node: NodeID) -> RabbitDisk { RabbitDisk() }

  mutating func start(
    _ node: NodeID, from storage: RabbitDisk, life: Int, at now: Instant
  ) -> QueuePart {
    let random = RandomStream(seed: seed, name: "queue-broker/\(node.index)/\(life)")
    if node.index < setup.brokerCount {
      for name in setup.workQueues { audits[name]?.restarted(node) }
      let broker = RabbitBroker(
        node, disk: storage, options: setup.brokerOptions, life: life, random: random)
      return QueuePart(role: .broker(BrokerPart(broker, heartbeat: setup.heartbeat)))
    }
    if setup.producers.contains(node) {
      return QueuePart(role: .producer(ProducerPart(setup, me: node, life: life)))
    }
    let part = ConsumerPart(
      setup, me: node, life: life,
      duty: node == setup.reader ? .deadLetters : node == setup.newcomer ? .news : .work,
      random: random)
    return QueuePart(role: .consumer(part))
  }

  func input(_ message: QueueMessage, from node: NodeID) -> QueuePart.Input {
    if case .reset = message { return .told(.connectionsReset(by: node)) }
    return .received(message, from: node)
  }

  func input(timer: Int) -> QueuePart.Input { .timer(timer) }

  mutating func effect(
    _ output: QueuePart.Output, of node: NodeID
  ) -> MachineEffect<QueueMessage, RabbitDisk.Record, QueueAnswer> {
    switch output {
    case .request(let number, let method, let channel, let broker):
      return .send(.request(number, method, channel), to: broker)
    case .reply(let number, let reply, let channel):
      return .send(.reply(number, reply, channel), to: channel.client)
    case .peer(let message, let broker): return .send(.peer(message), to: broker)
    case .persist(let record):
      changed.insert(node)
      return .persist(record)
    case .write(let record):
      changed.insert(node)
      return .write(record)
    case .wakeMe(let instant, let timer): return .wakeMe(at: instant, timer: timer)
    case .answer(let answer): return .answer(answer)
    }
  }

  /// Holds the replicas of each quorum queue against Raft's safety properties.
  mutating func check(
    _ stepped: NodeID, _ members: [QueuePart?]
  ) -> InvariantViolation? {
    guard changed.remove(stepped) != nil, !audits.isEmpty else { return nil }
    let brokers = members.prefix(setup.brokerCount).map { part -> RabbitBroker? in
      if case .broker(let part)? = part?.role { part.broker } else { nil }
    }
    for name in setup.workQueues {
      let nodes = brokers.map { $0?.raftNode(of: name) }
      guard let node = nodes[stepped.index] else { continue }
      if let violation = audits[name]?.observe(node, among: nodes) { return violation }
    }
    return nil
  }
}
