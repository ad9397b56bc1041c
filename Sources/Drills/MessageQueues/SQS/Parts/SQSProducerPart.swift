import Kernel
import Patterns

/// A producer with its client library.
///
/// It sends a message again until it is accepted or the attempts are spent. Nothing of it survives
/// a crash.
struct SQSProducerPart: Sendable, Equatable {
  struct Options: Sendable, Equatable {
    var attempts = 3
    var timeout = TimeSpan.seconds(2)
    /// Whether the next message of a group waits until the one before it is accepted.
    var keepsOrder = true
    /// Whether every attempt gets a deduplication id of its own.
    var renamesAttempts = false
  }

  struct Pending: Sendable, Equatable {
    let event: DomainEvent
    let group: String
    let deduplication: String?
    var attempt = 0
    /// The request that is under way; nil while it waits for its group.
    var request: Int?
    var due = Instant.zero
  }

  let options: Options
  let target: NodeID
  let isFifo: Bool
  var nextRequest = 0
  private var pending: [Pending] = []

  init(_ options: Options, target: NodeID, isFifo: Bool) {
    self.options = options
    self.target = target
    self.isFifo = isFifo
  }

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .told(.produce(let event, let group, let deduplication)):
      pending.append(Pending(event: event, group: group, deduplication: deduplication))
    case .received(.accepted(let request), _):
      if let event = settle(request) { outputs.append(.answer(.confirmed(event.id))) }
    case .received(.rejected(_, let request), _), .received(.refused(_, let request), _):
      if let event = settle(request) { outputs.append(.answer(.refused(event.id))) }
    case .timer:
      pending.removeAll { entry in
        entry.request != nil && entry.due <= now && entry.attempt >= options.attempts
      }
    case .started, .received, .told: break
    }
    proceed(at: now, &outputs)
  }

  private mutating func settle(_ request: Int) -> DomainEvent? {
    guard let place = pending.firstIndex(where: { $0.request == request }) else { return nil }
    return pending.remove(at: place).event
  }

  private mutating func proceed(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    var busy: Set<String> = []
    for place in pending.indices {
      let entry = pending[place]
      if options.keepsOrder, !busy.insert(entry.group).inserted { continue }
      if entry.request != nil, entry.due > now { continue }
      nextRequest += 1
      // A late answer to an earlier attempt is as good as one to this: the number stays.
      let request = entry.request ?? nextRequest
      pending[place].request = request
      pending[place].attempt += 1
      pending[place].due = now + options.timeout
      outputs.append(.send(.publish(message(pending[place]), request: request), to: target))
      if entry.attempt > 0 {
        outputs.append(.answer(.retried(entry.event.id, attempt: entry.attempt + 1)))
      }
    }
    if let due = pending.filter({ $0.request != nil }).map(\.due).min() {
      outputs.append(.wakeMe(due, timer: 0))
    }
  }

  private func message(_ entry: Pending) -> SNSEntry<DomainEvent> {
    var id = entry.deduplication
    if options.renamesAttempts { id = id.map { "\($0)/\(entry.attempt)" } }
    return SNSEntry(
      entry.event, group: isFifo ? entry.group : nil, deduplication: isFifo ? id : nil)
  }
}
