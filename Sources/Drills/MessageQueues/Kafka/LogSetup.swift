import Kernel
import Patterns

/// The settings of a run of the log broker, read once, and who is who.
struct LogSetup: Sendable {
  private(set) var roster: Roster
  let brokers: [NodeID]
  let controller: NodeID
  let coordinator: NodeID
  let producers: [NodeID]
  let consumers: [NodeID]
  /// The coordinator of transactions and the reader of what workers wrote; nil unless they transform.
  let transactions: NodeID?
  let reader: NodeID?
  let partitions: Int
  let isTransactional: Bool
  let tombstones: Double
  let transactionTimeout: TimeSpan
  let readsCommitted: Bool
  let replication: Int
  let broker: KafkaOptions
  let group: KafkaGroupCoordinator.Options
  let producer: KafkaProducer.Options
  let isStatic: Bool
  let maxPollInterval: TimeSpan
  let maxPollRecords: Int
  let commit: KafkaConsumer.Commit
  /// How long the work on a record takes.
  var processing: Distribution
  /// The share of records whose work takes much longer, and how long that is.
  var slow = SlowWork()
  /// When a new service comes that wants every record; nil for none.
  private(set) var newcomerAt: Instant?
  let deduplicates: Bool
  let rate: Double
  let keys: Int
  let hotShare: Double
  let salt: Int
  let deployAt: Instant?
  let deployDown: TimeSpan
  let sendUntil: Instant
  let end: Instant

  init(_ settings: Settings, mutant: String? = nil) {
    let consumerCount = settings.integer("consumers")
    let producerCount = settings.integer("producers")
    var names = ["b1", "b2", "b3", "controller", "coordinator"]
    names += (1...producerCount).map { "p\($0)" } + (1...consumerCount).map { "c\($0)" }
    let transforms = settings.flag("transform")
    transactions = transforms ? NodeID(names.count) : nil
    reader = transforms ? NodeID(names.count + 1) : nil
    if transforms { names += ["transactions", "r1"] }
    tombstones = settings.number("tombstones")
    isTransactional = settings.flag("transactional.id")
    transactionTimeout = settings.span("transaction.timeout.ms")
    readsCommitted = settings.word("isolation.level") == "read_committed"
    roster = Roster(names)
    brokers = (0..<3).map { NodeID($0) }
    controller = NodeID(3)
    coordinator = NodeID(4)
    producers = (0..<producerCount).map { NodeID(5 + $0) }
    consumers = (0..<consumerCount).map { NodeID(5 + producerCount + $0) }
    partitions = settings.integer("partitions")
    replication = settings.integer("replication.factor")
    let shortcuts: Set<KafkaShortcut> =
      mutant.flatMap { KafkaShortcut(rawValue: $0) }.map { [$0] } ?? []
    broker = KafkaOptions(
      minInsyncReplicas: settings.integer("min.insync.replicas"),
      uncleanLeaderElection: settings.flag("unclean.leader.election.enable"),
      replicaLagTimeMax: settings.span("replica.lag.time.max.ms"),
      sessionTimeout: settings.span("broker.session.timeout.ms"),
      flushesEachBatch: settings.word("log.flush") == "each", cleaning: Self.cleaning(settings),
      cleaningInterval: settings.span("log.retention.check.interval.ms"), shortcuts: shortcuts)
    let assignor =
      KafkaAssignor(rawValue: settings.word("partition.assignment.strategy")) ?? .range
    maxPollInterval = settings.span("max.poll.interval.ms")
    group = KafkaGroupCoordinator.Options(
      partitions: partitions, assignor: assignor,
      sessionTimeout: settings.span("session.timeout.ms"), rebalanceTimeout: maxPollInterval,
      shortcuts: shortcuts)
    producer = KafkaProducer.Options(
      acks: KafkaAcks(rawValue: settings.word("acks")) ?? .all,
      isIdempotent: settings.flag("enable.idempotence"),
      maxInFlight: settings.integer("max.in.flight.requests"),
      retries: settings.integer("retries"), requestTimeout: settings.span("request.timeout.ms"),
      deliveryTimeout: settings.span("delivery.timeout.ms"), partitions: partitions,
      controller: controller, brokers: brokers)
    isStatic = settings.flag("group.instance.id")
    maxPollRecords = settings.integer("max.poll.records")
    commit = KafkaConsumer.Commit(rawValue: settings.word("commit")) ?? .auto
    processing = .exponential(mean: settings.span("processing"))
    deduplicates = settings.flag("deduplicate")
    rate = settings.number("rate")
    keys = settings.integer("keys")
    hotShare = settings.number("hot.share")
    salt = settings.integer("key.salt")
    let deploy = settings.span("deploy.at")
    deployAt = deploy == .zero ? nil : .zero + deploy
    deployDown = settings.span("deploy.down")
    let duration = settings.span("duration")
    sendUntil = .zero + duration
    end = sendUntil + min(max(duration, .seconds(30)), .seconds(90))
  }

  private static func cleaning(_ settings: Settings) -> KafkaCleaningOptions {
    let bytes = settings.integer("retention.bytes")
    return KafkaCleaningOptions(
      compacts: settings.word("cleanup.policy") == "compact",
      segmentRecords: settings.integer("segment.records"),
      retention: settings.span("retention.ms"), retentionBytes: bytes < 0 ? nil : bytes,
      minCleanableRatio: settings.number("min.cleanable.dirty.ratio"),
      deleteRetention: settings.span("delete.retention.ms"))
  }

  /// The new service, which reads all partitions from their start; nil where none comes.
  var newcomer: NodeID? { newcomerAt == nil ? nil : NodeID(roster.names.count - 1) }

  /// Lets a new service come, and gives the parts the names that they have with any broker.
  mutating func welcome(at instant: Instant?) {
    newcomerAt = instant
    roster = Roster(
      (1...3).map { "broker-\($0)" } + ["controller", "coordinator"]
        + (1...producers.count).map { "producer-\($0)" }
        + (1...consumers.count).map { "consumer-\($0)" }
        + (instant == nil ? [] : [QueueSetup.newQueue]))
  }

  /// The partitions of all topics: those that producers write to, then those that workers write to.
  var allPartitions: Int { transactions == nil ? partitions : 2 * partitions }

  /// What a consumer is called in findings.
  func consumerName(_ place: Int) -> String { place < consumers.count ? "c\(place + 1)" : "r1" }

  /// The options of the producer within a worker.
  var output: KafkaProducer.Options {
    var options = producer
    options.firstPartition = partitions
    return options
  }

  /// The options of one consumer.
  func consumer(_ node: NodeID) -> KafkaConsumer.Options {
    KafkaConsumer.Options(
      instance: isStatic ? node.index : nil, maxPollInterval: maxPollInterval,
      maxPollRecords: maxPollRecords, commit: commit, beginsAtStart: true,
      isCooperative: group.assignor.isCooperative, isExternal: transactions != nil,
      processing: processing, slowShare: slow.share, slowProcessing: slow.time,
      coordinator: coordinator,
      controller: controller, partitions: partitions)
  }
}
