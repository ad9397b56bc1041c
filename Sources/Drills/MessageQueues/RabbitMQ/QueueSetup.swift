import Kernel
import Patterns

/// A universe with a queue broker, as its settings describe it.
struct QueueSetup: Sendable, Equatable {
  /// What a consumer does when its work fails.
  enum FailureAction: String, Sendable, CaseIterable {
    case requeue
    case reject
    case drop
  }

  static let workQueue = "orders"
  static let expiringQueue = "offers"
  static let deadQueue = "dead"
  static let newQueue = "fraud"

  let arguments: RabbitQueueArguments
  let hasOwnExpiringQueue: Bool
  let isPersistent: Bool
  let confirms: Bool
  let producerRetries: Bool
  let window: Int
  let confirmTimeout: TimeSpan
  let refusalDelay: TimeSpan
  let isAutoAck: Bool
  let acksBeforeWork: Bool
  let ackBatch: Int
  let prefetch: Int
  let onFailure: FailureAction
  let isIdempotent: Bool
  let consumerCount: Int
  let rate: Double
  let duration: TimeSpan
  let settle: TimeSpan
  let producerCount: Int
  let keyCount: Int
  let work: TimeSpan
  let failureShare: Double
  let poisonShare: Double
  let expiringShare: Double
  let expiringTTL: TimeSpan
  let brokerCount: Int
  let syncMedian: TimeSpan
  let heartbeat: TimeSpan
  let shortcuts: Set<RabbitShortcut>
  /// When a new service comes that wants every message, with a queue of its own; nil for none.
  var newcomerAt: Instant?
  /// The share of messages whose work takes much longer, and how long that is.
  var slow = SlowWork()
  /// What the parts are called.
  private(set) var roster = Roster([])

  init(_ settings: Settings, mutant: String? = nil) {
    shortcuts = mutant.flatMap(RabbitShortcut.init(rawValue:)).map { [$0] } ?? []
    arguments = Self.arguments(settings)
    hasOwnExpiringQueue = settings.word("expiring.queue") == "own"
    isPersistent = settings.flag("message.persistent")
    confirms = settings.flag("confirms")
    producerRetries = settings.flag("producer.retries")
    window = settings.integer("producer.window")
    confirmTimeout = settings.span("confirm.timeout")
    refusalDelay = settings.span("refusal.delay")
    isAutoAck = settings.word("ack") == "auto"
    acksBeforeWork = settings.word("ack") == "before-work"
    ackBatch = settings.integer("ack.batch")
    prefetch = settings.integer("prefetch")
    onFailure = FailureAction(rawValue: settings.word("on.failure")) ?? .requeue
    isIdempotent = settings.flag("idempotent")
    consumerCount = settings.integer("consumers")
    rate = settings.number("rate")
    duration = settings.span("duration")
    settle = settings.span("settle")
    producerCount = settings.integer("producers")
    keyCount = settings.integer("keys")
    work = settings.span("work")
    failureShare = settings.number("failures")
    poisonShare = settings.number("poison")
    expiringShare = settings.number("expiring")
    expiringTTL = settings.span("expiring.ttl")
    brokerCount = settings.integer("brokers")
    syncMedian = settings.span("disk.sync")
    heartbeat = settings.span("heartbeat")
    roster = Roster(names)
  }

  private static func arguments(_ settings: Settings) -> RabbitQueueArguments {
    let ttl = settings.span("message.ttl")
    let length = settings.integer("max-length")
    let limit = settings.integer("delivery-limit")
    let buries = settings.flag("dead-letter")
    return RabbitQueueArguments(
      RabbitQueueArguments.Kind(rawValue: settings.word("queue")) ?? .classic,
      isDurable: settings.flag("queue.durable"), messageTTL: ttl == .zero ? nil : ttl,
      maxLength: length == 0 ? nil : length,
      overflow: RabbitQueueArguments.Overflow(rawValue: settings.word("overflow")) ?? .dropHead,
      deadLetterExchange: buries ? "" : nil, deadLetterRoutingKey: buries ? deadQueue : nil,
      deliveryLimit: limit < 0 ? nil : limit)
  }

  // MARK: Who is who

  var brokers: [NodeID] { (0..<brokerCount).map(NodeID.init) }
  var producers: [NodeID] { (0..<producerCount).map { NodeID(brokerCount + $0) } }
  var consumers: [NodeID] {
    (0..<consumerCount).map { NodeID(brokerCount + producerCount + $0) }
  }
  /// The tool that reads the dead-letter queue.
  var reader: NodeID { NodeID(brokerCount + producerCount + consumerCount) }

  /// The brokers that clients connect to: with a classic queue the one that has it.
  var brokersOfClients: [NodeID] { arguments.kind == .classic ? [NodeID(0)] : brokers }

  private var names: [String] {
    brokers.map { "rabbit-\($0.index + 1)" } + (1...producerCount).map { "producer-\($0)" }
      + (1...consumerCount).map { "consumer-\($0)" } + ["dead-letter-reader"]
  }

  /// The new service; nil where none comes.
  var newcomer: NodeID? { newcomerAt == nil ? nil : NodeID(reader.index + 1) }

  /// Lets a new service come, and gives the parts the names that they have with any broker.
  mutating func welcome(at instant: Instant?) {
    newcomerAt = instant
    roster = Roster(
      names.map { $0.replacing("rabbit-", with: "broker-") }
        + (instant == nil ? [] : [Self.newQueue]))
  }

  /// Where producers publish: to the queue, or to an exchange that feeds each service's queue.
  var exchange: String { newcomerAt == nil ? "" : "amq.fanout" }

  /// When the load starts, when it ends, when the run ends.
  var loadFrom: Instant { .zero + .seconds(2) }
  var loadUntil: Instant { loadFrom + duration }
  var end: Instant { loadUntil + settle }

  // MARK: Queues

  var workQueues: [String] {
    hasOwnExpiringQueue ? [Self.workQueue, Self.expiringQueue] : [Self.workQueue]
  }

  func queue(for item: QueueItem) -> String {
    item.expiration != nil && hasOwnExpiringQueue ? Self.expiringQueue : Self.workQueue
  }

  /// How brokers are set up.
  var brokerOptions: RabbitBrokerOptions {
    var queues = workQueues.map {
      RabbitBrokerOptions.Definitions.Queue($0, arguments, home: NodeID(0))
    }
    queues.append(
      .init(
        Self.deadQueue, RabbitQueueArguments(arguments.kind, deliveryLimit: nil),
        home: NodeID(0)))
    let bindings =
      newcomerAt == nil ? [] : workQueues.map { RabbitBinding(exchange, to: .queue($0)) }
    return RabbitBrokerOptions(
      nodes: brokers, definitions: .init(queues: queues, bindings: bindings),
      snapshotInterval: 1_024, shortcuts: shortcuts)
  }
}
