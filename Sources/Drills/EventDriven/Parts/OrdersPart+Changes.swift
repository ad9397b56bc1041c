import Kernel
import Patterns

extension OrdersPart {
  /// The database answered a change, a commit or a question.
  mutating func booked(
    _ reply: BookReply, _ request: Int, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    if case .state(let version, let state) = reply,
      let question = questions.removeValue(forKey: request)
    {
      outputs.append(
        .send(.told(version: version, state: state, request: question.request), to: question.node))
      return
    }
    guard var entry = open[request] else { return }
    switch (entry.stage, reply) {
    case (.changing, .changed(let event)):
      entry.stage = .working(event)
      entry.due = now + entry.change.workTime
      open[request] = entry
    case (.changing, .locked):
      // Another change has the row; try again soon.
      entry.due = now + .milliseconds(20)
      open[request] = entry
    case (.committing(let event), .committed(let isGood)):
      committed(request, event, isGood, at: now, &outputs)
    default: break
    }
  }

  private mutating func committed(
    _ request: Int, _ event: DomainEvent, _ isGood: Bool, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    guard isGood, options.publish == .afterCommit else {
      finish(request, isGood: isGood, &outputs)
      return
    }
    publish(request, event, attempts: 1, isCommitted: true, at: now, &outputs)
  }

  /// The topic has the event.
  mutating func accepted(
    _ request: Int, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    guard case .publishing(let event, _, let isCommitted)? = open[request]?.stage else { return }
    if isCommitted {
      finish(request, isGood: true, &outputs)
    } else {
      commit(request, event, at: now, &outputs)
    }
  }

  /// A change has waited long enough, or is done with its own work.
  mutating func overdue(
    _ request: Int, _ entry: Open, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch entry.stage {
    case .changing:
      open[request]?.due = now + options.timeout
      sendChange(request, &outputs)
    case .working(let event):
      if options.publish == .beforeCommit {
        publish(request, event, attempts: 1, isCommitted: false, at: now, &outputs)
      } else {
        commit(request, event, at: now, &outputs)
      }
    case .committing(let event): commit(request, event, at: now, &outputs)
    case .publishing(let event, let attempts, let isCommitted):
      if attempts < options.attempts {
        publish(
          request, event, attempts: attempts + 1, isCommitted: isCommitted, at: now, &outputs)
        return
      }
      outputs.append(.answer(.unpublished(event)))
      if isCommitted {
        finish(request, isGood: true, &outputs)
      } else {
        finish(request, isGood: false, &outputs)
      }
    }
  }

  private mutating func commit(
    _ request: Int, _ event: DomainEvent, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    guard let entry = open[request] else { return }
    open[request]?.stage = .committing(event)
    open[request]?.due = now + options.timeout
    let call = BookCall.commit(
      transaction: entry.transaction, isRefused: entry.change.isRefused)
    outputs.append(.send(.book(call, request: request), to: book))
  }

  private mutating func publish(
    _ request: Int, _ event: DomainEvent, attempts: Int, isCommitted: Bool, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    open[request]?.stage = .publishing(event, attempts: attempts, isCommitted: isCommitted)
    open[request]?.due = now + options.timeout
    outputs.append(.send(.publish(event.entry(isFifo: isFifo), request: request), to: topic))
  }

  private mutating func finish(
    _ request: Int, isGood: Bool, _ outputs: inout [MessagingPart.Output]
  ) {
    guard let entry = open.removeValue(forKey: request) else { return }
    outputs.append(.answer(.ordered(entry.change.number, isGood: isGood)))
  }
}

extension DomainEvent {
  /// The event as it is given to a topic: its aggregate is the group, its id the deduplication id.
  func entry(isFifo: Bool) -> SNSEntry<DomainEvent> {
    SNSEntry(
      self, attributes: ["type": .text(type)], group: isFifo ? "order-\(aggregate)" : nil,
      deduplication: isFifo ? "event-\(id)" : nil)
  }
}
