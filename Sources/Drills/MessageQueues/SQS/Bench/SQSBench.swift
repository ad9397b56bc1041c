import Kernel
import Patterns
import Presentation

/// A topic, two queues with their dead-letter queues, and a clock that stands still until `tick`:
/// you are the producers and the consumers.
///
/// Messages are called m1, m2, …; a receipt is called r1, r2, … and stands for one receipt of one
/// message, as receipt handles do.
struct SQSBench: Bench {
  typealias Queue = SQSQueue<String>

  /// What a receipt stands for.
  struct Receipt: Sendable {
    let queue: Int
    let isDead: Bool
    let delivery: SQSDelivery<String>
  }

  /// The knobs and where they stand.
  private(set) var settings = Settings(SQSPreset.queueKnobs)
  var queues: [Queue]
  var dead: [Queue]
  var topic: SNSTopic<String>
  var now = Instant.zero
  var receipts: [String: Receipt] = [:]
  var nextMessage = 1
  var counts = Counts()
  /// What happened, newest last.
  var log: [Moment] = []

  /// What was done so far.
  struct Counts: Sendable {
    var sent = 0
    var duplicates = 0
    var received = 0
    var lastReceived = 0
    var deleted = 0
    var refused = 0
    var deadLettered = 0
    var expired = 0
    var timedOut = 0
  }

  /// The names of the queues.
  static let names = ["orders", "audit"]

  /// A fresh bench.
  init() {
    var plain = SQSOptions()
    plain.servers = 1
    queues = Self.names.indices.map { Self.queue(plain, "queue/\($0)") }
    dead = Self.names.indices.map { Self.queue(plain, "dead/\($0)") }
    topic = Self.topic(isFifo: false)
    configure()
  }

  private static func queue(_ options: SQSOptions, _ name: String) -> Queue {
    Queue(options, random: RandomStream(seed: 7, name: name))
  }

  /// The topic feeds both queues; the second takes messages of type `order` only.
  private static func topic(isFifo: Bool) -> SNSTopic<String> {
    let filter = SNSFilterPolicy([.init("type", [.equals("order")])])
    return SNSTopic(
      subscriptions: [SNSSubscription(), SNSSubscription(filter: filter)], isFifo: isFifo)
  }

  private mutating func configure() {
    var options = SQSPreset.options(settings)
    var deadOptions = SQSPreset.deadLetterOptions(settings)
    // A short poll finds what is there, so that the same lines always do the same.
    options.servers = 1
    deadOptions.servers = 1
    for place in queues.indices {
      _ = queues[place].step(.setAttributes(options), at: now)
      _ = dead[place].step(.setAttributes(deadOptions), at: now)
    }
  }

  /// The names that commands take.
  var parts: [String] { Self.names + receipts.keys.sorted() }

  /// What the bench leaves out.
  var fidelity: Fidelity { SQSFidelity.bench }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? {
    for queue in queues + dead {
      if let violation = queue.checkInvariants() { return violation }
    }
    return topic.checkInvariants()
  }

  /// Turns knobs; between standard and FIFO the queues begin anew, as they would have to.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let isNew = changed.flag("FifoQueue") != settings.flag("FifoQueue")
    settings = changed
    if isNew {
      var options = SQSPreset.options(changed)
      options.servers = 1
      queues = Self.names.indices.map { Self.queue(options, "queue/\($0)") }
      dead = Self.names.indices.map { Self.queue(options, "dead/\($0)") }
      topic = Self.topic(isFifo: options.isFifo)
      receipts = [:]
      counts = Counts()
    }
    configure()
    var reply = Document([.text(settings.turned)])
    if isNew { reply.add("A queue cannot change its type: these are new and empty.") }
    return reply
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let age = queues[0].ageOfOldest(at: now)
    return [
      Measurement("time", now.seconds, .seconds),
      count("visible", queues[0].visibleCount), count("in_flight", queues[0].inFlightCount),
      count("delayed", queues[0].delayedCount), count("busy_groups", queues[0].busyLanes),
      count("dead", dead[0].visibleCount + dead[0].inFlightCount),
      count("audit", queues[1].visibleCount + queues[1].inFlightCount),
      Measurement("oldest", age?.seconds, .seconds), count("sent", counts.sent),
      count("duplicates", counts.duplicates), count("received", counts.received),
      count("last_received", counts.lastReceived), count("deleted", counts.deleted),
      count("refused", counts.refused), count("dead_lettered", counts.deadLettered),
      count("expired", counts.expired), count("timed_out", counts.timedOut),
    ]
  }
}
