import Kernel

extension RabbitBroker {
  /// Takes over what the disk kept; non-durable queues and transient messages are gone.
  mutating func restore(_ disk: RabbitDisk) {
    for exchange in disk.exchanges { _ = routing.declare(exchange) }
    for stored in disk.queues {
      queueNames.append(stored.name)
      restored.append(stored.name)
      switch stored.arguments.kind {
      case .classic:
        var queue = RabbitQueue(stored.arguments)
        for entry in stored.entries.values.sorted(by: { $0.position < $1.position }) {
          queue.restore(entry)
        }
        classic[stored.name] = queue
      case .quorum:
        quorum[stored.name] = RabbitQuorumReplica(
          stored.arguments, members: stored.members,
          raft: raftNode(stored.name, storage: stored.raft))
      }
    }
    for binding in disk.bindings { routing.bind(binding) }
    var known = Set(queueNames)
    for queue in options.definitions.queues { known.insert(queue.name) }
    routing.forgetTransient(queues: known)
  }

  /// Whether a classic queue of this name is on another broker.
  func isRemote(_ name: String) -> Bool { remoteHome(of: name) != nil }

  /// The other broker that has the classic queue `name`.
  func remoteHome(of name: String) -> NodeID? {
    let queue = options.definitions.queues.first { $0.name == name }
    guard let queue, queue.arguments.kind == .classic, queue.home != me else { return nil }
    return queue.home
  }

  mutating func start(_ turn: inout Turn) {
    for name in restored {
      if let queue = classic[name] {
        turn.outputs.append(.entered(.restored(queue: name, messages: queue.waitingCount)))
      } else {
        begin(name, &turn)
        // The first command of a new life ends the sessions of the old one.
        ask(name, .note, for: .nobody, &turn)
      }
    }
    for exchange in options.definitions.exchanges where routing.exchange(exchange.name) == nil {
      declare(exchange, &turn)
    }
    for queue in options.definitions.queues where !queueNames.contains(queue.name) {
      if queue.arguments.kind == .quorum || queue.home == me {
        declare(queue.name, queue.arguments, isFirst: queue.home == me, &turn)
      }
    }
    for binding in options.definitions.bindings where !routing.bindings.contains(binding) {
      bind(binding, &turn)
    }
    for name in queueNames { expire(name, &turn) }
  }

  mutating func declare(_ exchange: RabbitExchange, _ turn: inout Turn) {
    _ = routing.declare(exchange)
    if exchange.isDurable { turn.outputs.append(.persist(.exchange(exchange))) }
  }

  mutating func bind(_ binding: RabbitBinding, _ turn: inout Turn) {
    guard !routing.bindings.contains(binding) else { return }
    routing.bind(binding)
    turn.outputs.append(.persist(.bound(binding)))
  }

  /// Makes a queue here; the first of the replicas of a quorum queue stands for election at once.
  mutating func declare(
    _ name: String, _ arguments: RabbitQueueArguments, isFirst: Bool, _ turn: inout Turn
  ) {
    var arguments = arguments
    arguments.shortcuts.formUnion(options.shortcuts)
    queueNames.append(name)
    let members = options.nodes ?? [me]
    if arguments.isDurable {
      turn.outputs.append(.persist(.queue(name, arguments, members: members)))
    }
    switch arguments.kind {
    case .classic: classic[name] = RabbitQueue(arguments)
    case .quorum:
      let storage = RaftStorage<RabbitQuorumCommand, RabbitQuorumState>(
        founders: RaftMembership(voters: members))
      quorum[name] = RabbitQuorumReplica(
        arguments, members: members, raft: raftNode(name, storage: storage))
      begin(name, &turn)
      if isFirst { feed(.campaigned, to: name, &turn) }
    }
  }

  private mutating func begin(_ name: String, _ turn: inout Turn) {
    clients[name] = RabbitQuorumClient(RabbitSession(me, life: life), leader: nil)
    feed(.started, to: name, &turn)
  }

  private func raftNode(
    _ name: String, storage: RaftStorage<RabbitQuorumCommand, RabbitQuorumState>
  ) -> RabbitQuorumReplica.Raft {
    var raftOptions = options.raft
    raftOptions.forwardsProposals = false
    var stream = random
    let seed = stream.next()
    return RabbitQuorumReplica.Raft(
      me, storage: storage, options: raftOptions,
      random: RandomStream(seed: seed, name: "queue/\(name)"))
  }
}
