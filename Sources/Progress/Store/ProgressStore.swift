import GRDB
import Kernel
import Recall
import Synchronization

/// What a learner has done, kept for good: an append-only log of events and what follows from it.
///
///     append ──▶ event (the truth) ──fold──▶ position, topics, notes, drills, calibration
///                                     └────▶ schedule (kept in a table, for a quick start)
///
/// **An event that `append` returned survives a kill and a power loss**: each append is one
/// transaction of an SQLite database in WAL mode with `synchronous = FULL`, so the log was synced
/// to the disk before it returns. **No event is ever changed or deleted**: `undo` appends an event
/// that names the action it takes back. **Every projection is a function of the set of events**,
/// whatever the order in which they came to be known; two stores that imported each other's logs
/// agree in everything.
///
/// Several prompts may use one store: every call reads and writes the file, nothing is remembered
/// but which actions this prompt made.
public final class ProgressStore: Sendable {
  /// Where the store is; nil for one in memory.
  public let path: String?
  /// The name of this machine in the log.
  public let device: String

  let queue: DatabaseQueue
  let surroundings: StoreSurroundings
  /// The last row of the log when this prompt began.
  let firstRow: Int
  /// The actions of this prompt, the latest last.
  let actions = Mutex<[EventID]>([])

  init(queue: DatabaseQueue, path: String?, surroundings: StoreSurroundings) throws(StoreError) {
    let label = path ?? "in memory"
    (device, firstRow) = try StoreError.translating(path: label) {
      try queue.read { database in
        let known = try String.fetchOne(
          database, sql: "SELECT value FROM meta WHERE name = 'device'")
        let row = try Int.fetchOne(database, sql: "SELECT max(row) FROM event")
        return (surroundings.device ?? known ?? "unknown", row ?? 0)
      }
    }
    self.queue = queue
    self.path = path
    self.surroundings = surroundings
  }

  /// Records what happened and returns the event once it is safe on the disk.
  @discardableResult
  public func append(_ fact: Fact) throws(StoreError) -> Event {
    let events = try append([fact])
    return events[0]
  }

  /// Records several facts of one action of the learner, all or none.
  @discardableResult
  public func append(_ facts: [Fact]) throws(StoreError) -> [Event] {
    for fact in facts { try check(fact) }
    guard !facts.isEmpty else { return [] }
    let events = try write { database in
      let events = try self.events(for: facts, database)
      for event in events { try LogTable.insert(event, database) }
      try ScheduleTable.refresh(after: events, database)
      return events
    }
    if facts.contains(where: { $0.kind != .undo }) {
      actions.withLock { $0.append(events[0].action) }
    }
    return events
  }

  /// Lets go of the file; the store cannot be used any more.
  public func close() throws(StoreError) {
    try StoreError.translating(path: label) { try queue.close() }
  }

  private func events(for facts: [Fact], _ database: Database) throws -> [Event] {
    let now = min(max(0, surroundings.clock()), LogDocument.lastMilliseconds)
    let last = try Int.fetchOne(database, sql: "SELECT max(stamp) FROM event") ?? 0
    var action: EventID?
    return facts.enumerated().map { place, fact in
      let id = EventID(atMilliseconds: now, chance: surroundings.chance())
      action = action ?? id
      return Event(
        id: id, action: action ?? id, device: device, atMilliseconds: now,
        stamp: max(now, last + 1) + place, fact: fact)
    }
  }

  private func check(_ fact: Fact) throws(StoreError) {
    for name in fact.names where !EventID.isName(name) {
      throw .unsuitable(detail: "'\(name.prefix(40))' is no name for a \(fact.kind.rawValue)")
    }
    if case .predicted(let prediction) = fact {
      guard prediction.low.isFinite, prediction.high.isFinite else {
        throw .unsuitable(detail: "a prediction needs finite ends")
      }
    }
  }
}

/// What a store takes from outside: the time, chance, and the machine's name.
struct StoreSurroundings: Sendable {
  /// The wall clock in milliseconds since 1970 (UTC).
  let clock: @Sendable () -> Int
  /// Two random words for the id of an event.
  let chance: @Sendable () -> (UInt64, UInt64)
  /// The machine's name in the log; nil for the one that the store was made with.
  let device: String?
}

extension ProgressStore {
  /// What messages call the store.
  var label: String { path ?? "in memory" }

  /// Runs `body` in one transaction that takes the write lock at once.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try StoreError.translating(path: label) { try queue.write(body) }
  }

  /// Runs `body` on one unchanging view of the store.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    try StoreError.translating(path: label) { try queue.read(body) }
  }
}

extension StoreError {
  /// Runs `body` and puts whatever goes wrong into words for the store at `path`.
  static func translating<Value>(
    path: String, _ body: () throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try body()
    } catch {
      throw StoreError(error, path: path)
    }
  }
}
