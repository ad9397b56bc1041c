import Kernel
import Patterns

/// An SQS queue and its dead-letter queue as a process: it answers calls over the network.
struct SQSQueuePart: Sendable, Equatable {
  /// Who waits for the answer to a call.
  struct Caller: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
      case handOver(copy: Int)
      case publish
      case receive
      case other
    }

    let node: NodeID
    let request: Int
    let kind: Kind
  }

  var queue: SQSQueue<DomainEvent>
  var dead: SQSQueue<DomainEvent>
  private var callers: [Int: Caller] = [:]
  private var nextCall = 0

  init(queue: SQSQueue<DomainEvent>, dead: SQSQueue<DomainEvent>) {
    self.queue = queue
    self.dead = dead
  }

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .started:
      carryOut(.restarted, isDead: false, at: now, &outputs)
      carryOut(.restarted, isDead: true, at: now, &outputs)
    case .timer(let number): carryOut(.wake, isDead: number == 1, at: now, &outputs)
    case .received(let message, let node): take(message, from: node, at: now, &outputs)
    case .told: break
    }
  }

  private mutating func take(
    _ message: MessagingWire, from node: NodeID, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    let call = nextCall
    nextCall += 1
    func remember(_ request: Int, _ kind: Caller.Kind) {
      callers[call] = Caller(node: node, request: request, kind: kind)
    }
    switch message {
    case .hand(let entry, let copy):
      remember(0, .handOver(copy: copy))
      carryOut(.send(fitted(entry), request: call), isDead: false, at: now, &outputs)
    case .publish(let entry, let request):
      remember(request, .publish)
      let entry = SQSEntry(entry.body, group: entry.group, deduplication: entry.deduplication)
      carryOut(.send(fitted(entry), request: call), isDead: false, at: now, &outputs)
    case .receive(let most, let isDead, let request):
      remember(request, .receive)
      let input = SQSQueue<DomainEvent>.Input.receive(
        most: most, wait: nil, visibility: nil, attempt: nil, request: call)
      carryOut(input, isDead: isDead, at: now, &outputs)
    case .delete(let handle, let isDead, let request):
      remember(request, .other)
      carryOut(.delete(handle, request: call), isDead: isDead, at: now, &outputs)
    case .change(let handle, let span, let request):
      remember(request, .other)
      carryOut(
        .changeVisibility(handle, to: span, request: call), isDead: false, at: now, &outputs)
    case .accepted, .rejected, .taken, .received, .done, .refused, .store, .stored, .noted, .ask,
      .told, .book, .booked:
      break
    }
  }

  /// A standard queue gets no group and no deduplication id.
  private func fitted(_ entry: SQSEntry<DomainEvent>) -> SQSEntry<DomainEvent> {
    queue.options.isFifo ? entry : SQSEntry(entry.body)
  }

  private mutating func carryOut(
    _ input: SQSQueue<DomainEvent>.Input, isDead: Bool, at now: Instant,
    _ outputs: inout [MessagingPart.Output]
  ) {
    outputs.append(.persist(.queue(input, isDead: isDead, at: now)))
    let results = isDead ? dead.step(input, at: now) : queue.step(input, at: now)
    for result in results {
      switch result {
      case .sent(_, let isDuplicate, let request):
        answer(request, isDead: isDead, &outputs)
        if isDuplicate, case .send(let entry, _) = input {
          outputs.append(.answer(.repeated(entry.body)))
        }
      case .received(let deliveries, let request):
        guard let caller = callers.removeValue(forKey: request) else { continue }
        outputs.append(
          .send(
            .received(deliveries, isDead: isDead, request: caller.request), to: caller.node))
      case .done(let request): answer(request, isDead: isDead, &outputs)
      case .refused(let refusal, let request):
        guard let caller = callers.removeValue(forKey: request) else { continue }
        outputs.append(.send(.refused(refusal, request: caller.request), to: caller.node))
      case .deadLettered(let letter, let receives):
        outputs.append(.answer(.deadLettered(letter.body, receives: receives)))
        carryOut(.takeIn(letter), isDead: true, at: now, &outputs)
      case .expired(let events):
        outputs.append(.answer(.expired(events, isDead: isDead)))
      case .timedOut(let event, let receives):
        if !isDead { outputs.append(.answer(.timedOut(event, receives: receives))) }
      case .resurfaced(let event): outputs.append(.answer(.resurfaced(event)))
      case .wakeMe(let instant): outputs.append(.wakeMe(instant, timer: isDead ? 1 : 0))
      }
    }
  }

  private mutating func answer(
    _ request: Int, isDead: Bool, _ outputs: inout [MessagingPart.Output]
  ) {
    guard let caller = callers.removeValue(forKey: request) else { return }
    let message: MessagingWire =
      switch caller.kind {
      case .handOver(let copy): .taken(copy: copy)
      case .publish: .accepted(request: caller.request)
      case .receive, .other: .done(request: caller.request)
      }
    outputs.append(.send(message, to: caller.node))
  }
}
