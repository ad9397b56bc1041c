/// An event store that keeps, in the transaction of an append, the id of the command it came of.
///
/// **A command whose id is known appends nothing**: a retry after a lost answer, or a second click,
/// gets the answer of the first.
public struct CommandStore: Sendable, Hashable {
  /// What became of an append.
  public enum Result: Sendable, Hashable {
    /// The events are stored; the number of the last one in its stream, and its global position.
    case appended(version: Int, position: Int)
    /// The command's events are there already; the place of the last one.
    case repeated(version: Int, position: Int)
    /// The stream does not stand where the command believed.
    case conflict(Int?)
  }

  /// The place of an event.
  struct Place: Sendable, Hashable {
    let version: Int
    let position: Int
  }

  /// Whether ids of commands are kept.
  public let isDeduplicating: Bool
  /// The events.
  public private(set) var events = EventStore<LedgerEvent>()
  private var answered: [Int: Place] = [:]

  /// An empty store.
  public init(isDeduplicating: Bool) { self.isDeduplicating = isDeduplicating }

  /// How many events there are: the next one gets this position.
  public var head: Int { events.log.count }

  /// Appends the events of `command` in one transaction with its id.
  public mutating func append(
    _ facts: [LedgerEvent], of command: Int, to stream: String,
    expecting expected: EventStore<LedgerEvent>.ExpectedVersion
  ) -> Result {
    if isDeduplicating, let place = answered[command] {
      return .repeated(version: place.version, position: place.position)
    }
    switch events.append(facts, to: stream, expecting: expected) {
    case .wrongExpectedVersion(let version): return .conflict(version)
    case .appended(let version):
      let place = Place(version: version, position: head - 1)
      if isDeduplicating { answered[command] = place }
      return .appended(version: place.version, position: place.position)
    }
  }
}
