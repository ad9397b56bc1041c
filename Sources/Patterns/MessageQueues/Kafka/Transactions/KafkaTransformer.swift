import Kernel

/// A worker that consumes, transforms and produces: a member of a group whose effects are records.
///
/// With `transactional.id`, one for each partition that it reads, what it writes and how far it has
/// read count together or not at all. Without, it writes, and commits its position afterwards.
/// Sources: apache/kafka, `TransactionManager`, Kafka Streams' `StreamTask`; KIP-98, KIP-447.
public struct KafkaTransformer: Machine {
  /// The settings, beside those of its consumer and its producer.
  public struct Options: Sendable, Hashable {
    /// Whether it writes in transactions.
    public var isTransactional: Bool
    /// `transaction.timeout.ms`.
    public var transactionTimeout: TimeSpan
    /// The coordinator of transactions.
    public var coordinator: NodeID
    /// The coordinator of the group.
    public var groupCoordinator: NodeID

    /// The options; the default of the time-out is Kafka's (`ProducerConfig`).
    public init(
      isTransactional: Bool, transactionTimeout: TimeSpan = .seconds(60), coordinator: NodeID,
      groupCoordinator: NodeID
    ) {
      self.isTransactional = isTransactional
      self.transactionTimeout = transactionTimeout
      self.coordinator = coordinator
      self.groupCoordinator = groupCoordinator
    }
  }

  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// The process is to end in an orderly way.
    case close
    /// A message arrived.
    case received(KafkaMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// What its consumer asks for or states, but for what it has taken and applied.
    case consumer(KafkaConsumer.Output)
    /// Send a message.
    case send(KafkaMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// It was handed a record.
    case took(KafkaRecord, partition: Int)
    /// It is told that somebody else writes under its `transactional.id`.
    case fenced(partition: Int, epoch: Int)
    /// It gives up a transaction.
    case abandons(partition: Int, KafkaError?)
  }

  /// A partition that it reads, and the right to write under the transactional id that goes with it.
  struct Task: Sendable, Hashable {
    let partition: Int
    var identity: (producer: Int, epoch: Int)?
    var askedAt: Instant

    static func == (left: Task, right: Task) -> Bool {
      left.partition == right.partition && left.identity?.epoch == right.identity?.epoch
        && left.askedAt == right.askedAt
    }

    func hash(into hasher: inout Hasher) { hasher.combine(partition) }
  }

  /// What it works on: one polled batch of one partition.
  struct Batch: Sendable, Hashable {
    enum Phase: Sendable, Hashable {
      case writing
      case sendingOffsets
      case ending
    }

    let partition: Int
    let producer: Int
    let epoch: Int
    var phase = Phase.writing
    /// What belongs to the transaction, as far as its coordinator has said.
    var added: [Int] = []
    /// What waits for its partition to be added.
    var held: [KafkaRecord] = []
    var unacknowledged = 0
    /// The next position, once the whole batch is worked on.
    var next: Int?
    var askedAt: Instant = .zero
    /// The generation in which it was read.
    let generation: Int
  }

  let options: Options
  var consumer: KafkaConsumer
  var producer: KafkaProducer
  var tasks: [Task] = []
  /// What it works on; nil between batches.
  var batch: Batch?

  /// A worker that has not started.
  public init(consumer: KafkaConsumer, producer: KafkaProducer, options: Options) {
    self.consumer = consumer
    self.producer = producer
    self.options = options
  }

  /// Whether both stand alike.
  public static func == (left: KafkaTransformer, right: KafkaTransformer) -> Bool {
    left.consumer == right.consumer && left.producer == right.producer
      && left.tasks == right.tasks && left.batch == right.batch
  }

  /// Nothing is in flight of a batch that is not.
  public func checkInvariants() -> InvariantViolation? { producer.checkInvariants() }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      take(producer.step(.started, at: now), at: now, &outputs)
      take(consumer.step(.started, at: now), at: now, &outputs)
    case .close: take(consumer.step(.close, at: now), at: now, &outputs)
    case .wake:
      take(producer.step(.wake, at: now), at: now, &outputs)
      take(consumer.step(.wake, at: now), at: now, &outputs)
      look(at: now, &outputs)
    case .received(let message, let sender):
      receive(message, from: sender, at: now, &outputs)
    }
    proceed(at: now, &outputs)
    return outputs
  }

  mutating func receive(
    _ message: KafkaMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .producerReady(let name, let producer, let epoch, let error):
      guard let place = tasks.firstIndex(where: { $0.partition == name }), error == nil,
        tasks[place].identity == nil
      else { return }
      tasks[place].identity = (producer, epoch)
      // Nobody else can move the position any more: now it may be read.
      take(consumer.step(.mayRead([name]), at: now), at: now, &outputs)
    case .partitionsAdded(let name, let epoch, let partitions, let error):
      guard let batch, batch.partition == name, batch.epoch == epoch else { return }
      added(partitions, error, at: now, &outputs)
    case .offsetsAdded(let producer, let epoch, let error):
      guard let batch, batch.producer == producer, batch.epoch == epoch,
        batch.phase == .sendingOffsets
      else { return }
      if let error { return abandon(error, at: now, &outputs) }
      self.batch?.phase = .ending
      ask(at: now, &outputs)
    case .transactionEnded(let name, let asked, let epoch, let error):
      guard let batch, batch.partition == name, batch.epoch == asked, batch.phase == .ending
      else { return }
      if let error { return abandon(error, at: now, &outputs) }
      if let place = tasks.firstIndex(where: { $0.partition == name }) {
        tasks[place].identity?.epoch = epoch
      }
      self.batch = nil
      take(consumer.step(.goOn(commits: false), at: now), at: now, &outputs)
    case .produced:
      take(producer.step(.received(message, from: sender), at: now), at: now, &outputs)
    case .leaders:
      take(producer.step(.received(message, from: sender), at: now), at: now, &outputs)
      take(consumer.step(.received(message, from: sender), at: now), at: now, &outputs)
    default: take(consumer.step(.received(message, from: sender), at: now), at: now, &outputs)
    }
  }

  mutating func added(
    _ partitions: [Int], _ error: KafkaError?, at now: Instant, _ outputs: inout [Output]
  ) {
    // The one before is still being ended: it asks again when time has passed.
    if error == .concurrentTransactions { return }
    if let error { return abandon(error, at: now, &outputs) }
    for partition in partitions where batch?.added.contains(partition) == false {
      batch?.added.append(partition)
    }
    let held = batch?.held ?? []
    batch?.held = []
    for record in held { write(record, at: now, &outputs) }
    if batch?.phase == .sendingOffsets { ask(at: now, &outputs) }
  }

  /// A record's work is done: what came of it is written.
  mutating func applied(
    _ record: KafkaRecord, _ partition: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    if batch == nil {
      let identity = tasks.first { $0.partition == partition }?.identity
      // The partition was taken away before anything was written: the work is for nothing.
      guard identity != nil || !options.isTransactional else { return }
      batch = Batch(
        partition: partition, producer: identity?.producer ?? 0, epoch: identity?.epoch ?? 0,
        generation: consumer.generation)
      if options.isTransactional, let identity {
        producer.begin(id: identity.producer, epoch: identity.epoch)
      }
    }
    write(record, at: now, &outputs)
  }

  mutating func write(
    _ record: KafkaRecord, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let key = record.key else { return }
    if options.isTransactional, let batch, !batch.added.contains(producer.partition(ofKey: key)) {
      self.batch?.held.append(record)
      if batch.held.isEmpty { ask(at: now, &outputs) }
      return
    }
    batch?.unacknowledged += 1
    take(
      producer.step(.send(key: key, value: record.value, tag: record.header ?? 0), at: now),
      at: now, &outputs)
  }

  /// Asks for what the batch needs next.
  mutating func ask(at now: Instant, _ outputs: inout [Output]) {
    guard options.isTransactional, let batch else { return }
    self.batch?.askedAt = now
    switch batch.phase {
    case .writing:
      var wanted: [Int] = []
      for record in self.batch?.held ?? [] {
        let partition = producer.partition(ofKey: record.key ?? "")
        if !wanted.contains(partition) { wanted.append(partition) }
      }
      guard !wanted.isEmpty else { return }
      outputs.append(add(wanted, batch))
    case .sendingOffsets:
      guard let next = batch.next else { return }
      guard batch.added.contains(KafkaTransaction.groupOffsets) else {
        outputs.append(add([KafkaTransaction.groupOffsets], batch))
        return
      }
      outputs.append(
        .send(
          .commitInTransaction(
            producer: batch.producer, epoch: batch.epoch, generation: batch.generation,
            [KafkaCommit(partition: batch.partition, offset: next)]), to: options.groupCoordinator))
    case .ending:
      outputs.append(
        .send(
          .endTransaction(transactional: batch.partition, epoch: batch.epoch, .commit),
          to: options.coordinator))
    }
  }

  func add(_ partitions: [Int], _ batch: Batch) -> Output {
    .send(
      .addPartitions(
        transactional: batch.partition, epoch: batch.epoch, partitions: partitions),
      to: options.coordinator)
  }
}
