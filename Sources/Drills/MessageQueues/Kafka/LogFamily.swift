import Kernel
import Patterns
import Simulation

extension KafkaStorage: StableStorage {}

/// How the processes of the log broker live in their cluster.
struct LogFamily: MachineFamily {
  let setup: LogSetup
  let seed: UInt64
  private var audit: KafkaAudit

  init(_ setup: LogSetup, seed: UInt64) {
    self.setup = setup
    self.seed = seed
    audit = KafkaAudit(
      brokers: setup.brokers, partitions: setup.allPartitions,
      holdsUnclean: setup.broker.uncleanLeaderElection, flushes: setup.broker.flushesEachBatch)
  }

  var firstInput: LogPart.Input? { .started }

  func blankStorage(_ node: NodeID) -> KafkaStorage {
    KafkaStorage(partitions: setup.allPartitions)
  }

  mutating func start(
    _ node: NodeID, from storage: KafkaStorage, life: Int, at now: Instant
  ) -> LogPart {
    if setup.brokers.contains(node) { audit.restarted(node, life: life) }
    return LogPart(role: role(node, storage, life), roster: setup.roster)
  }

  private func role(_ node: NodeID, _ storage: KafkaStorage, _ life: Int) -> LogPart.Role {
    if setup.brokers.contains(node) {
      return .broker(
        KafkaBroker(
          node, controller: setup.controller, storage: storage, options: setup.broker,
          incarnation: life + 1))
    }
    if node == setup.controller {
      return .controller(
        KafkaController(
          brokers: setup.brokers, replication: setup.replication, storage: storage,
          options: setup.broker))
    }
    if node == setup.coordinator {
      return .coordinator(KafkaGroupCoordinator(storage: storage, options: setup.group))
    }
    if let place = setup.producers.firstIndex(of: node) {
      // A producer that restarts gets a new id.
      return .producer(KafkaProducer(place + 1 + life * 100, options: setup.producer))
    }
    if node == setup.transactions {
      return .transactions(
        KafkaTransactionCoordinator(
          controller: setup.controller, groupCoordinator: setup.coordinator, storage: storage))
    }
    if node == setup.reader {
      return .reader(
        KafkaReader(
          Array(setup.partitions..<setup.allPartitions), committedOnly: setup.readsCommitted,
          controller: setup.controller, storage: storage))
    }
    if node == setup.newcomer {
      return .reader(
        KafkaReader(
          Array(0..<setup.partitions), committedOnly: false, controller: setup.controller,
          storage: storage, start: setup.newcomerAt ?? .zero))
    }
    let consumer = KafkaConsumer(
      node, options: setup.consumer(node),
      random: RandomStream(seed: seed, name: "log/consumer/\(node.index)/\(life)"))
    guard let transactions = setup.transactions else { return .consumer(consumer) }
    return .transformer(
      KafkaTransformer(
        consumer: consumer,
        producer: KafkaProducer(500 + node.index + life * 100, options: setup.output),
        options: .init(
          isTransactional: setup.isTransactional, transactionTimeout: setup.transactionTimeout,
          coordinator: transactions, groupCoordinator: setup.coordinator)))
  }

  func input(_ message: KafkaMessage, from node: NodeID) -> LogPart.Input {
    .received(message, from: node)
  }

  mutating func check(_ stepped: NodeID, _ members: [LogPart?]) -> InvariantViolation? {
    guard setup.brokers.contains(stepped) else { return nil }
    let brokers = setup.brokers.map { node in
      if case .broker(let broker)? = members[node.index]?.role {
        broker
      } else {
        nil as KafkaBroker?
      }
    }
    return audit.observe(stepped, among: brokers)
  }

  func input(timer: Int) -> LogPart.Input { .wake }

  mutating func effect(
    _ output: LogPart.Output, of node: NodeID
  ) -> MachineEffect<KafkaMessage, KafkaStorage.Record, LogAnswer> {
    switch output {
    case .send(let message, let target): .send(message, to: target)
    case .wakeMe(let instant): .wakeMe(at: instant, timer: 0)
    case .persist(let record): .persist(record)
    case .write(let record): .write(record)
    case .fact(let fact): .fact(fact)
    case .answer(let answer): .answer(answer)
    }
  }
}
