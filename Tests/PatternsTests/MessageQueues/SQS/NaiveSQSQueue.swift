import Kernel
import Patterns

/// A queue as its documentation reads, looked through from the start at every call: the model that
/// the real one is held against.
struct NaiveSQSQueue {
  struct Message {
    let id: Int
    let body: String
    let group: String?
    let sentAt: Instant
    var hiddenUntil: Instant
    var receipt: Int?
    var takenAt = Instant.zero
    var receives = 0
    var isGone = false
  }

  let options: SQSOptions
  var messages: [Message] = []
  var sends: [(id: String, message: Int, at: Instant)] = []
  var receipts = 0
  var deadLetters: [String] = []

  init(_ options: SQSOptions) { self.options = options }

  mutating func send(
    _ body: String, group: String?, deduplication: String?, at now: Instant
  ) -> Int {
    if options.isFifo, let deduplication {
      let known = sends.last { $0.id == deduplication && now - $0.at < .minutes(5) }
      if let known { return known.message }
      sends.append((deduplication, messages.count, now))
    }
    messages.append(
      Message(
        id: messages.count, body: body, group: group, sentAt: now,
        hiddenUntil: now + options.delay))
    return messages.count - 1
  }

  /// The ids taken, in order.
  mutating func receive(_ most: Int, at now: Instant) -> [Int] {
    expire(at: now)
    var taken: [Int] = []
    func isHeld(_ message: Message) -> Bool {
      !message.isGone && message.receipt != nil && message.hiddenUntil > now
    }
    let busy = Set(messages.filter(isHeld).compactMap(\.group))
    var candidates = messages.filter { message in
      !message.isGone && message.hiddenUntil <= now
        && (message.group.map { !busy.contains($0) } ?? true)
    }
    if options.isFifo {
      var lanes: [String] = []
      for candidate in candidates {
        if let group = candidate.group, !lanes.contains(group) { lanes.append(group) }
      }
      candidates = lanes.flatMap { lane in candidates.filter { $0.group == lane } }
    }
    for candidate in candidates where taken.count < most {
      if let limit = options.maxReceiveCount, candidate.receives >= limit {
        messages[candidate.id].isGone = true
        deadLetters.append(candidate.body)
        continue
      }
      messages[candidate.id].receives += 1
      messages[candidate.id].receipt = receipts
      messages[candidate.id].takenAt = now
      messages[candidate.id].hiddenUntil = now + options.visibilityTimeout
      receipts += 1
      taken.append(candidate.id)
    }
    return taken
  }

  /// Whether the call succeeds.
  mutating func delete(_ id: Int, receipt: Int, at now: Instant) -> Bool {
    expire(at: now)
    let message = messages[id]
    if message.isGone { return true }
    let isLast = message.receipt == receipt
    if options.isFifo, !(isLast && message.hiddenUntil > now) { return false }
    if isLast { messages[id].isGone = true }
    return true
  }

  mutating func change(_ id: Int, receipt: Int, to span: TimeSpan, at now: Instant) -> Bool {
    expire(at: now)
    let message = messages[id]
    guard !message.isGone, message.receipt == receipt, message.hiddenUntil > now,
      now + span <= message.takenAt + .hours(12)
    else { return false }
    messages[id].hiddenUntil = now + span
    return true
  }

  private mutating func expire(at now: Instant) {
    for index in messages.indices where now - messages[index].sentAt >= options.retention {
      messages[index].isGone = true
    }
  }
}
