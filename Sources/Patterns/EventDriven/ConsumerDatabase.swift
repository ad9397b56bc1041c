/// A consumer's database: the inbox of event ids it has seen, what the events brought about, and
/// its copy of the other service's data.
///
/// With an inbox, an event's id and its effect are one transaction, so that a repeat finds the id
/// and changes nothing. Delivery stays at least once; the effect happens once. An event that
/// carries state takes effect when the copy takes its state: one that the copy holds back waits
/// with it, one that it drops never does.
public struct ConsumerDatabase: Sendable, Hashable {
  /// What became of an event.
  public enum Result: Sendable, Hashable {
    /// The effects of these events took place, in order: this one's and any that waited for it.
    case applied([Int])
    /// The copy is as new or newer: no effect.
    case superseded
    /// It is kept until the events before it are there.
    case parked
    /// The owner must be asked for the state first; nothing was changed.
    case needsSnapshot
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
  private var parked: [Int: [Int: Int]] = [:]

  /// An empty database.
  public init(hasInbox: Bool, rule: VersionedReplica.Rule) {
    self.hasInbox = hasInbox
    replica = VersionedReplica(rule)
  }

  /// Carries out an event in one transaction; `state` is the state it carries, nil for a
  /// notification.
  public mutating func apply(_ event: DomainEvent, state: Int?) -> Result {
    if hasInbox, inbox.contains(event.id) { return .repeated }
    let result = carryOut(event, state: state)
    if hasInbox, result != .needsSnapshot { inbox.insert(event.id) }
    return result
  }

  /// Notes an id in a transaction of its own; false when it was there.
  ///
  /// Only right as part of the transaction of the effect: a crash after it loses the effect.
  public mutating func note(_ id: Int) -> Bool { inbox.insert(id).inserted }

  /// Carries out an event without a look at the inbox.
  public mutating func carryOut(_ event: DomainEvent, state: Int?) -> Result {
    guard let state else {
      effects[event.id, default: 0] += 1
      return .applied([event.id])
    }
    switch replica.take(event.aggregate, version: event.version, state: state) {
    case .applied(let versions):
      let ids = versions.compactMap { version in
        version == event.version
          ? event.id : parked[event.aggregate]?.removeValue(forKey: version)
      }
      for id in ids { effects[id, default: 0] += 1 }
      return .applied(ids)
    case .superseded: return .superseded
    case .parked:
      parked[event.aggregate, default: [:]][event.version] = event.id
      return .parked
    case .needsSnapshot: return .needsSnapshot
    }
  }

  /// Takes the owner's answer about the aggregate of `event`, in one transaction with the effect.
  public mutating func load(_ event: DomainEvent, version: Int, state: Int) -> Result {
    if hasInbox, inbox.contains(event.id) { return .repeated }
    if hasInbox { inbox.insert(event.id) }
    guard replica.load(event.aggregate, version: version, state: state) else {
      return .superseded
    }
    effects[event.id, default: 0] += 1
    return .applied([event.id])
  }
}
