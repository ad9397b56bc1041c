import Kernel
import Patterns
import Presentation

/// An orders database with an outbox, relays, a queue and a consumer, moved step by step by hand.
///
/// Nothing happens by itself: you commit, let a relay claim, publish and mark, let the consumer
/// take a message, and let processes die in between. Beside it stand an event store with accounts
/// and a small order process that three services choreograph.
struct EventBench: Bench {
  /// A relay and what it has in hand.
  struct Desk: Sendable {
    var relay: OutboxRelay
    var toPublish: [ServiceDatabase.OutboxRow] = []
    var toMark: [Int] = []
    /// Whether it has asked for rows already.
    var wantsRows = false
  }

  /// The knobs and where they stand.
  private(set) var settings: Settings
  /// The tool whose knobs these are, or nil.
  let preset: EventPreset?
  var setup: EventBenchSetup
  /// The relay that reads the database's log, in place of those that ask its table.
  var tailer: LogTailer?
  var database = ServiceDatabase()
  var desks: [Desk] = []
  var queue = SQSQueue<DomainEvent>(SQSOptions(), random: RandomStream(seed: 7, name: "queue"))
  var consumer = ConsumerDatabase(hasInbox: true, rule: .park)
  /// The changes to the schema that the registry has taken, oldest first.
  var schemas: [OrderSchema] = [.first]
  var registry: SchemaRegistry
  /// The schemas that the orders service writes and the consumer reads by.
  var writes = OrderSchema.first
  var reads = OrderSchema.first
  var store = EventStore<SourcedAccount.Event>()
  var process = ProcessDesk()
  var now = Instant.zero
  /// Open transactions by name, with the event of each.
  var open: [String: (number: Int, event: DomainEvent)] = [:]
  var nextTransaction = 1
  var committed: [Int: DomainEvent] = [:]
  /// Ids that the queue was given, repeats included.
  var sent: [Int] = []
  /// Versions in the order in which their effect took place, by order.
  var applied: [Int: [Int]] = [:]
  var tally = Tally()
  var log: [Moment] = []

  /// What was counted so far.
  struct Tally: Sendable {
    var superseded = 0
    var repeated = 0
    var unreadable = 0
    var ghosts = 0
    var conflicts = 0
    var refused = 0
    var schemasRefused = 0
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  init(preset: EventPreset? = nil) {
    self.preset = preset
    settings = Settings(preset?.tool.knobs ?? EventBenchSetup.plainKnobs)
    setup = EventBenchSetup(settings, preset)
    registry = SchemaRegistry(setup.design.compatibility, first: OrderSchema.first.schema())
    begin()
  }

  /// Everything anew, as the knobs stand.
  private mutating func begin() {
    setup = EventBenchSetup(settings, preset)
    var options = SQSOptions()
    options.isFifo = setup.isFifo
    options.visibilityTimeout = setup.visibility
    options.servers = 1
    queue = SQSQueue(options, random: RandomStream(seed: 7, name: "queue"))
    database = ServiceDatabase()
    consumer = ConsumerDatabase(hasInbox: setup.design.hasInbox, rule: setup.design.versions)
    desks = (0..<setup.relays).map { _ in Desk(relay: freshRelay()) }
    tailer = setup.design.tail.map { LogTailer($0, at: now) }
    registry = SchemaRegistry(setup.design.compatibility, first: OrderSchema.first.schema())
    schemas = [.first]
    (writes, reads) = (.first, .first)
    open = [:]
    committed = [:]
    sent = []
    applied = [:]
    tally = Tally()
  }

  func freshRelay() -> OutboxRelay {
    var options = OutboxRelay.Options()
    options.pollInterval = .zero
    options.batchSize = setup.batch
    return OutboxRelay(options, at: now)
  }

  /// The names that commands take.
  var parts: [String] { open.keys.sorted() + desks.indices.map { "relay-\($0 + 1)" } }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    let note = EventFidelity.note
    return Fidelity(
      models: note.models, leavesOut: (preset?.tool.leavesOut ?? []) + note.leavesOut,
      sources: note.sources)
  }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? {
    for desk in desks {
      if let violation = desk.relay.checkInvariants() { return violation }
    }
    return database.checkInvariants() ?? queue.checkInvariants() ?? tailer?.checkInvariants()
  }

  /// Turns knobs; orders, relays, queue and consumer begin anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    return Document([
      .text(settings.turned),
      .text("Orders, relays, queue and consumer begin anew; accounts and the process stay."),
    ])
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let effects = consumer.effects
    let stale = database.rows.keys.count {
      database.rows[$0]?.state != consumer.replica.rows[$0]?.state
    }
    let breaks = applied.values.reduce(0) { sum, versions in
      sum + zip(versions, versions.dropFirst()).count { $0 > $1 }
    }
    let account = Self.account(store, "a")
    return [
      Measurement("time", now.seconds, .seconds),
      count("rows", database.rows.count), count("committed", committed.count),
      count("outbox", database.outbox.count), count("pending", pendingCount),
      count("published", sent.count), count("published_twice", sent.count - Set(sent).count),
      count("visible", queue.visibleCount), count("in_flight", queue.inFlightCount),
      count("effects", effects.values.reduce(0, +)),
      count("effects_twice", effects.values.count { $0 > 1 }),
      count("missing", committed.keys.count { effects[$0] == nil }),
      count("ghosts", tally.ghosts), count("stale", stale), count("order_breaks", breaks),
      count("parked", consumer.replica.parkedCount), count("superseded", tally.superseded),
      count("repeated", tally.repeated), count("unreadable", tally.unreadable),
      count("balance", account.balance), count("events", store.log.count),
      count("conflicts", tally.conflicts), count("refused", tally.refused),
      count("schemas", schemas.count), count("schemas_refused", tally.schemasRefused),
      Measurement("position_stored", tailer.map { Double($0.stored) }, .count),
    ] + process.facts
  }

  static func account(
    _ store: EventStore<SourcedAccount.Event>, _ stream: String
  ) -> SourcedAccount {
    store.fold(stream, from: SourcedAccount()) { $0.apply($1) }
  }
}
