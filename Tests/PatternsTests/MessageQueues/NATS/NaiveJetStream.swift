import Kernel
import Patterns

/// JetStream by its definition: one list of everything that was stored, one state a message, and
/// every question answered by looking at all of it.
struct NaiveJetStream {
  enum State: Equatable {
    case new
    case out(deadline: Instant)
    case again(order: Int)
    case done
  }

  struct Message {
    let sequence: Int
    let subject: String
    let id: String?
    let storedAt: Instant
    var isThere = true
    var state = State.new
    var deliveries = 0
  }

  let stream: JetStreamStreamConfiguration
  let consumer: JetStreamConsumerConfiguration
  var messages: [Message] = []
  private var turn = 0

  init(_ stream: JetStreamStreamConfiguration, _ consumer: JetStreamConsumerConfiguration) {
    self.stream = stream
    self.consumer = consumer
  }

  var sequences: [Int] { messages.filter(\.isThere).map(\.sequence) }

  func isOut(_ message: Message) -> Bool {
    switch message.state {
    case .out, .again: true
    case .new, .done: false
    }
  }

  /// The sequence and whether it was known.
  mutating func publish(_ subject: String, _ id: String?, at now: Instant) -> (Int, Bool)? {
    expire(at: now)
    let known = messages.last { message in
      id != nil && message.id == id && message.storedAt + stream.duplicateWindow > now
    }
    if let known { return (known.sequence, true) }
    let live = messages.indices.filter { messages[$0].isThere }
    if stream.discard == .new, let limit = stream.maxMsgs, live.count >= limit { return nil }
    messages.append(
      Message(sequence: messages.count + 1, subject: subject, id: id, storedAt: now))
    if let limit = stream.maxMsgs, live.count + 1 > limit { messages[live[0]].isThere = false }
    return (messages.count, false)
  }

  /// The sequences handed out with their counts.
  mutating func pull(_ batch: Int, at now: Instant) -> [(Int, Int)] {
    expire(at: now)
    var handed: [(Int, Int)] = []
    while handed.count < batch, let place = next() {
      messages[place].deliveries += 1
      let count = messages[place].deliveries
      messages[place].state = .out(deadline: now + consumer.wait(ofDelivery: count))
      handed.append((messages[place].sequence, count))
    }
    return handed
  }

  /// The place of the message to hand out next; drops those that were deleted while they waited.
  private mutating func next() -> Int? {
    let again = messages.indices.filter { order($0) < .max }.sorted { order($0) < order($1) }
    for place in again {
      if messages[place].isThere { return place }
      messages[place].state = .done
    }
    let out = messages.count { isOut($0) }
    if let limit = consumer.maxAckPending, out >= limit { return nil }
    return messages.firstIndex { $0.isThere && $0.state == .new }
  }

  private func isWaiting(_ message: Message) -> Bool {
    if case .out = message.state { true } else { false }
  }

  private func order(_ place: Int) -> Int {
    if case .again(let order) = messages[place].state { order } else { .max }
  }

  mutating func acknowledge(_ sequence: Int, _ word: JetStreamAck, at now: Instant) {
    expire(at: now)
    let place = sequence - 1
    guard messages.indices.contains(place), isOut(messages[place]) else { return }
    switch word {
    case .ack, .term:
      messages[place].state = .done
      if stream.retention == .workqueue { messages[place].isThere = false }
    case .inProgress:
      if isWaiting(messages[place]) {
        let wait = consumer.wait(ofDelivery: messages[place].deliveries)
        messages[place].state = .out(deadline: now + wait)
      }
    case .nak(let delay):
      if isSpent(messages[place]) {
        messages[place].state = .done
      } else if let delay {
        messages[place].state = .out(deadline: now + delay)
      } else if isWaiting(messages[place]) {
        requeue(place)
      }
    }
  }

  private func isSpent(_ message: Message) -> Bool {
    consumer.maxDeliver.map { message.deliveries >= $0 } ?? false
  }

  private mutating func requeue(_ place: Int) {
    turn += 1
    messages[place].state = .again(order: turn)
  }

  mutating func expire(at now: Instant) {
    for place in messages.indices {
      if let age = stream.maxAge, messages[place].storedAt + age <= now {
        messages[place].isThere = false
      }
    }
    for place in messages.indices {
      guard case .out(let deadline) = messages[place].state, deadline <= now else { continue }
      if isSpent(messages[place]) { messages[place].state = .done } else { requeue(place) }
    }
  }
}
