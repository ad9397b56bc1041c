import Kernel
import Patterns

/// A relay as a process: it reads the outbox over the network and publishes to the topic.
struct RelayPart: Sendable, Equatable {
  let options: OutboxRelay.Options
  let index: Int
  let book: NodeID
  let topic: NodeID
  let isFifo: Bool
  var nextRequest = 0
  /// The relay; nil until a new life knows where it left off.
  var relay: OutboxRelay?
  /// The claim that it waits for.
  private var claim = 0

  init(
    _ options: OutboxRelay.Options, index: Int, book: NodeID, topic: NodeID, isFifo: Bool
  ) {
    self.options = options
    self.index = index
    self.book = book
    self.topic = topic
    self.isFifo = isFifo
  }

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .started: resume(at: now, &outputs)
    case .timer:
      if relay == nil { resume(at: now, &outputs) } else { feed(.wake, at: now, &outputs) }
    case .received(.booked(.cursor(let id), _), _):
      guard relay == nil else { return }
      relay = OutboxRelay(options, at: now, after: id)
      feed(.wake, at: now, &outputs)
    case .received(.booked(.rows(let rows), let request), _):
      if request == claim { feed(.rows(rows), at: now, &outputs) }
    case .received(.accepted(let request), _): feed(.acknowledged(request), at: now, &outputs)
    case .received, .told: break
    }
  }

  private mutating func resume(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    nextRequest += 1
    outputs.append(.send(.book(.cursor(relay: index), request: nextRequest), to: book))
    outputs.append(.wakeMe(now + options.timeout, timer: 0))
  }

  private mutating func feed(
    _ input: OutboxRelay.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    for output in relay?.step(input, at: now) ?? [] {
      nextRequest += 1
      switch output {
      case .claim(let limit, let above):
        claim = nextRequest
        outputs.append(
          .send(
            .book(.claim(limit: limit, relay: index, above: above), request: claim), to: book))
      case .publish(let row):
        outputs.append(.answer(.relayed(row.event)))
        outputs.append(
          .send(.publish(row.event.entry(isFifo: isFifo), request: row.id), to: topic))
      case .mark(let ids):
        outputs.append(.send(.book(.mark(ids, relay: index), request: nextRequest), to: book))
      case .wakeMe(let instant): outputs.append(.wakeMe(max(instant, now), timer: 0))
      }
    }
  }
}
