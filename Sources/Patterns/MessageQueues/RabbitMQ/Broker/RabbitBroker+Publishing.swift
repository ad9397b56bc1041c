import Kernel

extension RabbitBroker {
  /// Routes a message; the confirmation comes when every queue that takes it has it safe.
  mutating func publish(
    _ message: RabbitMessage, isMandatory: Bool, on id: RabbitChannelID, _ turn: inout Turn
  ) {
    guard routing.hasExchange(message.exchange) else {
      return fail(id, .notFound("exchange", message.exchange), &turn)
    }
    let isConfirming = channels[id]?.isConfirming ?? false
    channels[id]?.published += isConfirming ? 1 : 0
    let number = channels[id]?.published ?? 0
    let targets = routing.queues(for: message, has: hasQueue)
    if targets.isEmpty, isMandatory {
      reply(.returned(message, code: 312, text: "NO_ROUTE"), to: id, &turn)
    }
    if isConfirming {
      let pending = targets.count { quorum[$0] != nil }
      channels[id]?.unconfirmed[number] = .init(pending: pending, isRefused: false)
    }
    for name in targets { enqueue(message, in: name, for: id, number: number, &turn) }
    if isConfirming { confirmIfReady(number, on: id, &turn) }
  }

  private mutating func enqueue(
    _ message: RabbitMessage, in name: String, for id: RabbitChannelID, number: Int,
    _ turn: inout Turn
  ) {
    if quorum[name] != nil {
      return ask(name, .enqueue(message), for: .publish(id, sequence: number), &turn)
    }
    if !enqueue(message, inClassic: name, &turn) {
      channels[id]?.unconfirmed[number]?.isRefused = true
    }
  }

  /// Gives a message to a classic queue here or on its broker; false when the queue refuses it.
  @discardableResult
  mutating func enqueue(
    _ message: RabbitMessage, inClassic name: String, _ turn: inout Turn
  ) -> Bool {
    if let home = remoteHome(of: name) {
      turn.outputs.append(.send(.publish(message, queue: name), to: home))
      return true
    }
    var position: Int?
    change(name, &turn) { queue, credit, now, events in
      position = queue.enqueue(message, at: now, credit: &credit, &events)
    }
    if position == nil { turn.outputs.append(.entered(.full(queue: name))) }
    return position != nil
  }

  /// Confirms or refuses a publish once no queue has to answer any more.
  mutating func confirmIfReady(_ number: Int, on id: RabbitChannelID, _ turn: inout Turn) {
    guard let state = channels[id]?.unconfirmed[number], state.pending == 0 else { return }
    channels[id]?.unconfirmed[number] = nil
    let reply: RabbitReply = state.isRefused ? .refused(number) : .confirmed(number)
    if options.shortcuts.contains(.confirmsBeforeDisk) {
      turn.outputs.append(.reply(reply, to: id))
    } else {
      turn.confirmations.append(.reply(reply, to: id))
    }
  }

  /// Changes a classic queue and does what follows from it.
  mutating func change(
    _ name: String, _ turn: inout Turn,
    _ body: (inout RabbitQueue, inout RabbitCredit, Instant, inout [RabbitQueueEvent]) -> Void
  ) {
    guard var queue = classic.removeValue(forKey: name) else { return }
    var events: [RabbitQueueEvent] = []
    let first = queue.nextPosition
    body(&queue, &credit, turn.now, &events)
    classic[name] = queue
    keep(events, in: name, from: first, &turn)
    for event in events { act(on: event, in: name, &turn) }
  }

  /// Writes down what must survive: new messages that are still in the queue, deliveries, ends.
  private func keep(
    _ events: [RabbitQueueEvent], in name: String, from first: Int, _ turn: inout Turn
  ) {
    guard let queue = classic[name], queue.arguments.isDurable else { return }
    let awaits = !options.shortcuts.contains(.confirmsBeforeDisk)
    for position in first..<max(first, queue.nextPosition) {
      guard let entry = queue.entry(at: position), entry.message.isPersistent else { continue }
      turn.records.append((.stored(name, entry), awaits))
    }
    for event in events {
      switch event {
      case .delivered(let entry, _, let isSettled):
        guard entry.message.isPersistent else { continue }
        if !isSettled {
          turn.records.append((.delivered(name, position: entry.position), false))
        } else if entry.position < first {
          turn.records.append((.removed(name, position: entry.position), false))
        }
      case .settled(let entry), .died(let entry, _), .purged(let entry):
        guard entry.message.isPersistent, entry.position < first else { continue }
        turn.records.append((.removed(name, position: entry.position), false))
      case .returned: break
      }
    }
  }

  /// Tells consumers, and carries the dead away.
  private mutating func act(
    on event: RabbitQueueEvent, in name: String, _ turn: inout Turn
  ) {
    switch event {
    case .delivered(let entry, let holder, let isSettled):
      if holder.tag != nil { deliver(entry, of: name, to: holder, isSettled: isSettled, &turn) }
    case .died(let entry, let reason): bury(entry, of: name, reason, &turn)
    case .returned(let entry, _):
      turn.outputs.append(.entered(.returned(queue: name, entry)))
    case .settled, .purged: break
    }
  }

  /// Sends a dead message where its queue says, once and without asking what became of it.
  mutating func bury(
    _ entry: RabbitQueueEntry, of name: String, _ reason: RabbitDeath.Reason,
    _ turn: inout Turn
  ) {
    turn.outputs.append(.entered(.died(queue: name, entry, reason)))
    guard let arguments = arguments(of: name), let exchange = arguments.deadLetterExchange,
      !arguments.shortcuts.contains(.dropsDead)
    else { return }
    let dead = entry.message.died(
      in: name, of: reason, at: turn.now, to: exchange,
      routingKey: arguments.deadLetterRoutingKey)
    var targets =
      routing.hasExchange(exchange) ? routing.queues(for: dead, has: hasQueue) : []
    if reason != .rejected { targets.removeAll { dead.closesCycle(at: $0) } }
    if targets.isEmpty { turn.outputs.append(.entered(.deadEnd(queue: name, entry))) }
    for target in targets {
      if quorum[target] != nil {
        ask(target, .enqueue(dead), for: .nobody, &turn)
      } else {
        enqueue(dead, inClassic: target, &turn)
      }
    }
  }
}
