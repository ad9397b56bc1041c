/// A consumer's database: the inbox of event ids it has seen, what the events brought about, and
/// its copy of the other service's data.
///
/// With an inbox, an event's id and its effect are one transaction, so that a repeat finds the id
/// and changes nothing. Delivery stays at least once; the effect happens once.
public struct ConsumerDatabase: Sendable, Hashable {
  /// What became of an event.
  public enum Result: Sendable, Hashable {
    /// Its effect took place; the replica says what became of the state it carried.
    case applied(VersionedReplica.Result?)
    /// The inbox has its id: nothing happened.
    case repeated
  }

  /// Whether ids are kept.
  public let hasInbox: Bool
  /// The copy of the other service's data.
  public private(set) var replica: VersionedReplica
  /// How often the effect of each event took place, by its id.
  public private(set) var effects: [Int: Int] = [:]
  private var inbox: Set<Int> = []

  /// An empty database.
  public init(hasInbox: Bool, rule: VersionedReplica.Rule) {
    self.hasInbox = hasInbox
    replica = VersionedReplica(rule)
  }

  /// Carries out an event in one transaction; `state` is the state it carries, nil for a
  /// notification.
  public mutating func apply(_ event: DomainEvent, state: Int?) -> Result {
    if hasInbox, !note(event.id) { return .repeated }
    return .applied(carryOut(event, state: state))
  }

  /// Notes an id in a transaction of its own; false when it was there.
  ///
  /// Only right as part of the transaction of the effect: a crash after it loses the effect.
  public mutating func note(_ id: Int) -> Bool { inbox.insert(id).inserted }

  /// Carries out an event without a look at the inbox.
  public mutating func carryOut(_ event: DomainEvent, state: Int?) -> VersionedReplica.Result? {
    effects[event.id, default: 0] += 1
    return state.map { replica.take(event.aggregate, version: event.version, state: $0) }
  }

  /// Takes the owner's answer to a question about an aggregate.
  @discardableResult
  public mutating func load(_ aggregate: Int, version: Int, state: Int) -> Bool {
    replica.load(aggregate, version: version, state: state)
  }
}
