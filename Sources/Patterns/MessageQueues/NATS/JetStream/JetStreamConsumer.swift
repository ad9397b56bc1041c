import Kernel

/// A consumer: a place in a stream, and what is out with its clients.
///
/// A message that is handed out stays *pending* until it is acknowledged, terminated or given up
/// after `maxDeliver`; when its wait is over, or on a nak, it is handed out again under a new
/// consumer sequence. The *ack floor* is the highest place below which nothing is pending.
/// Source: nats.docs, nats-concepts/jetstream/consumers.md; nats-server, server/consumer.go.
public struct JetStreamConsumer: Sendable, Hashable {
  /// A message that is out.
  public struct Pending: Sendable, Hashable {
    /// The consumer sequence of its first delivery.
    public let consumerSequence: Int
    /// When its wait is over; never while it is queued for redelivery.
    public internal(set) var deadline: Instant
  }

  /// A place by both counts.
  public struct Place: Sendable, Hashable {
    /// By the consumer's count: dense, redeliveries included.
    public var consumer: Int
    /// By the stream's count.
    public var stream: Int
  }

  /// A pull that waits for messages.
  struct Request: Sendable, Hashable {
    let number: Int
    var left: Int
    let expires: Instant
    let noWait: Bool
  }

  /// How it is set up.
  public let configuration: JetStreamConsumerConfiguration
  /// The stream sequence that it looks at next.
  public internal(set) var nextSequence: Int
  /// The consumer sequence of its last delivery.
  public internal(set) var lastConsumerSequence = 0
  /// What is out, by stream sequence.
  public internal(set) var pending: [Int: Pending] = [:]
  /// How often each message that is out was handed out.
  public internal(set) var deliveries: [Int: Int] = [:]
  /// Below and at it nothing is pending.
  public internal(set) var ackFloor: Place
  /// What is to be handed out again, in order.
  var redeliver: [Int] = []
  /// The messages to begin with, for `lastPerSubject`.
  var beginning: [Int] = []
  var requests: [Request] = []
  /// Whom messages are pushed to.
  var client: Int?
  var lastActive: Instant

  /// A consumer at the beginning that its policy names.
  public init(
    _ configuration: JetStreamConsumerConfiguration, of stream: JetStreamStream, at now: Instant
  ) {
    self.configuration = configuration
    lastActive = now
    let after = stream.lastSequence + 1
    func isWanted(_ message: JetStreamStream.Message) -> Bool {
      configuration.filterSubject?.matches(message.subject) ?? true
    }
    switch configuration.deliverPolicy {
    case .all: nextSequence = stream.firstSequence
    case .last: nextSequence = stream.messages.last(where: isWanted)?.sequence ?? after
    case .new: nextSequence = after
    case .lastPerSubject:
      nextSequence = after
      beginning = stream.messages.filter {
        isWanted($0) && stream.last(of: $0.subject)?.sequence == $0.sequence
      }.map(\.sequence)
    case .byStartSequence(let start):
      nextSequence = min(max(start, stream.firstSequence), after)
    case .byStartTime(let start):
      nextSequence = stream.messages.first { $0.storedAt >= start }?.sequence ?? after
    }
    ackFloor = Place(consumer: 0, stream: (beginning.first ?? nextSequence) - 1)
  }

  /// Whether it is interested in `subject`.
  public func wants(_ subject: String) -> Bool {
    configuration.filterSubject?.matches(subject) ?? true
  }

  /// Whether it still needs the message of `sequence` kept.
  func needs(_ message: JetStreamStream.Message) -> Bool {
    guard wants(message.subject) else { return false }
    return message.sequence >= nextSequence || beginning.contains(message.sequence)
      || pending[message.sequence] != nil
  }

  /// Takes the next message to hand out, or nil when there is none or too much is out.
  mutating func next(from stream: JetStreamStream, at now: Instant) -> JetStreamDelivery? {
    while !redeliver.isEmpty {
      let sequence = redeliver.removeFirst()
      guard pending[sequence] != nil else { continue }
      guard let message = stream[sequence] else {
        settle(sequence)
        continue
      }
      return handOut(message, at: now)
    }
    guard hasRoom else { return nil }
    while !beginning.isEmpty {
      if let message = stream[beginning.removeFirst()] { return handOut(message, at: now) }
    }
    nextSequence = max(nextSequence, min(stream.firstSequence, stream.lastSequence + 1))
    while nextSequence <= stream.lastSequence {
      let sequence = nextSequence
      nextSequence += 1
      if let message = stream[sequence], wants(message.subject) {
        return handOut(message, at: now)
      }
    }
    moveFloor()
    return nil
  }

  private var hasRoom: Bool {
    guard let limit = configuration.maxAckPending, configuration.ackPolicy != .none,
      !configuration.shortcuts.contains(.ignoresMaxAckPending)
    else { return true }
    return pending.count < limit
  }

  private mutating func handOut(
    _ message: JetStreamStream.Message, at now: Instant
  ) -> JetStreamDelivery {
    lastConsumerSequence += 1
    let sequence = message.sequence
    let count = deliveries[sequence, default: 0] + 1
    if configuration.ackPolicy == .none {
      moveFloor()
    } else {
      deliveries[sequence] = count
      let first = pending[sequence]?.consumerSequence ?? lastConsumerSequence
      pending[sequence] = Pending(
        consumerSequence: first, deadline: now + configuration.wait(ofDelivery: count))
    }
    return JetStreamDelivery(
      consumer: configuration.name, streamSequence: sequence,
      consumerSequence: lastConsumerSequence, count: count, subject: message.subject,
      body: message.body, size: message.size)
  }

  // MARK: Acknowledgements

  /// Takes what a client says of the message of `sequence`; returns the messages that are done
  /// with, and whether the message was given up for its last delivery.
  mutating func take(
    _ word: JetStreamAck, of sequence: Int, at now: Instant
  ) -> (done: [Int], isGivenUp: Bool) {
    guard pending[sequence] != nil else { return ([], false) }
    switch word {
    case .ack:
      let skips = configuration.shortcuts.contains(.floorSkipsUnacked)
      let isCumulative = configuration.ackPolicy == .all || skips
      let done = isCumulative ? pending.keys.filter { $0 <= sequence }.sorted() : [sequence]
      for sequence in done { settle(sequence) }
      // The wrong one forgets the others and does not tell the stream.
      return (skips ? [sequence] : done, false)
    case .term:
      settle(sequence)
      return ([sequence], false)
    case .inProgress:
      let count = deliveries[sequence] ?? 1
      if !redeliver.contains(sequence) {
        pending[sequence]?.deadline = now + configuration.wait(ofDelivery: count)
      }
      return ([], false)
    case .nak(let delay):
      if isSpent(sequence) {
        settle(sequence)
        return ([], true)
      }
      if let delay, delay > .zero {
        redeliver.removeAll { $0 == sequence }
        pending[sequence]?.deadline = now + delay
      } else {
        queue(sequence)
      }
      return ([], false)
    }
  }

  private func isSpent(_ sequence: Int) -> Bool {
    guard let limit = configuration.maxDeliver,
      !configuration.shortcuts.contains(.ignoresMaxDeliver)
    else { return false }
    return deliveries[sequence, default: 0] >= limit
  }

  private mutating func queue(_ sequence: Int) {
    pending[sequence]?.deadline = .distantFuture
    if !redeliver.contains(sequence) { redeliver.append(sequence) }
  }

  /// Forgets a message that was out.
  mutating func settle(_ sequence: Int) {
    pending[sequence] = nil
    deliveries[sequence] = nil
    redeliver.removeAll { $0 == sequence }
    moveFloor()
  }

  private mutating func moveFloor() {
    guard let first = pending.keys.min(), let entry = pending[first] else {
      ackFloor = Place(
        consumer: lastConsumerSequence, stream: (beginning.first ?? nextSequence) - 1)
      return
    }
    ackFloor.stream = max(ackFloor.stream, first - 1)
    ackFloor.consumer = max(ackFloor.consumer, entry.consumerSequence - 1)
  }

  // MARK: Time

  /// Queues what has waited long enough; returns what is handed out again and what is given up.
  mutating func expire(at now: Instant) -> (again: [Int], givenUp: [JetStreamGivenUp]) {
    guard !configuration.shortcuts.contains(.ackWaitNeverEnds) else { return ([], []) }
    let late = pending.filter { $0.value.deadline <= now }.keys.sorted()
    var again: [Int] = []
    var givenUp: [JetStreamGivenUp] = []
    for sequence in late {
      if isSpent(sequence) {
        givenUp.append(
          JetStreamGivenUp(
            consumer: configuration.name, sequence: sequence,
            deliveries: deliveries[sequence] ?? 0))
        settle(sequence)
      } else {
        again.append(sequence)
        queue(sequence)
      }
    }
    return (again, givenUp)
  }

  /// When the next wait is over, of a message, a pull, or the consumer itself.
  var nextDue: Instant? {
    var due = Instant.distantFuture
    if !configuration.shortcuts.contains(.ackWaitNeverEnds) {
      for entry in pending.values { due = min(due, entry.deadline) }
    }
    for request in requests { due = min(due, request.expires) }
    if let end = inactiveEnd { due = min(due, end) }
    return due == .distantFuture ? nil : due
  }

  /// When it is removed for want of clients; nil for a durable one or one that is in use.
  var inactiveEnd: Instant? {
    guard !configuration.isDurable, client == nil, requests.isEmpty else { return nil }
    return lastActive + configuration.inactiveThreshold
  }
}

/// A message as a consumer hands it out.
public struct JetStreamDelivery: Sendable, Hashable {
  /// The consumer.
  public let consumer: String
  /// Its place in the stream.
  public let streamSequence: Int
  /// Its place among the consumer's deliveries.
  public let consumerSequence: Int
  /// How often it has been handed out, this time included.
  public let count: Int
  /// Its subject.
  public let subject: String
  /// What it says.
  public let body: String
  /// Its size, in bytes.
  public let size: Int
}

/// A message that a consumer gave up after its last delivery; it stays in the stream.
public struct JetStreamGivenUp: Sendable, Hashable {
  /// The consumer.
  public let consumer: String
  /// Its place in the stream.
  public let sequence: Int
  /// How often it was handed out.
  public let deliveries: Int
}

/// What a client says of a message that it was handed.
public enum JetStreamAck: Sendable, Hashable {
  /// `+ACK`: it is done.
  case ack
  /// `-NAK`: hand it out again, now or after a delay.
  case nak(delay: TimeSpan?)
  /// `+WPI`: work goes on, the wait begins anew.
  case inProgress
  /// `+TERM`: never hand it out again.
  case term
}
