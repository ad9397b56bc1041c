import Kernel
import Patterns

/// A worker, which handles one message at a time.
///
/// It polls its queue, works, writes to its database and deletes the message. What it holds it
/// forgets in a crash; the queue hands it out again.
struct SQSWorkerPart: Sendable, Equatable {
  struct Options: Sendable, Equatable {
    var most = 1
    var visibility = TimeSpan.seconds(30)
    /// How often it extends the visibility of what it holds; zero never does.
    var heartbeat = TimeSpan.zero
    /// How long it waits after a receive that found nothing.
    var pause = TimeSpan.seconds(1)
    /// How long it waits for an answer to a receive, beyond the wait of a long poll.
    var patience = TimeSpan.seconds(25)
    var timeout = TimeSpan.seconds(2)
    var deletesFirst = false
    var isFifo = false
    /// Whether events carry no state, so that the owner is asked.
    var asks = false
    /// What it reads payloads with; nil for payloads that are not looked into.
    var reader: EventReader?
    var shortcuts: Set<SQSWorkerShortcut> = []
  }

  /// What it does about the message in hand.
  enum Stage: Sendable, Equatable {
    case working(tag: Int)
    case noting
    case asking(needsSnapshot: Bool)
    case storing
    case deleting(attempts: Int)
  }

  enum State: Sendable, Equatable {
    case resting(until: Instant)
    case polling
    case busy(Stage)
  }

  let options: Options
  let queue: NodeID
  let store: NodeID
  let owner: NodeID?
  var nextRequest = 0
  var state: State = .resting(until: .zero)
  /// The messages that it holds, the one in hand first.
  var held: [SQSDelivery<DomainEvent>] = []
  /// The request it waits for, and when it has waited enough.
  var request = 0
  var due = Instant.zero
  var call: ConsumerCall?
  var nextBeat = Instant.distantFuture
  /// Whether the message in hand was carried out before it was deleted.
  var isStored = false

  init(_ options: Options, queue: NodeID, store: NodeID, owner: NodeID? = nil) {
    self.options = options
    self.queue = queue
    self.store = store
    self.owner = owner
  }

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .started: poll(at: now, &outputs)
    case .timer: passTime(at: now, &outputs)
    case .told(let word):
      if case .workDone(let tag, let isGood) = word { worked(tag, isGood, at: now, &outputs) }
    case .received(let message, _): take(message, at: now, &outputs)
    }
    let wake = min(waitsUntil, nextBeat)
    if wake != .distantFuture { outputs.append(.wakeMe(max(wake, now), timer: 0)) }
  }

  private var waitsUntil: Instant {
    switch state {
    case .resting(let until): until
    case .busy(.working): .distantFuture
    case .polling, .busy: due
    }
  }

  /// Numbers a request and sets the time to wait for its answer.
  mutating func begin(_ patience: TimeSpan, at now: Instant) -> Int {
    nextRequest += 1
    request = nextRequest
    due = now + patience
    return request
  }

  mutating func poll(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    state = .polling
    nextBeat = .distantFuture
    let number = begin(options.patience, at: now)
    outputs.append(
      .send(.receive(most: options.most, isDead: false, request: number), to: queue))
  }

  private mutating func passTime(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    if nextBeat <= now {
      nextBeat = now + options.heartbeat
      for delivery in held {
        nextRequest += 1
        outputs.append(
          .send(
            .change(delivery.handle, to: options.visibility, request: nextRequest), to: queue))
      }
    }
    switch state {
    case .resting(let until): if until <= now { poll(at: now, &outputs) }
    case .polling: if due <= now { poll(at: now, &outputs) }
    case .busy(.working): break
    case .busy(.noting), .busy(.storing): if due <= now { sendCall(at: now, &outputs) }
    case .busy(.asking): if due <= now { ask(at: now, &outputs) }
    case .busy(.deleting(let attempts)):
      guard due <= now else { return }
      if attempts >= 3 {
        finish(at: now, &outputs)
      } else {
        sendDelete(attempts: attempts + 1, at: now, &outputs)
      }
    }
  }
}

/// A wrong way to build a worker that seems to work.
enum SQSWorkerShortcut: String, Sendable, Hashable, CaseIterable {
  /// Writes the id into the inbox in a transaction before the effect's.
  case inboxOutsideTransaction = "inbox-outside-transaction"
  /// Deletes the message, then commits.
  case commitsAfterAck = "commits-after-ack"
}
