import Kernel
import OrderedCollections

/// Events that are kept with the change they tell of, and sent until everybody has them.
public struct EventOutbox: Sendable, Equatable {
  /// An event and who has yet to confirm it.
  public struct Entry: Sendable, Equatable {
    /// The event.
    public let event: SagaEvent
    /// Who has yet to confirm it.
    public var targets: [NodeID]
    /// When it is sent again.
    public var due: Instant
  }

  /// What is still to be confirmed, by number.
  public private(set) var entries: OrderedDictionary<Int, Entry> = [:]
  private var next = 1

  /// An empty outbox.
  public init() {}

  /// The number that the next event gets.
  public var nextNumber: Int { next }

  /// When something is to be sent again; nil when all is confirmed.
  public var due: Instant? { entries.values.lazy.map(\.due).min() }

  /// Takes in a record of the disk.
  mutating func replay(_ record: DistributedRecord) {
    switch record {
    case .queued(let event, let number, let targets):
      entries[number] = Entry(event: event, targets: targets, due: .zero)
      next = max(next, number + 1)
    case .delivered(let number, let target):
      entries[number]?.targets.removeAll { $0 == target }
      if entries[number]?.targets.isEmpty == true { entries.removeValue(forKey: number) }
    default: break
    }
  }

  /// Sends everything that is due, and says when to send it again.
  mutating func send(
    at now: Instant, again interval: TimeSpan, _ outputs: inout [DistributedOutput]
  ) {
    for place in entries.values.indices where entries.values[place].due <= now {
      entries.values[place].due = now + interval
      let number = entries.keys[place]
      for target in entries.values[place].targets {
        outputs.append(
          .send(.event(entries.values[place].event, number: number), to: target))
      }
    }
  }
}
