import Kernel
import Patterns

/// Any process of a queue universe: a broker, a producer, a consumer.
struct QueuePart: Machine {
  /// What can happen to it.
  enum Input: Sendable {
    case started
    case received(QueueMessage, from: NodeID)
    case timer(Int)
    case told(QueueOrder)
  }

  /// What it asks for or states.
  enum Output: Sendable, Equatable {
    case request(Int, RabbitMethod, RabbitChannelID, to: NodeID)
    case reply(Int, RabbitReply, RabbitChannelID)
    case peer(RabbitPeerMessage, to: NodeID)
    case persist(RabbitDisk.Record)
    case write(RabbitDisk.Record)
    case wakeMe(at: Instant, timer: Int)
    case answer(QueueAnswer)
  }

  /// What kind of process it is; in a box, since hosts hand processes on.
  indirect enum Role: Sendable, Equatable {
    case broker(BrokerPart)
    case producer(ProducerPart)
    case consumer(ConsumerPart)
    case idle
  }

  var role: Role

  /// Steps the process; its state leaves the enumeration meanwhile, so that nothing is copied.
  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch role {
    case .broker(var part):
      role = .idle
      let outputs = part.step(input, at: now)
      role = .broker(part)
      return outputs
    case .producer(var part):
      role = .idle
      let outputs = part.step(input, at: now)
      role = .producer(part)
      return outputs
    case .consumer(var part):
      role = .idle
      let outputs = part.step(input, at: now)
      role = .consumer(part)
      return outputs
    case .idle: return []
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .broker(let part): part.broker.checkInvariants()
    case .producer, .consumer, .idle: nil
    }
  }
}
