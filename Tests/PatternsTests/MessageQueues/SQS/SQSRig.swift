import Kernel
import Patterns

/// A queue under test with a clock, calls as methods and every invariant checked.
struct SQSRig {
  var queue: SQSQueue<String>
  var now = Instant.zero
  var outputs: [SQSQueue<String>.Output] = []
  private(set) var violation: InvariantViolation?

  init(_ change: (inout SQSOptions) -> Void = { _ in }, seed: UInt64 = 1) {
    var options = SQSOptions()
    options.servers = 1
    options.sampledServers = 1
    change(&options)
    queue = SQSQueue(options, random: RandomStream(seed: seed, name: "queue"))
  }

  mutating func step(_ input: SQSQueue<String>.Input) {
    outputs = queue.step(input, at: now)
    violation = violation ?? queue.checkInvariants()
  }

  mutating func pass(_ span: TimeSpan) {
    now += span
    step(.wake)
  }

  @discardableResult
  mutating func send(
    _ body: String, delay: TimeSpan? = nil, group: String? = nil, id: String? = nil
  ) -> SQSRefusal? {
    step(.send(SQSEntry(body, delay: delay, group: group, deduplication: id), request: 0))
    return refusal
  }

  mutating func receive(
    _ most: Int = 10, wait: TimeSpan = .zero, visibility: TimeSpan? = nil, attempt: String? = nil
  ) -> [SQSDelivery<String>] {
    step(.receive(most: most, wait: wait, visibility: visibility, attempt: attempt, request: 1))
    return deliveries
  }

  @discardableResult
  mutating func delete(_ delivery: SQSDelivery<String>) -> SQSRefusal? {
    step(.delete(delivery.handle, request: 2))
    return refusal
  }

  @discardableResult
  mutating func change(_ delivery: SQSDelivery<String>, to span: TimeSpan) -> SQSRefusal? {
    step(.changeVisibility(delivery.handle, to: span, request: 3))
    return refusal
  }

  var deliveries: [SQSDelivery<String>] {
    for case .received(let list, _) in outputs { return list }
    return []
  }

  var refusal: SQSRefusal? {
    for case .refused(let refusal, _) in outputs { return refusal }
    return nil
  }

  var answered: Bool {
    outputs.contains { if case .received = $0 { true } else { false } }
  }

  var deadLetters: [SQSDeadLetter<String>] {
    outputs.compactMap { if case .deadLettered(let letter, _) = $0 { letter } else { nil } }
  }
}
