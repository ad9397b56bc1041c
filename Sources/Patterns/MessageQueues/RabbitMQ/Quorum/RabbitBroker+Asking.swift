import Kernel

extension RabbitBroker {
  /// Asks a quorum queue for something, on behalf of a channel or of the broker.
  mutating func ask(
    _ name: String, _ action: RabbitQuorumCommand.Action,
    for waiter: RabbitQuorumClient.Waiter, _ turn: inout Turn
  ) {
    guard var client = clients[name] else { return }
    let pending = client.add(action, for: waiter)
    let command = client.command(pending)
    clients[name] = client
    dispatch(command, to: name, &turn)
  }

  /// Sends a command to the broker that is thought to lead, if any is.
  private mutating func dispatch(
    _ command: RabbitQuorumCommand, to name: String, _ turn: inout Turn
  ) {
    guard let leader = clients[name]?.leader else { return }
    if leader == me {
      receive(command, for: name, from: me, &turn)
    } else {
      turn.outputs.append(.send(.propose(name, command), to: leader))
    }
  }

  /// Sends everything again that has no result, and lets leaders know that this broker is here.
  mutating func resend(_ turn: inout Turn) {
    for name in queueNames where quorum[name] != nil {
      sendAgain(name, &turn)
      findLost(name, &turn)
    }
  }

  private mutating func sendAgain(_ name: String, _ turn: inout Turn) {
    guard var client = clients[name] else { return }
    if client.leader == nil { client.leader = quorum[name]?.raft.leader }
    if client.received > client.toldReceived, client.pending.isEmpty {
      _ = client.add(.note, for: .nobody)
    }
    let commands = client.pending.map { client.command($0) }
    clients[name] = client
    guard let leader = client.leader else { return }
    for command in commands { dispatch(command, to: name, &turn) }
    guard client.isKnown else { return }
    let sync = RabbitPeerMessage.sync(name, client.session, receivedUpTo: client.received)
    if leader == me {
      answer(sync: name, client.session, receivedUpTo: client.received, &turn)
    } else {
      turn.outputs.append(.send(sync, to: leader))
    }
  }

  /// Another broker leads a queue now: everything without a result goes to it.
  mutating func follow(_ leader: NodeID?, for name: String, _ turn: inout Turn) {
    guard clients[name]?.leader != leader else { return }
    clients[name]?.leader = leader
    if leader != nil { sendAgain(name, &turn) }
  }

  /// The result of a command is known: tells who waits for it.
  mutating func conclude(
    _ number: Int, of name: String, _ result: RabbitQuorumResult, _ turn: inout Turn
  ) {
    clients[name]?.isKnown = true
    guard let pending = clients[name]?.finish(number) else { return }
    switch pending.waiter {
    case .nobody: break
    case .consume(let holder):
      if channels[holder.channel] != nil {
        reply(.consuming(tag: holder.tag ?? ""), to: holder.channel, &turn)
      }
    case .purge(let id):
      if case .purged(let count) = result { reply(.purged(count), to: id, &turn) }
    case .get(let id, let autoAck):
      guard case .fetched(let entry, let waiting) = result else { return }
      guard channels[id] != nil else { return ask(name, .forget(id), for: .nobody, &turn) }
      hand(entry, of: name, to: id, autoAck: autoAck, waiting: waiting, &turn)
    case .publish(let id, let sequence):
      if result == .rejected { turn.outputs.append(.entered(.full(queue: name))) }
      guard channels[id]?.unconfirmed[sequence] != nil else { return }
      channels[id]?.unconfirmed[sequence]?.pending -= 1
      if result == .rejected { channels[id]?.unconfirmed[sequence]?.isRefused = true }
      confirmIfReady(sequence, on: id, &turn)
    }
  }

  /// A delivery has arrived: consumers get it in the order of the numbers, and once.
  mutating func receive(
    _ delivery: RabbitQuorumDelivery, of name: String, _ turn: inout Turn
  ) {
    guard var client = clients[name] else { return }
    let ready = client.receive(delivery)
    clients[name] = client
    for delivery in ready {
      deliver(
        delivery.entry, of: name, to: delivery.holder, isSettled: delivery.isSettled, &turn)
    }
  }

  /// The queue has given this broker up: its consumers there are gone, what they hold is lost to
  /// them, and a new session begins.
  mutating func startAnew(_ name: String, _ turn: inout Turn) {
    guard clients[name] != nil else { return }
    for id in channels.keys.sorted() {
      for (tag, queue) in (channels[id]?.consumers ?? [:]).sorted(by: { $0.key < $1.key })
      where queue == name {
        channels[id]?.consumers[tag] = nil
        reply(.cancelled(tag: tag), to: id, &turn)
      }
    }
    clients[name]?.startAnew()
    sendAgain(name, &turn)
  }
}
