import Kernel
import Patterns

extension SQSWorkerPart {
  mutating func take(
    _ message: MessagingWire, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch (message, state) {
    case (.received(let deliveries, _, let number), .polling) where number == request:
      receive(deliveries, at: now, &outputs)
    case (.refused(_, let number), .polling) where number == request:
      state = .resting(until: now + options.pause)
    case (.noted(let isNew, let number), .busy(.noting)) where number == request:
      if isNew, case .note(let event)? = call {
        call = .carryOut(event, state: carried(event))
        state = .busy(.storing)
        sendCall(at: now, &outputs)
      } else {
        settled(at: now, &outputs)
      }
    case (.stored(let result, let number), .busy(.storing)) where number == request:
      if result == .needsSnapshot {
        state = .busy(.asking(needsSnapshot: true))
        ask(at: now, &outputs)
      } else {
        settled(at: now, &outputs)
      }
    case (.told(let version, let state, let number), .busy(.asking(let needsSnapshot)))
    where number == request:
      answered(version, state, needsSnapshot: needsSnapshot, at: now, &outputs)
    case (.done(let number), .busy(.deleting)), (.refused(_, let number), .busy(.deleting)):
      if number == request { deleted(at: now, &outputs) }
    default: break
    }
  }

  private mutating func receive(
    _ deliveries: [SQSDelivery<DomainEvent>], at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    guard !deliveries.isEmpty else {
      state = .resting(until: now + options.pause)
      return
    }
    held = deliveries
    for delivery in deliveries {
      outputs.append(.answer(.handed(delivery.body, receives: delivery.receiveCount)))
      guard options.deletesFirst else { continue }
      nextRequest += 1
      outputs.append(
        .send(.delete(delivery.handle, isDead: false, request: nextRequest), to: queue))
    }
    if options.heartbeat > .zero, !options.deletesFirst { nextBeat = now + options.heartbeat }
    work(at: now, &outputs)
  }

  /// Begins with the next message in hand, or polls when there is none.
  private mutating func work(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    guard let delivery = held.first else {
      poll(at: now, &outputs)
      return
    }
    nextRequest += 1
    isStored = false
    state = .busy(.working(tag: nextRequest))
    outputs.append(
      .answer(
        .begins(delivery.body, receives: delivery.receiveCount, tag: nextRequest)))
  }

  mutating func worked(
    _ tag: Int, _ isGood: Bool, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    guard state == .busy(.working(tag: tag)), let delivery = held.first else { return }
    let event = delivery.body
    guard isGood, canRead(event) else {
      if isGood { outputs.append(.answer(.unreadable(event))) }
      giveUp(at: now, &outputs)
      return
    }
    if options.shortcuts.contains(.commitsAfterAck) {
      sendDelete(attempts: 1, at: now, &outputs)
    } else {
      store(event, at: now, &outputs)
    }
  }

  private func canRead(_ event: DomainEvent) -> Bool {
    options.asks || options.reader == nil || carried(event) != nil
  }

  /// The state that the payload carries, or nil.
  private func carried(_ event: DomainEvent) -> Int? {
    guard !options.asks, let reader = options.reader, let fields = try? reader.read(event) else {
      return nil
    }
    return OrderSchema.state(in: fields)
  }

  private mutating func store(
    _ event: DomainEvent, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    if options.asks {
      state = .busy(.asking(needsSnapshot: false))
      ask(at: now, &outputs)
      return
    }
    let isApart = options.shortcuts.contains(.inboxOutsideTransaction)
    call = isApart ? .note(event) : .apply(event, state: carried(event))
    state = .busy(isApart ? .noting : .storing)
    sendCall(at: now, &outputs)
  }

  mutating func ask(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    guard let owner, let event = held.first?.body else { return }
    let number = begin(options.timeout, at: now)
    outputs.append(.send(.ask(aggregate: event.aggregate, request: number), to: owner))
  }

  private mutating func answered(
    _ version: Int, _ state: Int, needsSnapshot: Bool, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    guard let event = held.first?.body else { return }
    // An owner behind its own events has not committed yet, or never will.
    guard version >= event.version else {
      giveUp(at: now, &outputs)
      return
    }
    call = .load(event, version: version, state: state)
    self.state = .busy(.storing)
    sendCall(at: now, &outputs)
  }

  mutating func sendCall(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    guard let call else { return }
    let number = begin(options.timeout, at: now)
    outputs.append(.send(.store(call, request: number), to: store))
  }

  /// The database has it: delete the message, unless that is done already.
  private mutating func settled(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    isStored = true
    if options.deletesFirst || options.shortcuts.contains(.commitsAfterAck) {
      finish(at: now, &outputs)
    } else {
      sendDelete(attempts: 1, at: now, &outputs)
    }
  }

  mutating func sendDelete(
    attempts: Int, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    guard let delivery = held.first else { return }
    state = .busy(.deleting(attempts: attempts))
    let number = begin(options.timeout, at: now)
    outputs.append(.send(.delete(delivery.handle, isDead: false, request: number), to: queue))
  }

  private mutating func deleted(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    if !isStored, let event = held.first?.body {
      store(event, at: now, &outputs)
    } else {
      finish(at: now, &outputs)
    }
  }

  mutating func finish(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    if !held.isEmpty { held.removeFirst() }
    call = nil
    work(at: now, &outputs)
  }

  /// Leaves the message in hand to its timeout; on a FIFO queue what it holds of the same group
  /// too, so as not to overtake it.
  private mutating func giveUp(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    let group = held.first?.group
    if options.isFifo, let group {
      held = held.prefix(1) + held.dropFirst().filter { $0.group != group }
    }
    finish(at: now, &outputs)
  }
}
