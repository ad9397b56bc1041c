import Kernel
import Patterns
import Presentation

/// One RabbitMQ broker live under commands, with a clock that stands still until `tick`.
///
/// There are two queues from the start: `orders`, declared as the knobs say, and `dead`. Consumers
/// do nothing by themselves: what they hold they hold until you acknowledge it for them.
public struct RabbitBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  var broker: RabbitBroker
  var disk = RabbitDisk()
  var now = Instant.zero
  var wakes: [Instant] = []
  var life = 0
  /// The consumers by name, in the order they came.
  var consumers: [BenchConsumer] = []
  var counters = Counters()
  /// What the command under way led to, as lines.
  var news: [Text] = []
  var connections = 0
  var published = 0

  /// A consumer that somebody made.
  struct BenchConsumer: Sendable, Equatable {
    let name: String
    let queue: String
    let channel: RabbitChannelID
    let isAutoAck: Bool
    /// What it holds, oldest first.
    var held: [RabbitDelivery] = []
  }

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var confirmed = 0
    var refused = 0
    var returned = 0
    var delivered = 0
    var redelivered = 0
    var died: [RabbitDeath.Reason: Int] = [:]
    var lastDelivered = 0
    var lastRouted = 0
    var lostInCrash = 0
  }

  static let publisher = RabbitChannelID(client: NodeID(1))

  /// A fresh bench.
  public init() { self.init(Settings(RabbitPreset.tool.knobs)) }

  /// The names that commands take.
  public var parts: [String] {
    broker.queueNames + broker.routing.exchanges.map(\.name) + consumers.map(\.name)
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The broker is the machine that the drills run; recordings of RabbitMQ 3.10.8 replay on "
          + "it."
      ],
      leavesOut: RabbitPreset.tool.leavesOut + [
        "There is one broker: a quorum queue has one replica here. Three are in the drills.",
        "Writes are on disk at once, so a crash takes only what is never written.",
      ],
      sources: QueueFidelity.sources)
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { broker.checkThoroughly() }

  /// Turns knobs; a queue whose arguments changed is declared anew, empty.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let old = RabbitPreset.arguments(settings)
    let new = RabbitPreset.arguments(changed)
    settings = changed
    var reply = Document()
    reply.add(.text(settings.turned))
    if old != new {
      var fresh = RabbitBench(settings)
      fresh.now = now
      self = fresh
      reply.add("A queue's arguments are fixed, so the bench begins anew, with empty queues.")
    } else {
      reply.add("Consumers made from now on have this prefetch.")
    }
    return reply
  }

  private init(_ settings: Settings) {
    self.settings = settings
    broker = RabbitBroker(NodeID(0), random: RandomStream(seed: 1, name: "bench/rabbit"))
    feed(.started)
    connectPublisher()
    ask(.declareQueue("dead", RabbitQueueArguments()), on: Self.publisher)
    ask(.declareQueue("orders", RabbitPreset.arguments(settings)), on: Self.publisher)
    news = []
  }

  mutating func connectPublisher() {
    ask(.open, on: Self.publisher)
    ask(.confirmSelect, on: Self.publisher)
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let orders = broker.queue("orders")
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let holders = consumers.map(\.held.count)
    return [
      count("waiting", orders?.waitingCount ?? 0),
      count("held", orders?.heldCount ?? 0),
      count("held_max", holders.max() ?? 0),
      count("held_min", holders.min() ?? 0),
      count("dead", broker.queue("dead")?.waitingCount ?? 0),
      count("enqueued", orders?.tally.enqueued ?? 0),
      count("settled", orders?.tally.settled ?? 0),
      count("consumers", consumers.count),
      count("delivered", counters.delivered),
      count("redelivered", counters.redelivered),
      count("last_delivered", counters.lastDelivered),
      count("last_routed", counters.lastRouted),
      count("confirmed", counters.confirmed),
      count("refused", counters.refused),
      count("returned", counters.returned),
      count("expired", counters.died[.expired] ?? 0),
      count("rejected", counters.died[.rejected] ?? 0),
      count("dropped_by_length", counters.died[.maxlen] ?? 0),
      count("over_delivery_limit", counters.died[.deliveryLimit] ?? 0),
      count("lost_in_crash", counters.lostInCrash),
      Measurement("clock", now.seconds, .seconds),
    ]
  }
}
