import Kernel

/// A service's own database: a table of aggregates and an outbox table, changed together in local
/// transactions.
///
/// A transaction locks the rows it changes. An outbox row gets its id when it is inserted and its
/// place when its transaction commits, so ids are not in the order of commits. Relays claim pending
/// rows; a claim ends by itself, as a lock does when its session is gone.
///
/// Source: the columns of Debezium's outbox event router (id, aggregatetype, aggregateid, type,
/// payload); PostgreSQL, `SELECT ... FOR UPDATE SKIP LOCKED`.
public struct ServiceDatabase: Sendable, Hashable {
  /// The state of one aggregate.
  public struct Row: Sendable, Hashable {
    /// How many changes it has seen.
    public var version: Int
    /// Its state.
    public var state: Int

    /// A row.
    public init(version: Int, state: Int) {
      self.version = version
      self.state = state
    }
  }

  /// A row of the outbox table.
  public struct OutboxRow: Sendable, Hashable {
    /// The id, from the sequence that inserts draw from.
    public let id: Int
    /// The event.
    public let event: DomainEvent
    /// Whether a relay has marked it.
    public internal(set) var isPublished = false
    /// The relay that has it claimed, and until when.
    var claim: Claim?
  }

  struct Claim: Sendable, Hashable {
    let relay: Int
    let until: Instant
  }

  /// Which pending rows a relay may take.
  public enum ClaimRule: Sendable, Hashable {
    /// Any: relays do not know of each other.
    case all
    /// Those that no other relay has claimed (`SKIP LOCKED`).
    case skipLocked
    /// Those whose aggregate is the relay's by its remainder.
    case byKey(index: Int, of: Int)
  }

  /// What became of an attempt to change an aggregate.
  public enum ChangeResult: Sendable, Hashable {
    /// The row is locked by this transaction; the event has this version.
    case changed(version: Int, eventID: Int)
    /// Another transaction has the row locked.
    case locked
  }

  struct Transaction: Sendable, Hashable {
    var rows: [Int: Row] = [:]
    var events: [OutboxRow] = []
  }

  /// The aggregates.
  public private(set) var rows: [Int: Row] = [:]
  /// The outbox, in the order of commits.
  public private(set) var outbox: [OutboxRow] = []
  /// How many outbox rows are not published.
  public private(set) var pendingCount = 0
  var open: [Int: Transaction] = [:]
  var locks: [Int: Int] = [:]
  private var nextID = 1
  /// Everything before this place of the outbox is published.
  private var firstPending = 0

  /// An empty database.
  public init() {}

  /// Changes `aggregate` in `transaction`, which begins if it is new: its version grows by one.
  ///
  /// `event` is made from the id and version and goes to the outbox, or to nowhere when it is nil.
  public mutating func change(
    _ aggregate: Int, to state: Int, in transaction: Int,
    event: ((_ id: Int, _ version: Int) -> DomainEvent)? = nil
  ) -> ChangeResult {
    if let holder = locks[aggregate], holder != transaction { return .locked }
    locks[aggregate] = transaction
    let before =
      open[transaction]?.rows[aggregate] ?? rows[aggregate] ?? Row(version: 0, state: 0)
    let after = Row(version: before.version + 1, state: state)
    let id = nextID
    nextID += 1
    open[transaction, default: Transaction()].rows[aggregate] = after
    if let event {
      open[transaction]?.events.append(OutboxRow(id: id, event: event(id, after.version)))
    }
    return .changed(version: after.version, eventID: id)
  }

  /// Makes everything in `transaction` true at once; false when there is no such transaction.
  @discardableResult
  public mutating func commit(_ transaction: Int) -> Bool {
    guard let done = open.removeValue(forKey: transaction) else { return false }
    for aggregate in done.rows.keys.sorted() {
      rows[aggregate] = done.rows[aggregate]
      locks[aggregate] = nil
    }
    outbox += done.events
    pendingCount += done.events.count
    return true
  }

  /// Forgets everything in `transaction`; its ids are never used again.
  public mutating func rollBack(_ transaction: Int) {
    guard let undone = open.removeValue(forKey: transaction) else { return }
    for aggregate in undone.rows.keys { locks[aggregate] = nil }
  }

  // MARK: The relay's side

  /// Up to `limit` pending rows in the order of commits, claimed by `relay` for `span`.
  public mutating func claim(
    _ limit: Int, for relay: Int, by rule: ClaimRule, lasting span: TimeSpan, at now: Instant
  ) -> [OutboxRow] {
    var taken: [OutboxRow] = []
    for place in firstPending..<outbox.count where taken.count < limit {
      let row = outbox[place]
      guard !row.isPublished else { continue }
      switch rule {
      case .all: break
      case .skipLocked:
        if let claim = row.claim, claim.relay != relay, claim.until > now { continue }
        outbox[place].claim = Claim(relay: relay, until: now + span)
      case .byKey(let index, let count):
        guard row.event.aggregate % count == index else { continue }
      }
      taken.append(row)
    }
    return taken
  }

  /// Up to `limit` rows whose id is above `id`, in the order of ids, published or not.
  ///
  /// A reader that goes on from the highest id it has seen misses what commits late with a lower
  /// one.
  public func rows(above id: Int, limit: Int) -> [OutboxRow] {
    Array(outbox.filter { $0.id > id }.sorted { $0.id < $1.id }.prefix(limit))
  }

  /// Up to `limit` rows after the first `place` of them, in the order of commits, as the log of
  /// the database has them.
  public func log(after place: Int, limit: Int) -> [OutboxRow] {
    Array(outbox.dropFirst(place).prefix(limit))
  }

  /// Marks rows as published.
  public mutating func markPublished(_ ids: [Int]) {
    for place in firstPending..<outbox.count
    where ids.contains(outbox[place].id) && !outbox[place].isPublished {
      outbox[place].isPublished = true
      outbox[place].claim = nil
      pendingCount -= 1
    }
    while firstPending < outbox.count, outbox[firstPending].isPublished { firstPending += 1 }
  }

  /// Finds the first invariant that does not hold: the events of an aggregate stand in the outbox
  /// in the order of their versions, and none is ahead of its row.
  public func checkInvariants() -> InvariantViolation? {
    guard let last = outbox.last else { return nil }
    let event = last.event
    guard let row = rows[event.aggregate], event.version <= row.version else {
      return InvariantViolation(
        "no event without a row",
        witness: "the outbox holds version \(event.version) of aggregate \(event.aggregate), "
          + "whose row stands at \(rows[event.aggregate]?.version ?? 0)")
    }
    let earlier = outbox.dropLast().last { $0.event.aggregate == event.aggregate }
    if let earlier, earlier.event.version >= event.version {
      return InvariantViolation(
        "commit order",
        witness: "version \(event.version) of aggregate \(event.aggregate) stands behind "
          + "version \(earlier.event.version)")
    }
    return nil
  }
}
