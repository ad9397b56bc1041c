import Kernel
import Patterns

/// The orders service.
///
/// It changes its database, sees to it that the event gets out in one of three ways, and answers
/// questions: one thing after the other, each at the cost of its service time.
struct OrdersPart: Sendable, Equatable {
  struct Options: Sendable, Equatable {
    var publish = OrderPublishing.outbox
    var serviceTime = TimeSpan.milliseconds(2)
    var timeout = TimeSpan.seconds(1)
    /// How often it hands an event to the topic before it gives up.
    var attempts = 3
  }

  enum Job: Sendable, Equatable {
    case change(OrderChange)
    case question(aggregate: Int, from: NodeID, request: Int)
  }

  /// How far a change has come.
  enum Stage: Sendable, Equatable {
    case changing
    case working(DomainEvent)
    case committing(DomainEvent)
    case publishing(DomainEvent, attempts: Int, isCommitted: Bool)
  }

  struct Open: Sendable, Equatable {
    let change: OrderChange
    /// The transaction; a change that found its row locked begins another.
    var transaction: Int
    var stage: Stage
    var due: Instant
  }

  let options: Options
  let book: NodeID
  let topic: NodeID
  let isFifo: Bool
  var schema = OrderSchema.first
  var nextRequest = 0
  var busyUntil = Instant.zero
  var line: [(due: Instant, job: Job)] = []
  /// Changes under way, by the request that they wait for.
  var open: [Int: Open] = [:]
  /// Questions passed on to the database, by request.
  var questions: [Int: Question] = [:]

  struct Question: Sendable, Equatable {
    let node: NodeID
    let request: Int
  }

  init(_ options: Options, book: NodeID, topic: NodeID, isFifo: Bool) {
    self.options = options
    self.book = book
    self.topic = topic
    self.isFifo = isFifo
  }

  static func == (left: OrdersPart, right: OrdersPart) -> Bool {
    left.options == right.options && left.nextRequest == right.nextRequest
      && left.open == right.open && left.questions == right.questions
      && left.busyUntil == right.busyUntil && left.line.map(\.job) == right.line.map(\.job)
  }

  mutating func step(
    _ input: MessagingPart.Input, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    switch input {
    case .started: break
    case .told(.deploy(let schema)): self.schema = schema
    case .told(.change(let change)): enqueue(.change(change), at: now)
    case .told: break
    case .received(.ask(let aggregate, let request), let node):
      enqueue(.question(aggregate: aggregate, from: node, request: request), at: now)
      outputs.append(.answer(.asked))
    case .received(.booked(let reply, let request), _):
      booked(reply, request, at: now, &outputs)
    case .received(.accepted(let request), _): accepted(request, at: now, &outputs)
    case .received: break
    case .timer: break
    }
    passTime(at: now, &outputs)
    let dues = line.map(\.due) + open.values.map(\.due)
    if let due = dues.min() { outputs.append(.wakeMe(max(due, now), timer: 0)) }
  }

  private mutating func enqueue(_ job: Job, at now: Instant) {
    busyUntil = max(busyUntil, now) + options.serviceTime
    line.append((busyUntil, job))
  }

  private mutating func passTime(at now: Instant, _ outputs: inout [MessagingPart.Output]) {
    while let first = line.first, first.due <= now {
      line.removeFirst()
      switch first.job {
      case .change(let change): begin(change, at: now, &outputs)
      case .question(let aggregate, let node, let request):
        nextRequest += 1
        questions[nextRequest] = Question(node: node, request: request)
        outputs.append(
          .send(.book(.look(aggregate: aggregate), request: nextRequest), to: book))
      }
    }
    for request in open.keys.sorted() {
      guard let entry = open[request], entry.due <= now else { continue }
      overdue(request, entry, at: now, &outputs)
    }
  }

  mutating func begin(
    _ change: OrderChange, at now: Instant, _ outputs: inout [MessagingPart.Output]
  ) {
    nextRequest += 1
    open[nextRequest] = Open(
      change: change, transaction: nextRequest, stage: .changing, due: now + options.timeout)
    sendChange(nextRequest, &outputs)
  }

  mutating func sendChange(_ request: Int, _ outputs: inout [MessagingPart.Output]) {
    guard let entry = open[request] else { return }
    let call = BookCall.change(
      entry.change, transaction: entry.transaction, hasOutbox: options.publish == .outbox,
      schema: schema)
    outputs.append(.send(.book(call, request: request), to: book))
  }
}

/// How an event of a change gets to the topic.
enum OrderPublishing: String, Sendable, Hashable, CaseIterable {
  /// Committed first, then handed to the topic.
  case afterCommit = "after-commit"
  /// Handed to the topic first, then committed.
  case beforeCommit = "before-commit"
  /// Written to the outbox table in the same transaction; a relay hands it to the topic.
  case outbox
}
