import Kernel
import Patterns

/// The settings of a run of the log broker, read once, and who is who.
struct LogSetup: Sendable {
  let roster: Roster
  let brokers: [NodeID]
  let controller: NodeID
  let coordinator: NodeID
  let producers: [NodeID]
  let consumers: [NodeID]
  let partitions: Int
  let replication: Int
  let broker: KafkaOptions
  let group: KafkaGroupCoordinator.Options
  let producer: KafkaProducer.Options
  let isStatic: Bool
  let maxPollInterval: TimeSpan
  let maxPollRecords: Int
  let commit: KafkaConsumer.Commit
  let processing: TimeSpan
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
      flushesEachBatch: settings.word("log.flush") == "each", shortcuts: shortcuts)
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
    processing = settings.span("processing")
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

  /// The options of one consumer.
  func consumer(_ node: NodeID) -> KafkaConsumer.Options {
    KafkaConsumer.Options(
      instance: isStatic ? node.index : nil, maxPollInterval: maxPollInterval,
      maxPollRecords: maxPollRecords, commit: commit, beginsAtStart: true,
      isCooperative: group.assignor.isCooperative,
      processing: .exponential(mean: processing), coordinator: coordinator,
      controller: controller, partitions: partitions)
  }
}
