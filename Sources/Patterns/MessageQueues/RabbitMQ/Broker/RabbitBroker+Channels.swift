import Kernel

extension RabbitBroker {
  /// Carries out a client's request.
  mutating func take(
    _ method: RabbitMethod, on id: RabbitChannelID, _ turn: inout Turn
  ) {
    if case .open = method {
      if channels[id] == nil {
        channels[id] = RabbitChannel(id: id, prefetch: options.defaultPrefetch)
      }
      return reply(.done, to: id, &turn)
    }
    guard channels[id] != nil else {
      return reply(
        .closed(RabbitClosure(code: 504, text: "CHANNEL_ERROR - expected 'channel.open'")),
        to: id, &turn)
    }
    switch method {
    case .open: break
    case .heartbeat: reply(.heartbeat, to: id, &turn)
    case .close:
      reply(.done, to: id, &turn)
      close({ $0 == id }, &turn)
    case .declareExchange, .declareQueue, .bind, .unbind: define(method, on: id, &turn)
    case .purge(let name): purge(name, on: id, &turn)
    case .confirmSelect:
      channels[id]?.isConfirming = true
      reply(.done, to: id, &turn)
    case .qos(let prefetch, let isGlobal): limit(id, to: prefetch, isGlobal: isGlobal, &turn)
    case .publish(let message, let isMandatory):
      publish(message, isMandatory: isMandatory, on: id, &turn)
    case .consume(let queue, let tag, let autoAck):
      consume(queue, tag: tag, autoAck: autoAck, on: id, &turn)
    case .cancel(let tag): cancel(tag, on: id, &turn)
    case .get(let queue, let autoAck): get(queue, autoAck: autoAck, on: id, &turn)
    case .ack(let tag, let multiple): settle(tag, multiple: multiple, .ack, on: id, &turn)
    case .nack(let tag, let multiple, let requeue):
      settle(tag, multiple: multiple, requeue ? .requeue : .reject, on: id, &turn)
    case .reject(let tag, let requeue):
      settle(tag, multiple: false, requeue ? .requeue : .reject, on: id, &turn)
    case .recover:
      let all = channels[id]?.take(0, multiple: true) ?? []
      settle(all, .requeue, &turn)
      reply(.done, to: id, &turn)
    }
  }

  func reply(_ reply: RabbitReply, to id: RabbitChannelID, _ turn: inout Turn) {
    turn.outputs.append(.reply(reply, to: id))
  }

  /// Closes a channel because of a mistake of its client.
  mutating func fail(_ id: RabbitChannelID, _ closure: RabbitClosure, _ turn: inout Turn) {
    turn.outputs.append(.entered(.closed(id, closure)))
    reply(.closed(closure), to: id, &turn)
    close({ $0 == id }, &turn)
  }

  /// Forgets channels: their consumers are gone and what they held goes back.
  mutating func close(_ isMeant: (RabbitChannelID) -> Bool, _ turn: inout Turn) {
    let closing = channels.keys.filter(isMeant).sorted()
    guard !closing.isEmpty else { return }
    var users: [String: [RabbitChannelID]] = [:]
    for id in closing {
      for name in channels[id]?.quorumQueues ?? [] { users[name, default: []].append(id) }
      channels[id] = nil
      credit.forget(id)
    }
    for name in queueNames {
      if classic[name] != nil {
        change(name, &turn) { queue, credit, now, events in
          queue.forget(
            { closing.contains($0) }, at: now, credit: &credit, &events)
        }
      } else {
        for id in users[name] ?? [] { ask(name, .forget(id), for: .nobody, &turn) }
      }
    }
  }

  private mutating func define(
    _ method: RabbitMethod, on id: RabbitChannelID, _ turn: inout Turn
  ) {
    switch method {
    case .declareExchange(let exchange):
      if let existing = routing.exchange(exchange.name), existing != exchange {
        return fail(id, .inequivalent("exchange", exchange.name), &turn)
      }
      if routing.exchange(exchange.name) == nil { declare(exchange, &turn) }
      reply(.done, to: id, &turn)
    case .declareQueue(let name, let arguments): declareQueue(name, arguments, on: id, &turn)
    case .bind(let binding):
      if let missing = missing(in: binding) { return fail(id, missing, &turn) }
      bind(binding, &turn)
      reply(.done, to: id, &turn)
    case .unbind(let binding):
      routing.unbind(binding)
      turn.outputs.append(.persist(.unbound(binding)))
      reply(.done, to: id, &turn)
    default: break
    }
  }

  private mutating func declareQueue(
    _ name: String, _ arguments: RabbitQueueArguments, on id: RabbitChannelID,
    _ turn: inout Turn
  ) {
    var wanted = arguments
    wanted.shortcuts.formUnion(options.shortcuts)
    if let existing = self.arguments(of: name) {
      guard existing == wanted else { return fail(id, .inequivalent("queue", name), &turn) }
    } else {
      declare(name, arguments, isFirst: true, &turn)
      for node in options.nodes ?? [] where node != me && arguments.kind == .quorum {
        turn.outputs.append(.send(.declare(name, arguments), to: node))
      }
    }
    let queue = queue(name)
    reply(
      .queueDeclared(
        name, waiting: queue?.waitingCount ?? 0, consumers: queue?.consumers.count ?? 0),
      to: id, &turn)
  }

  private func missing(in binding: RabbitBinding) -> RabbitClosure? {
    if routing.exchange(binding.exchange) == nil {
      return .notFound("exchange", binding.exchange)
    }
    switch binding.destination {
    case .queue(let name):
      return hasQueue(name) ? nil : .notFound("queue", name)
    case .exchange(let name):
      return routing.exchange(name) == nil ? .notFound("exchange", name) : nil
    }
  }

  /// The queue called `name` as this broker knows it: for a quorum queue, its own replica's copy.
  public func queue(_ name: String) -> RabbitQueue? {
    classic[name] ?? quorum[name]?.state.queue
  }

  /// The Raft node of a quorum queue's replica here.
  public func raftNode(
    of name: String
  ) -> RaftNode<RabbitQuorumCommand, RabbitQuorumState>? { quorum[name]?.raft }

  /// How the queue called `name` was declared.
  public func arguments(of name: String) -> RabbitQueueArguments? { queue(name)?.arguments }

  func hasQueue(_ name: String) -> Bool {
    classic[name] != nil || quorum[name] != nil || isRemote(name)
  }
}
