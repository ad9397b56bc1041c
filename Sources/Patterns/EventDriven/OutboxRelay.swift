import Kernel

/// The relay between an outbox table and a broker: a polling publisher.
///
/// It claims pending rows in the order of commits, publishes them with the aggregate as key, waits
/// for the broker's acknowledgement and marks them. Of one aggregate one event is under way at a
/// time. A crash between acknowledgement and mark publishes again: at least once, never exactly.
///
/// Source: the transactional outbox and polling publisher patterns, as in Debezium's outbox event
/// router, documentation/modules/ROOT/pages/transformations/outbox-event-router.adoc.
public struct OutboxRelay: Machine {
  /// How a relay is set up.
  public struct Options: Sendable, Hashable {
    /// How long it waits after a batch that was not full.
    public var pollInterval = TimeSpan.milliseconds(500)
    /// The most rows it claims at once.
    public var batchSize = 20
    /// How long it waits for the broker, or for the database.
    public var timeout = TimeSpan.seconds(2)
    /// Wrong ways to build a relay; none by default.
    public var shortcuts: Set<Shortcut> = []

    /// The defaults.
    public init() {}
  }

  /// A wrong way to build a relay that seems to work.
  public enum Shortcut: String, Sendable, Hashable, CaseIterable {
    /// Marks rows as published when it reads them, before the broker has them.
    case marksBeforeAck = "marks-before-ack"
    /// Reads on from the highest id it has seen.
    case readsPastHighestID = "reads-past-highest-id"
  }

  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// The database's answer to a claim.
    case rows([ServiceDatabase.OutboxRow])
    /// The broker has the event of this row.
    case acknowledged(Int)
    /// The instant of `wakeMe` has come.
    case wake
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// Claim up to so many rows; `above` is set by a relay that goes by ids.
    case claim(Int, above: Int?)
    /// Give the event of this row to the broker.
    case publish(ServiceDatabase.OutboxRow)
    /// Mark these rows as published.
    case mark([Int])
    /// Something is due at that instant; it replaces what was asked for before.
    case wakeMe(Instant)
  }

  struct Entry: Sendable, Hashable {
    let row: ServiceDatabase.OutboxRow
    /// When the broker has taken too long; nil while it is not under way.
    var due: Instant?
  }

  enum State: Sendable, Hashable {
    case resting(until: Instant)
    case claiming(until: Instant)
    case publishing([Entry], acknowledged: [Int], wasFull: Bool)
  }

  /// The options.
  public let options: Options
  /// Events given to the broker, repeats included.
  public private(set) var published = 0
  var state: State
  private var highestID: Int

  /// A relay that begins to read at `now`; one that goes by ids goes on after `id`.
  public init(_ options: Options, at now: Instant, after id: Int = 0) {
    self.options = options
    highestID = id
    state = .resting(until: now)
  }

  /// Takes one input.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch (state, input) {
    case (.resting(let until), .wake) where until <= now,
      (.claiming(let until), .wake) where until <= now:
      claim(at: now, &outputs)
    case (.claiming, .rows(let rows)):
      begin(rows, at: now, &outputs)
    case (.publishing(let entries, var acknowledged, let wasFull), .acknowledged(let id)):
      guard entries.contains(where: { $0.row.id == id }) else { break }
      acknowledged.append(id)
      let left = entries.filter { $0.row.id != id }
      state = .publishing(left, acknowledged: acknowledged, wasFull: wasFull)
      proceed(at: now, &outputs)
    case (.publishing, .wake):
      proceed(at: now, &outputs)
    case (.resting, _), (.claiming, _), (.publishing, .rows):
      break
    }
    if let due = nextDue { outputs.append(.wakeMe(due)) }
    return outputs
  }

  private mutating func claim(at now: Instant, _ outputs: inout [Output]) {
    state = .claiming(until: now + options.timeout)
    let goesByID = options.shortcuts.contains(.readsPastHighestID)
    outputs.append(.claim(options.batchSize, above: goesByID ? highestID : nil))
  }

  private mutating func begin(
    _ rows: [ServiceDatabase.OutboxRow], at now: Instant, _ outputs: inout [Output]
  ) {
    guard !rows.isEmpty else {
      state = .resting(until: now + options.pollInterval)
      return
    }
    highestID = max(highestID, rows.map(\.id).max() ?? 0)
    if options.shortcuts.contains(.marksBeforeAck) { outputs.append(.mark(rows.map(\.id))) }
    state = .publishing(
      rows.map { Entry(row: $0, due: nil) }, acknowledged: [],
      wasFull: rows.count == options.batchSize)
    proceed(at: now, &outputs)
  }

  /// Publishes what may go, again what got no answer; marks when all is acknowledged.
  private mutating func proceed(at now: Instant, _ outputs: inout [Output]) {
    guard case .publishing(var entries, let acknowledged, let wasFull) = state else { return }
    guard !entries.isEmpty else {
      if !options.shortcuts.contains(.marksBeforeAck) { outputs.append(.mark(acknowledged)) }
      if wasFull {
        claim(at: now, &outputs)
      } else {
        state = .resting(until: now + options.pollInterval)
      }
      return
    }
    var busy: Set<Int> = []
    for place in entries.indices {
      let entry = entries[place]
      guard busy.insert(entry.row.event.aggregate).inserted else { continue }
      if let due = entry.due, due > now { continue }
      entries[place].due = now + options.timeout
      published += 1
      outputs.append(.publish(entry.row))
    }
    state = .publishing(entries, acknowledged: acknowledged, wasFull: wasFull)
  }

  private var nextDue: Instant? {
    switch state {
    case .resting(let until), .claiming(let until): until
    case .publishing(let entries, _, _): entries.compactMap(\.due).min()
    }
  }

  /// Finds the first invariant that does not hold: of an aggregate one event is under way.
  public func checkInvariants() -> InvariantViolation? {
    guard case .publishing(let entries, _, _) = state else { return nil }
    var busy: [Int: Int] = [:]
    for entry in entries where entry.due != nil {
      let event = entry.row.event
      if let other = busy[event.aggregate] {
        return InvariantViolation(
          "one event an aggregate under way",
          witness: "versions \(other) and \(event.version) of aggregate \(event.aggregate) are "
            + "under way together")
      }
      busy[event.aggregate] = event.version
    }
    return nil
  }
}
