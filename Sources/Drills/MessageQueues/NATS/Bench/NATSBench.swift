import Kernel
import Patterns
import Presentation

/// A NATS server with a stream ORDERS on `orders.>` and its consumer `work`, and a clock that stands
/// still until `tick`: you are everybody.
///
/// Messages are called m1, m2, …; messages of the stream go by their sequence.
struct NATSBench: Bench {
  static let stream = "ORDERS"
  static let consumer = "work"

  /// The knobs: the tool's, and where the stream is kept.
  static let knobs =
    NATSPreset.knobs + NATSKnobs.own.filter { ["storage", "sync_interval"].contains($0.name) }

  /// The tool, for `--as nats`.
  static let tool = ToolPreset(
    id: NATSPreset.tool.id, title: NATSPreset.tool.title, knobs: knobs,
    leavesOut: NATSPreset.tool.leavesOut)

  /// Somebody with core subscriptions.
  struct Subscriber: Sendable {
    let client: Int
    var subscription: (subject: String, queue: String?)
    var isReading = true
    var unread = 0
    var received = 0
  }

  private(set) var settings = Settings(NATSBench.knobs)
  var server = NATSServer(random: RandomStream(seed: 7, name: "nats/bench"))
  var jetStream = JetStream()
  /// What a crash would leave.
  var durable = JetStream()
  var lastSync = Instant.zero
  var now = Instant.zero
  var subscribers: [String: Subscriber] = [:]
  var nextClient = 1
  var nextMessage = 1
  var counts = Counts()
  /// What happened, newest last.
  var log: [Moment] = []

  /// What was done so far.
  struct Counts: Sendable {
    var published = 0
    var delivered = 0
    var unheard = 0
    var stored = 0
    var duplicates = 0
    var refused = 0
    var fetched = 0
    var lastFetched = 0
    var redelivered = 0
    var acked = 0
    var timedOut = 0
    var givenUp = 0
    var cutOffs = 0
    var forgotten = 0
  }

  /// A fresh bench.
  init() { begin() }

  /// An empty stream and a consumer at its beginning, as the knobs say.
  private mutating func begin() {
    server = NATSServer(
      NATSPreset.serverOptions(settings), random: RandomStream(seed: 7, name: "nats/bench"))
    subscribers = [:]
    _ = server.step(.connect(client: 0), at: now)
    jetStream = JetStream()
    let subjects = NATSSubject("orders.>").map { [$0] } ?? []
    let stream = NATSPreset.stream(Self.stream, subjects: subjects, settings)
    let consumer = NATSPreset.consumer(Self.consumer, settings)
    _ = jetStream.step(.addStream(stream, request: 0), at: now)
    for output in jetStream.step(
      .addConsumer(stream: Self.stream, consumer, request: 0), at: now)
    {
      if case .failed(let error, _) = output { say("ORDERS", "refuses: \(error.text)", .bad) }
    }
    durable = jetStream
    lastSync = now
    counts = Counts()
  }

  /// The names that commands take.
  var parts: [String] { subscribers.keys.sorted() }

  /// What the bench leaves out.
  var fidelity: Fidelity { NATSFidelity.bench }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? {
    server.checkInvariants() ?? jetStream.checkInvariants()
  }

  /// Turns knobs; stream, consumer and subscriptions begin anew.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    var reply = Document([.text(settings.turned)])
    reply.add("Server, stream and consumer begin anew with them.")
    return reply
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let stream = jetStream.stream(Self.stream)
    let consumer = jetStream.consumer(Self.consumer, of: Self.stream)
    return [
      Measurement("time", now.seconds, .seconds), count("published", counts.published),
      count("delivered", counts.delivered), count("unheard", counts.unheard),
      count("cut_offs", counts.cutOffs), count("subscribers", subscribers.count),
      count("stored", counts.stored), count("messages", stream?.count ?? 0),
      count("first_seq", stream?.firstSequence ?? 0),
      count("last_seq", stream?.lastSequence ?? 0), count("duplicates", counts.duplicates),
      count("refused", counts.refused), count("discarded", stream?.discarded ?? 0),
      count("fetched", counts.fetched), count("last_fetched", counts.lastFetched),
      count("redelivered", counts.redelivered), count("ack_pending", consumer?.pending.count ?? 0),
      count("ack_floor", consumer?.ackFloor.stream ?? 0), count("acked", counts.acked),
      count("ack_timeouts", counts.timedOut), count("given_up", counts.givenUp),
      count("forgotten", counts.forgotten),
    ]
  }
}
