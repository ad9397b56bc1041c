import Kernel

extension RabbitBroker {
  /// Takes what another broker says.
  mutating func hear(_ message: RabbitPeerMessage, from node: NodeID, _ turn: inout Turn) {
    switch message {
    case .raft(let name, let body):
      if quorum[name] != nil { feed(.received(body), to: name, &turn) }
    case .declare(let name, let arguments):
      if !queueNames.contains(name) { declare(name, arguments, isFirst: false, &turn) }
    case .propose(let name, let command): receive(command, for: name, from: node, &turn)
    case .notLeader(let name, let hint):
      // It is asked when it is time to ask again: two that name each other would be asked for ever.
      if clients[name]?.leader == node { clients[name]?.leader = hint == me ? nil : hint }
    case .leads(let name): follow(node, for: name, &turn)
    case .applied(let name, let session, let number, let result):
      if clients[name]?.session == session { conclude(number, of: name, result, &turn) }
    case .deliver(let name, let session, let delivery):
      if clients[name]?.session == session { receive(delivery, of: name, &turn) }
    case .sync(let name, let session, let received):
      quorum[name]?.heard[node] = turn.now
      answer(sync: name, session, receivedUpTo: received, &turn)
    case .unknown(let name, let session):
      if clients[name]?.session == session { startAnew(name, &turn) }
    case .publish(let message, let name): enqueue(message, inClassic: name, &turn)
    }
  }

  /// A command has reached this broker: the leader writes it to the log, or says what became of it.
  mutating func receive(
    _ command: RabbitQuorumCommand, for name: String, from node: NodeID, _ turn: inout Turn
  ) {
    // No copy of the replica may be alive while its log grows: it would be copied every time.
    guard quorum[name] != nil else { return }
    guard quorum[name]?.raft.role == .leader else {
      if node == me {
        clients[name]?.leader = nil
      } else {
        let hint = quorum[name]?.raft.leader
        turn.outputs.append(.send(.notLeader(name, hint: hint), to: node))
      }
      return
    }
    quorum[name]?.heard[node] = turn.now
    if quorum[name]?.state.isEnded(command.session) ?? false {
      return sayUnknown(name, command.session, &turn)
    }
    if let result = quorum[name]?.state.result(of: command.number, in: command.session) {
      return tell(name, command.session, number: command.number, result, &turn)
    }
    var stamped = command
    stamped.at = turn.now
    feed(.proposed(stamped), to: name, &turn)
    if options.shortcuts.contains(.confirmsBeforeMajority), case .enqueue = command.action {
      tell(name, command.session, number: command.number, .done, &turn)
    }
  }

  /// Puts a command of the leader's own into the log.
  mutating func propose(
    _ action: RabbitQuorumCommand.Action, to name: String, _ turn: inout Turn
  ) {
    var command = RabbitQuorumCommand(
      RabbitSession(me, life: life), number: 0, lowestPending: 0, receivedUpTo: 0, action)
    command.at = turn.now
    feed(.proposed(command), to: name, &turn)
  }

  /// Sends a broker the deliveries that it has not received.
  mutating func answer(
    sync name: String, _ session: RabbitSession, receivedUpTo received: Int, _ turn: inout Turn
  ) {
    guard let replica = quorum[name], replica.raft.role == .leader else { return }
    guard let deliveries = replica.state.deliveries(for: session, after: received) else {
      return sayUnknown(name, session, &turn)
    }
    for delivery in deliveries { send(name, session, delivery, &turn) }
  }

  private mutating func sayUnknown(
    _ name: String, _ session: RabbitSession, _ turn: inout Turn
  ) {
    if session.node != me {
      turn.outputs.append(.send(.unknown(name, session), to: session.node))
    } else if clients[name]?.session == session {
      startAnew(name, &turn)
    }
  }

  /// Gives Raft an input and carries out what it asks for, in its order.
  mutating func feed(
    _ input: RabbitQuorumReplica.Raft.Input, to name: String, _ turn: inout Turn
  ) {
    turn.feed.append((name, input))
    guard !turn.isFeeding else { return }
    turn.isFeeding = true
    while !turn.feed.isEmpty {
      let (name, input) = turn.feed.removeFirst()
      guard let outputs = quorum[name]?.raft.step(input, at: turn.now) else { continue }
      for output in outputs { carryOut(output, for: name, &turn) }
      takeSnapshotIfDue(name, &turn)
    }
    turn.isFeeding = false
  }

  private mutating func carryOut(
    _ output: RabbitQuorumReplica.Raft.Output, for name: String, _ turn: inout Turn
  ) {
    switch output {
    case .persist(let write):
      turn.outputs.append(
        write.needsSync ? .persist(.raft(name, write)) : .write(.raft(name, write)))
    case .send(let message):
      turn.outputs.append(.send(.raft(name, message), to: message.target))
    case .wakeMe(let instant): timers.set(.raft(name), at: instant)
    case .apply(let entry): apply(entry, to: name, &turn)
    case .restore(let snapshot):
      quorum[name]?.state = snapshot.image
      quorum[name]?.snapshotIndex = snapshot.index
    case .entered(let role, let term):
      turn.outputs.append(.entered(.entered(queue: name, role, term: term)))
    case .follows(let leader, _):
      if let leader, leader != me { follow(leader, for: name, &turn) }
    case .accepted, .forwarded, .refused, .readReady, .readRefused: break
    }
  }

  private mutating func apply(
    _ entry: RaftEntry<RabbitQuorumCommand>, to name: String, _ turn: inout Turn
  ) {
    switch entry.payload {
    case .membership: break
    case .noOp:
      if quorum[name]?.raft.role == .leader, entry.term == quorum[name]?.raft.term {
        takeOffice(name, &turn)
      }
    case .command(let command):
      guard let effects = quorum[name]?.state.apply(command) else { return }
      guard quorum[name]?.raft.role == .leader, entry.term == quorum[name]?.raft.term else {
        return
      }
      for effect in effects { act(on: effect, of: name, &turn) }
    }
  }

  /// The new leader has applied all that was there before: it makes up for what the last one may
  /// not have done.
  private mutating func takeOffice(_ name: String, _ turn: inout Turn) {
    quorum[name]?.heard = [:]
    for node in quorum[name]?.members ?? [] {
      quorum[name]?.heard[node] = turn.now
      if node != me { turn.outputs.append(.send(.leads(name), to: node)) }
    }
    for peer in quorum[name]?.state.peers ?? [] {
      for delivery in peer.deliveries { send(name, peer.session, delivery, &turn) }
    }
    follow(me, for: name, &turn)
    for node in gone.sorted() { lose(node, from: name, &turn) }
  }

  private mutating func act(
    on effect: RabbitQuorumState.Effect, of name: String, _ turn: inout Turn
  ) {
    switch effect {
    case .applied(let session, let number, let result):
      tell(name, session, number: number, result, &turn)
    case .deliver(let session, let delivery): send(name, session, delivery, &turn)
    case .died(let entry, let reason): bury(entry, of: name, reason, &turn)
    }
  }

  private mutating func tell(
    _ name: String, _ session: RabbitSession, number: Int, _ result: RabbitQuorumResult,
    _ turn: inout Turn
  ) {
    if session.node != me {
      turn.outputs.append(.send(.applied(name, session, number: number, result), to: session.node))
    } else if clients[name]?.session == session {
      conclude(number, of: name, result, &turn)
    }
  }

  private mutating func send(
    _ name: String, _ session: RabbitSession, _ delivery: RabbitQuorumDelivery,
    _ turn: inout Turn
  ) {
    if session.node != me {
      turn.outputs.append(.send(.deliver(name, session, delivery), to: session.node))
    } else if clients[name]?.session == session {
      receive(delivery, of: name, &turn)
    }
  }

  private mutating func takeSnapshotIfDue(_ name: String, _ turn: inout Turn) {
    guard let applied = quorum[name]?.raft.applied, let state = quorum[name]?.state,
      applied - (quorum[name]?.snapshotIndex ?? 0) >= options.snapshotInterval
    else { return }
    quorum[name]?.snapshotIndex = applied
    turn.feed.append((name, .imaged(upTo: applied, state)))
  }

  /// A broker's process is gone: what its channels hold goes back, if the queue is led here.
  mutating func lose(_ node: NodeID, from name: String, _ turn: inout Turn) {
    if clients[name]?.leader == node { clients[name]?.leader = nil }
    guard quorum[name]?.raft.role == .leader,
      quorum[name]?.state.peers.contains(where: { $0.session.node == node }) ?? false
    else { return }
    turn.outputs.append(.entered(.lost(node)))
    propose(.nodeDown(node), to: name, &turn)
  }

  /// A broker that was silent for too long is taken for gone.
  mutating func findLost(_ name: String, _ turn: inout Turn) {
    guard quorum[name]?.raft.role == .leader else { return }
    for node in quorum[name]?.state.peers.map(\.session.node) ?? [] where node != me {
      let heard = quorum[name]?.heard[node] ?? turn.now
      quorum[name]?.heard[node] = heard
      guard turn.now - heard >= options.netTickTime else { continue }
      quorum[name]?.heard[node] = turn.now
      turn.outputs.append(.entered(.lost(node)))
      propose(.nodeDown(node), to: name, &turn)
    }
  }
}
