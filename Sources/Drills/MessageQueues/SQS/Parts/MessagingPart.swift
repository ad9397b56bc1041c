import Kernel
import Patterns

/// One process of a messaging universe: a machine that plays the role of its node.
struct MessagingPart: Machine {
  enum Input: Sendable, Hashable {
    case started
    case received(MessagingWire, from: NodeID)
    case told(MessagingWord)
    case timer(Int)
  }

  enum Output: Sendable, Hashable {
    case send(MessagingWire, to: NodeID)
    case wakeMe(Instant, timer: Int)
    case persist(MessagingRecord)
    case answer(MessagingAnswer)
  }

  enum Role: Sendable, Equatable {
    case producer(SQSProducerPart)
    case topic(SNSTopicPart)
    case queue(SQSQueuePart)
    case worker(SQSWorkerPart)
    case store(ConsumerStorePart)
    case orders(OrdersPart)
    case book(OrderBookPart)
    case relay(RelayPart)
    /// What stands in for a role while it changes.
    case away
  }

  var role: Role

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch taken() {
    case .producer(var part):
      part.step(input, at: now, &outputs)
      role = .producer(part)
    case .topic(var part):
      part.step(input, at: now, &outputs)
      role = .topic(part)
    case .queue(var part):
      part.step(input, at: now, &outputs)
      role = .queue(part)
    case .worker(var part):
      part.step(input, at: now, &outputs)
      role = .worker(part)
    case .store(var part):
      part.step(input, at: now, &outputs)
      role = .store(part)
    case .orders(var part):
      part.step(input, at: now, &outputs)
      role = .orders(part)
    case .book(var part):
      part.step(input, at: now, &outputs)
      role = .book(part)
    case .relay(var part):
      part.step(input, at: now, &outputs)
      role = .relay(part)
    case .away: break
    }
    return outputs
  }

  /// Takes the role out, so that it changes in place instead of being copied.
  private mutating func taken() -> Role {
    let role = role
    self.role = .away
    return role
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .topic(let part): part.topic.checkInvariants()
    case .queue(let part): part.queue.checkInvariants() ?? part.dead.checkInvariants()
    case .book(let part): part.database.checkInvariants()
    case .relay(let part): part.relay?.checkInvariants()
    case .producer, .worker, .store, .orders, .away: nil
    }
  }
}

/// A write: what a service that outlives its processes took in.
///
/// Its disk steps a copy of the machine, so that the next life goes on where the last one was.
enum MessagingRecord: Sendable, Hashable {
  case topic(SNSTopic<DomainEvent>.Input, at: Instant)
  case queue(SQSQueue<DomainEvent>.Input, isDead: Bool, at: Instant)
  case store(ConsumerCall)
  case book(BookCall, at: Instant)
}
