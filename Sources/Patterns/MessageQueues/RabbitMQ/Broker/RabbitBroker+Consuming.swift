import Kernel

extension RabbitBroker {
  mutating func limit(
    _ id: RabbitChannelID, to prefetch: Int, isGlobal: Bool, _ turn: inout Turn
  ) {
    if isGlobal {
      let held = channels[id]?.outstanding.count { $0.holder.tag != nil } ?? 0
      credit.limit(id, to: prefetch, held: held)
      channels[id]?.isGlobalLimitSet = prefetch > 0
    } else {
      channels[id]?.prefetch = prefetch
    }
    reply(.done, to: id, &turn)
    serve(id, &turn)
  }

  mutating func consume(
    _ name: String, tag: String, autoAck: Bool, on id: RabbitChannelID, _ turn: inout Turn
  ) {
    guard let arguments = arguments(of: name), let channel = channels[id] else {
      return fail(id, .notFound("queue", name), &turn)
    }
    let isUsed =
      channel.consumers[tag] != nil || channel.outstanding.contains { $0.holder.tag == tag }
    if isUsed { return fail(id, .notAllowed("attempt to reuse consumer tag '\(tag)'"), &turn) }
    if arguments.kind == .quorum, channel.isGlobalLimitSet {
      return fail(id, .notImplemented("queue '\(name)' does not support global qos"), &turn)
    }
    channels[id]?.consumers[tag] = name
    let holder = RabbitHolder(id, tag: tag)
    if arguments.kind == .quorum {
      channels[id]?.quorumQueues.insert(name)
      let action = RabbitQuorumCommand.Action.consume(
        holder, prefetch: channel.prefetch, autoAck: autoAck)
      return ask(name, action, for: .consume(holder), &turn)
    }
    reply(.consuming(tag: tag), to: id, &turn)
    change(name, &turn) { queue, credit, now, events in
      queue.add(
        holder, prefetch: channel.prefetch, autoAck: autoAck, at: now, credit: &credit,
        &events)
    }
  }

  mutating func cancel(_ tag: String, on id: RabbitChannelID, _ turn: inout Turn) {
    let name = channels[id]?.consumers.removeValue(forKey: tag)
    let holder = RabbitHolder(id, tag: tag)
    if let name, quorum[name] != nil {
      ask(name, .cancel(holder), for: .nobody, &turn)
    } else if let name {
      classic[name]?.cancel(holder)
    }
    reply(.done, to: id, &turn)
  }

  mutating func get(
    _ name: String, autoAck: Bool, on id: RabbitChannelID, _ turn: inout Turn
  ) {
    if quorum[name] != nil {
      channels[id]?.quorumQueues.insert(name)
      return ask(name, .get(id, autoAck: autoAck), for: .get(id, autoAck: autoAck), &turn)
    }
    guard classic[name] != nil else { return fail(id, .notFound("queue", name), &turn) }
    var found: RabbitQueueEntry?
    change(name, &turn) { queue, _, now, events in
      found = queue.get(for: id, autoAck: autoAck, at: now, &events)
    }
    let waiting = classic[name]?.waitingCount ?? 0
    hand(found, of: name, to: id, autoAck: autoAck, waiting: waiting, &turn)
  }

  /// Answers a channel that fetched.
  mutating func hand(
    _ entry: RabbitQueueEntry?, of name: String, to id: RabbitChannelID, autoAck: Bool,
    waiting: Int, _ turn: inout Turn
  ) {
    guard let entry else { return reply(.empty, to: id, &turn) }
    let holder = RabbitHolder(id, tag: nil)
    guard let delivery = note(entry, of: name, for: holder, isSettled: autoAck) else { return }
    reply(.got(delivery, waiting: waiting), to: id, &turn)
  }

  /// Sends a consumer a message.
  mutating func deliver(
    _ entry: RabbitQueueEntry, of name: String, to holder: RabbitHolder, isSettled: Bool,
    _ turn: inout Turn
  ) {
    guard let delivery = note(entry, of: name, for: holder, isSettled: isSettled) else { return }
    reply(.deliver(delivery), to: holder.channel, &turn)
  }

  /// Numbers a delivery on its channel, and remembers it until it is settled.
  private mutating func note(
    _ entry: RabbitQueueEntry, of name: String, for holder: RabbitHolder, isSettled: Bool
  ) -> RabbitDelivery? {
    guard var channel = channels.removeValue(forKey: holder.channel) else { return nil }
    channel.delivered += 1
    if !isSettled {
      channel.outstanding.append(
        .init(tag: channel.delivered, queue: name, position: entry.position, holder: holder))
    }
    let tag = channel.delivered
    channels[holder.channel] = channel
    let isCounted = quorum[name] != nil && entry.returns > 0
    return RabbitDelivery(
      tag: tag, consumer: holder.tag, isRedelivered: entry.isRedelivered,
      deliveryCount: isCounted ? entry.returns : nil, message: entry.message)
  }

  mutating func settle(
    _ tag: Int, multiple: Bool, _ verdict: RabbitQueue.Verdict, on id: RabbitChannelID,
    _ turn: inout Turn
  ) {
    guard let taken = channels[id]?.take(tag, multiple: multiple) else {
      return fail(id, .unknownTag(tag), &turn)
    }
    settle(taken, verdict, &turn)
    serve(id, &turn)
  }

  /// Settles deliveries, those of a queue and a holder together.
  mutating func settle(
    _ outstanding: [RabbitChannel.Outstanding], _ verdict: RabbitQueue.Verdict,
    _ turn: inout Turn
  ) {
    var rest = outstanding[...]
    while let first = rest.first {
      let group = rest.filter { $0.queue == first.queue && $0.holder == first.holder }
      rest = rest.filter { $0.queue != first.queue || $0.holder != first.holder }[...]
      let positions = group.map(\.position)
      if quorum[first.queue] != nil {
        let action = RabbitQuorumCommand.Action.settle(
          first.holder, positions: positions, verdict)
        ask(first.queue, action, for: .nobody, &turn)
      } else {
        change(first.queue, &turn) { queue, credit, now, events in
          queue.settle(
            positions, of: first.holder, verdict, at: now, credit: &credit, &events)
        }
      }
    }
  }

  /// Serves all queues that a channel with a limit of its own consumes: it may have room again.
  private mutating func serve(_ id: RabbitChannelID, _ turn: inout Turn) {
    guard let channel = channels[id], channel.isGlobalLimitSet else { return }
    for name in Set(channel.consumers.values).sorted() where classic[name] != nil {
      change(name, &turn) { queue, credit, now, events in
        queue.dispatch(at: now, credit: &credit, &events)
      }
    }
  }

  mutating func purge(_ name: String, on id: RabbitChannelID, _ turn: inout Turn) {
    if quorum[name] != nil { return ask(name, .purge, for: .purge(id), &turn) }
    guard classic[name] != nil else { return fail(id, .notFound("queue", name), &turn) }
    var count = 0
    change(name, &turn) { queue, _, _, events in count = queue.purge(&events) }
    reply(.purged(count), to: id, &turn)
  }

  /// Gives up what is due at the head of a queue.
  mutating func expire(_ name: String, _ turn: inout Turn) {
    if classic[name] != nil {
      change(name, &turn) { queue, _, now, events in queue.dropExpired(at: now, &events) }
    } else if quorum[name]?.raft.role == .leader {
      propose(.note, to: name, &turn)
    }
  }
}
