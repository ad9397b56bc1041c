import Kernel

/// One SQS queue, standard or FIFO, with the semantics of its API calls.
///
/// A message is delayed, visible, or in flight under the receipt that holds it; it leaves by a
/// delete, by age, or to the dead-letter queue when a receive would be one too many. The timeout is
/// a lease without fencing: nothing tells the consumer that it is over. A FIFO queue keeps lanes
/// (message groups) in order, hands out nothing of a lane that has a message in flight, and takes
/// equal deduplication ids within five minutes for one message. A standard queue spreads messages
/// over servers: a short poll asks some of them, and a server that is away during a delete brings
/// its copy back.
///
/// Source: Amazon SQS developer guide, github.com/awsdocs/amazon-sqs-developer-guide doc_source:
/// sqs-visibility-timeout.md, sqs-dead-letter-queues.md, FIFO-queues-understanding-logic.md,
/// sqs-short-and-long-polling.md, sqs-delay-queues.md; API reference of `DeleteMessage`.
public struct SQSQueue<Body: Sendable & Hashable>: Machine {
  /// A call of the API, or time that passes.
  public enum Input: Sendable, Hashable {
    /// `SendMessage`.
    case send(SQSEntry<Body>, request: Int)
    /// `ReceiveMessage`; `wait` and `visibility` nil take the queue's.
    case receive(
      most: Int, wait: TimeSpan?, visibility: TimeSpan?, attempt: String?, request: Int)
    /// `DeleteMessage`.
    case delete(ReceiptHandle, request: Int)
    /// `ChangeMessageVisibility`.
    case changeVisibility(ReceiptHandle, to: TimeSpan, request: Int)
    /// A source queue moves a message here.
    case takeIn(SQSDeadLetter<Body>)
    /// `SetQueueAttributes`.
    case setAttributes(SQSOptions)
    /// The instant of `wakeMe` has come.
    case wake
    /// The service is back after an outage: its connections are gone, and with them the receives
    /// that waited.
    case restarted
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// The message is stored; a duplicate gets the id of the first.
    case sent(messageID: Int, isDuplicate: Bool, request: Int)
    /// The answer to a receive, maybe empty.
    case received([SQSDelivery<Body>], request: Int)
    /// The answer to a delete or a change of visibility.
    case done(request: Int)
    /// The call is refused.
    case refused(SQSRefusal, request: Int)
    /// The message goes to the dead-letter queue.
    case deadLettered(SQSDeadLetter<Body>, receives: Int)
    /// Messages were deleted for their age.
    case expired([Body])
    /// A message is visible again because nobody deleted it in time.
    case timedOut(Body, receives: Int)
    /// A server that missed a delete is back with its copy.
    case resurfaced(Body)
    /// Something is due at that instant; it replaces what was asked for before.
    case wakeMe(Instant)
  }

  /// One message in the queue.
  struct Stored: Sendable, Hashable {
    var messageID: Int
    let body: Body
    let group: String?
    let deduplication: DeduplicationKey?
    let sentAt: Instant
    let server: Int
    var receives = 0
    var state: State
  }

  /// Where a message stands.
  enum State: Sendable, Hashable {
    case delayed(since: Instant, until: Instant)
    case visible
    case inFlight(receipt: Int, call: Int, since: Instant, until: Instant)
    /// A copy on a server that missed the delete and is away.
    case away(until: Instant)
  }

  /// What a FIFO queue knows a message by.
  enum DeduplicationKey: Sendable, Hashable {
    case id(String)
    case body(Body)
  }

  /// A receive that waits for messages.
  struct Waiting: Sendable, Hashable {
    let request: Int
    let most: Int
    let visibility: TimeSpan
    let attempt: String?
    let until: Instant
  }

  /// What became of the messages.
  public struct Counts: Sendable, Hashable {
    /// Stored by a send, duplicates left out.
    public internal(set) var sent = 0
    /// Taken in from a source queue.
    public internal(set) var takenIn = 0
    /// Deleted by a consumer.
    public internal(set) var deleted = 0
    /// Deleted for their age.
    public internal(set) var expired = 0
    /// Moved to the dead-letter queue.
    public internal(set) var deadLettered = 0
    /// Copies left on servers that missed a delete.
    public internal(set) var missed = 0
    /// Receipts handed out.
    public internal(set) var receipts = 0
    /// Sends that were taken for duplicates.
    public internal(set) var duplicates = 0
    /// Receives answered without a message.
    public internal(set) var emptyReceives = 0
  }

  /// The attributes.
  public internal(set) var options: SQSOptions
  /// What became of the messages.
  public internal(set) var counts = Counts()
  var messages: [Int: Stored] = [:]
  /// Visible messages, in the order of sending.
  var visible: [Int] = []
  /// Messages that something will happen to by time: in flight, delayed, away.
  var timed: [Int] = []
  var waiting: [Waiting] = []
  var remembered: [DeduplicationKey: (messageID: Int, at: Instant)] = [:]
  var attempts: [String: (call: Int, at: Instant)] = [:]
  /// The number of the last receipt of each message that was ever received.
  var lastReceipt: [Int: Int] = [:]
  var nextSequence = 0
  var calls = 0
  var nextExpiry = Instant.distantFuture
  var armed: Instant?
  var random: RandomStream

  /// An empty queue; `random` decides what servers a standard queue asks.
  public init(_ options: SQSOptions, random: RandomStream) {
    self.options = options
    self.random = random
  }

  /// Takes one call or lets time pass.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    passTime(to: now, &outputs)
    switch input {
    case .send(let entry, let request): send(entry, request, at: now, &outputs)
    case .receive(let most, let wait, let visibility, let attempt, let request):
      let call = Waiting(
        request: request, most: min(max(1, most), SQSOptions.largestReceive),
        visibility: visibility ?? options.visibilityTimeout, attempt: attempt,
        until: now + (wait ?? options.receiveWait))
      receive(call, at: now, &outputs)
    case .delete(let handle, let request): delete(handle, request, at: now, &outputs)
    case .changeVisibility(let handle, let span, let request):
      change(handle, to: span, request, at: now, &outputs)
    case .takeIn(let letter): takeIn(letter, at: now)
    case .setAttributes(let changed): setAttributes(changed, at: now)
    case .wake: break
    case .restarted:
      waiting = []
      armed = nil
    }
    serveWaiting(at: now, &outputs)
    arm(&outputs)
    return outputs
  }

  /// `ApproximateNumberOfMessages`: how many could be received now.
  public var visibleCount: Int { visible.count }

  /// `ApproximateNumberOfMessagesNotVisible`: how many are in flight.
  public var inFlightCount: Int { timed.count { state(of: $0).isInFlight } }

  /// `ApproximateNumberOfMessagesDelayed`.
  public var delayedCount: Int { timed.count { state(of: $0).isDelayed } }

  /// When something falls due by itself next; nil when nothing will.
  public var nextDue: Instant? { armed }

  /// How many lanes have a message in flight.
  public var busyLanes: Int { Set(timed.compactMap { lane(inFlight: $0) }).count }

  /// `ApproximateAgeOfOldestMessage`, copies of missed deletes left out; nil when it is empty.
  public func ageOfOldest(at now: Instant) -> TimeSpan? {
    messages.values.filter { !$0.state.isAway }.map { now - $0.sentAt }.max()
  }

  /// The bodies that are in the queue, in the order of sending.
  public var bodies: [Body] {
    messages.keys.sorted().compactMap { messages[$0] }.filter { !$0.state.isAway }.map(\.body)
  }

  func state(of sequence: Int) -> State { messages[sequence]?.state ?? .visible }

  func lane(inFlight sequence: Int) -> String? {
    guard let message = messages[sequence], message.state.isInFlight else { return nil }
    return message.group
  }

  /// Whether two queues are alike in everything that decides what they do.
  public static func == (left: Self, right: Self) -> Bool {
    left.options == right.options && left.counts == right.counts
      && left.messages == right.messages && left.visible == right.visible
      && left.timed == right.timed && left.waiting == right.waiting
      && left.nextSequence == right.nextSequence && left.random == right.random
      && left.remembered.mapValues(\.at) == right.remembered.mapValues(\.at)
      && left.attempts.mapValues(\.call) == right.attempts.mapValues(\.call)
  }
}

extension SQSQueue.State {
  var isInFlight: Bool { if case .inFlight = self { true } else { false } }
  var isDelayed: Bool { if case .delayed = self { true } else { false } }
  var isAway: Bool { if case .away = self { true } else { false } }

  /// When it ends by itself; nil for visible messages.
  var until: Instant? {
    switch self {
    case .delayed(_, let until), .inFlight(_, _, _, let until), .away(let until): until
    case .visible: nil
    }
  }
}
