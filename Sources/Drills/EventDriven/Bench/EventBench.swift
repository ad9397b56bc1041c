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
  private(set) var settings = Settings(Self.knobs)
  var database = ServiceDatabase()
  var desks: [Desk] = []
  var queue = SQSQueue<DomainEvent>(SQSOptions(), random: RandomStream(seed: 7, name: "queue"))
  var consumer = ConsumerDatabase(hasInbox: true, rule: .park)
  var schema = OrderSchema.first
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
  }

  /// The knobs of the scenario that mean something here.
  private static let knobs: [Knob] = EventKnobs.design.filter {
    [
      "publish", "relays", "relay.claim", "relay.batch", "inbox", "versions", "reader",
      "FifoQueue", "VisibilityTimeout",
    ].contains($0.name)
  }

  /// A fresh bench.
  init() { begin() }

  /// Everything anew, as the knobs stand.
  private mutating func begin() {
    let isFifo = settings.flag("FifoQueue")
    var options = SQSOptions()
    options.isFifo = isFifo
    options.visibilityTimeout = settings.span("VisibilityTimeout")
    options.servers = 1
    queue = SQSQueue(options, random: RandomStream(seed: 7, name: "queue"))
    database = ServiceDatabase()
    consumer = ConsumerDatabase(
      hasInbox: settings.flag("inbox"),
      rule: VersionedReplica.Rule(rawValue: settings.word("versions")) ?? .park)
    desks = (0..<settings.integer("relays")).map { _ in Desk(relay: freshRelay()) }
    schema = .first
    open = [:]
    committed = [:]
    sent = []
    applied = [:]
    tally = Tally()
  }

  func freshRelay() -> OutboxRelay {
    var options = OutboxRelay.Options()
    options.pollInterval = .zero
    options.batchSize = settings.integer("relay.batch")
    return OutboxRelay(options, at: now)
  }

  var mode: OrderPublishing { OrderPublishing(rawValue: settings.word("publish")) ?? .outbox }

  var reader: EventReader {
    EventReader(
      OrderSchema.first.schema, isStrict: settings.word("reader") != "tolerant",
      converters: settings.word("reader") == "converting" ? schema.converters : [])
  }

  /// The names that commands take.
  var parts: [String] { open.keys.sorted() + desks.indices.map { "relay-\($0 + 1)" } }

  /// What the bench leaves out.
  var fidelity: Fidelity { EventFidelity.note }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? {
    for desk in desks {
      if let violation = desk.relay.checkInvariants() { return violation }
    }
    return database.checkInvariants() ?? queue.checkInvariants()
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
      count("outbox", database.outbox.count), count("pending", database.pendingCount),
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
    ] + process.facts
  }

  static func account(
    _ store: EventStore<SourcedAccount.Event>, _ stream: String
  ) -> SourcedAccount {
    store.fold(stream, from: SourcedAccount()) { $0.apply($1) }
  }
}
