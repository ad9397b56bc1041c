import Kernel
import Patterns
import Simulation

/// What the processes of a queue universe send each other.
enum QueueMessage: Sendable {
  /// A frame of a client's connection, numbered from 1.
  case request(Int, RabbitMethod, RabbitChannelID)
  /// A frame back.
  case reply(Int, RabbitReply, RabbitChannelID)
  /// The operating system of a dead process closes its connections.
  case reset
  /// Between brokers.
  case peer(RabbitPeerMessage)
}

/// What a process tells the driver.
enum QueueAnswer: Sendable, Equatable {
  /// The producer learned that the broker answers for the message.
  case confirmed(Int)
  /// The producer learned that the broker does not take it, and lets it go.
  case refused(Int)
  /// The consumer was handed a message, again or for the first time.
  case received(Int, isRedelivered: Bool)
  /// The consumer carried it out.
  case applied(Int)
  /// The consumer could not.
  case failed(Int)
  /// The reader of the dead-letter queue found it.
  case setAside(Int)
  /// What a client states.
  case fact(Fact)
  /// What a broker states.
  case broker(RabbitFact)
}

/// What the driver tells a process.
enum QueueOrder: Sendable {
  /// A message to publish.
  case publish(QueueItem)
  /// The process at the other end of connections is dead.
  case connectionsReset(by: NodeID)
}

/// A message as producer and consumer know it: the number under which the driver records it.
struct QueueItem: Sendable, Equatable {
  let number: Int
  let key: Int
  let isPoison: Bool
  let expiration: TimeSpan?

  /// The number that a message's body carries.
  static func number(of message: RabbitMessage) -> Int? { Int(message.body) }

  /// Whether nobody can work on a message.
  static func isPoison(_ message: RabbitMessage) -> Bool {
    message.headers.contains(RabbitField("poison", .flag(true)))
  }
}

/// The disk of a broker; clients keep nothing.
extension RabbitDisk: StableStorage {}

/// Puts the frames of one direction of a connection back in order.
///
/// Networks lose, double and delay; a connection gives every frame once and in order, or breaks.
struct FrameOrder<Frame: Sendable & Equatable>: Sendable, Equatable {
  private(set) var taken = 0
  private var early: [Early] = []
  /// Since when a frame is missing.
  private(set) var gapSince: Instant?

  struct Early: Sendable, Equatable {
    let number: Int
    let frame: Frame
  }

  /// Takes a frame and returns those whose turn has come.
  mutating func take(_ number: Int, _ frame: Frame, at now: Instant) -> [Frame] {
    guard number > taken, !early.contains(where: { $0.number == number }) else { return [] }
    early.append(Early(number: number, frame: frame))
    early.sort { $0.number < $1.number }
    var ready: [Frame] = []
    while let first = early.first, first.number == taken + 1 {
      taken += 1
      ready.append(early.removeFirst().frame)
    }
    gapSince = early.isEmpty ? nil : ready.isEmpty ? gapSince ?? now : now
    return ready
  }
}
