import Kernel

/// A producer: one batch a record, retries, several requests in flight.
///
/// Sources: apache/kafka, `Sender`, `RecordAccumulator.reenqueue`, `TransactionManager`,
/// `ProducerConfig`.
public struct KafkaProducer: Machine {
  /// The settings, under Kafka's names.
  public struct Options: Sendable, Hashable {
    /// `acks`.
    public var acks: KafkaAcks
    /// `enable.idempotence`.
    public var isIdempotent: Bool
    /// `max.in.flight.requests.per.connection`, by partition here.
    public var maxInFlight: Int
    /// `retries`.
    public var retries: Int
    /// `retry.backoff.ms`.
    public var retryBackoff: TimeSpan
    /// `request.timeout.ms`.
    public var requestTimeout: TimeSpan
    /// `delivery.timeout.ms`.
    public var deliveryTimeout: TimeSpan
    /// The partitions of the topic.
    public var partitions: Int
    /// The first of them, where several topics share the numbers.
    public var firstPartition: Int
    /// Where metadata is asked for.
    public var controller: NodeID
    /// The brokers.
    public var brokers: [NodeID]

    /// The options; the defaults are Kafka's.
    public init(
      acks: KafkaAcks = .all, isIdempotent: Bool = true, maxInFlight: Int = 5,
      retries: Int = .max, retryBackoff: TimeSpan = .milliseconds(100),
      requestTimeout: TimeSpan = .seconds(30), deliveryTimeout: TimeSpan = .seconds(120),
      partitions: Int, firstPartition: Int = 0, controller: NodeID, brokers: [NodeID]
    ) {
      self.firstPartition = firstPartition
      self.acks = acks
      self.isIdempotent = isIdempotent
      self.maxInFlight = maxInFlight
      self.retries = retries
      self.retryBackoff = retryBackoff
      self.requestTimeout = requestTimeout
      self.deliveryTimeout = deliveryTimeout
      self.partitions = partitions
      self.controller = controller
      self.brokers = brokers
    }
  }

  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// The application sends a record; `tag` comes back with its fate.
    case send(key: String, value: String?, tag: Int)
    /// A message arrived.
    case received(KafkaMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(KafkaMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// The record is acknowledged.
    case acknowledged(tag: Int, partition: Int)
    /// The record failed: for certain, or perhaps not.
    case failed(tag: Int, KafkaError?, isCertain: Bool)
    /// A record is sent again.
    case retries(tag: Int, KafkaError?)
  }

  private struct Pending: Sendable, Hashable {
    let batch: KafkaBatch
    let tag: Int
    let deadline: Instant
    var attempts = 0
    /// Whether an attempt went unanswered, so that it may have been appended.
    var mayBeAppended = false
  }

  private struct Flying: Sendable, Hashable {
    var pending: Pending
    let number: Int
    let until: Instant
  }

  private var id: Int
  private var epoch = 0
  private var isTransactional = false
  private let options: Options
  private var queues: [[Pending]]
  private var flying: [[Flying]]
  private var sequences: [Int]
  private var notBefore: [Instant]
  private var leaders: [NodeID?]
  private var nextNumber = 0
  private var wakeAt: Instant?
  private var askedAt: Instant?

  /// The producer with the id `id`, which the coordinator would give out.
  public init(_ id: Int, options: Options) {
    self.id = id
    self.options = options
    let count = options.firstPartition + options.partitions
    queues = Array(repeating: [], count: count)
    flying = Array(repeating: [], count: count)
    sequences = Array(repeating: 0, count: count)
    notBefore = Array(repeating: .zero, count: count)
    leaders = Array(repeating: nil, count: count)
  }

  /// The partition that records of `key` belong to.
  func partition(ofKey key: String) -> Int {
    options.firstPartition + KafkaPartitioning.partition(forKey: key, of: options.partitions)
  }

  /// Begins a transaction under that producer id and epoch; nothing may be under way.
  mutating func begin(id: Int, epoch: Int) {
    forget()
    self.id = id
    self.epoch = epoch
    isTransactional = true
    sequences = Array(repeating: 0, count: sequences.count)
  }

  /// Forgets what is under way.
  mutating func forget() {
    queues = Array(repeating: [], count: queues.count)
    flying = Array(repeating: [], count: flying.count)
  }

  /// No more in flight than allowed.
  public func checkInvariants() -> InvariantViolation? {
    guard flying.allSatisfy({ $0.count <= options.maxInFlight }) else {
      return InvariantViolation("requests in flight are limited", witness: "producer \(id)")
    }
    return nil
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: askMetadata(at: now, &outputs)
    case .send(let key, let value, let tag):
      enqueue(key, value, tag, at: now)
      drainAll(at: now, &outputs)
    case .received(.leaders(let known), _):
      leaders = known
      drainAll(at: now, &outputs)
    case .received(.produced(let partition, let number, _, let error), _):
      answered(partition, number, error, at: now, &outputs)
    case .received: break
    case .wake: look(at: now, &outputs)
    }
    schedule(now, &outputs)
    return outputs
  }

  private mutating func enqueue(_ key: String, _ value: String?, _ tag: Int, at now: Instant) {
    let partition = partition(ofKey: key)
    let stamp =
      options.isIdempotent
      ? KafkaProducerStamp(id: id, epoch: epoch, sequence: sequences[partition]) : nil
    sequences[partition] += 1
    let batch = KafkaBatch(
      [KafkaRecord(key: key, value: value, timestamp: now, header: tag)], producer: stamp,
      isTransactional: isTransactional, timestamp: now)
    queues[partition].append(
      Pending(batch: batch, tag: tag, deadline: now + options.deliveryTimeout))
  }

  private mutating func drainAll(at now: Instant, _ outputs: inout [Output]) {
    for partition in queues.indices { drain(partition, at: now, &outputs) }
  }

  private mutating func drain(
    _ partition: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard now >= notBefore[partition], let leader = leaders[partition] else { return }
    while flying[partition].count < options.maxInFlight, !queues[partition].isEmpty {
      var pending = queues[partition].removeFirst()
      pending.attempts += 1
      nextNumber += 1
      outputs.append(
        .send(
          .produce(
            partition: partition, pending.batch, acks: options.acks, number: nextNumber),
          to: leader))
      if options.acks == .none {
        outputs.append(.acknowledged(tag: pending.tag, partition: partition))
        continue
      }
      flying[partition].append(
        Flying(pending: pending, number: nextNumber, until: now + options.requestTimeout))
    }
  }

  private mutating func answered(
    _ partition: Int, _ number: Int, _ error: KafkaError?, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let place = flying[partition].firstIndex(where: { $0.number == number }) else { return }
    let pending = flying[partition].remove(at: place).pending
    guard let error else {
      outputs.append(.acknowledged(tag: pending.tag, partition: partition))
      return drain(partition, at: now, &outputs)
    }
    if error == .notLeaderOrFollower { askMetadata(at: now, &outputs) }
    // A gap closes when what went before it has been sent again.
    let isGap = error == .outOfOrderSequence && options.isIdempotent
    retry(partition, pending, error, canRetry: error.isRetriable || isGap, at: now, &outputs)
  }

  private mutating func retry(
    _ partition: Int, _ pending: Pending, _ error: KafkaError?, canRetry: Bool,
    at now: Instant, _ outputs: inout [Output]
  ) {
    var pending = pending
    if error == nil || error == .notEnoughReplicasAfterAppend { pending.mayBeAppended = true }
    guard canRetry, pending.attempts <= options.retries, now < pending.deadline else {
      outputs.append(
        .failed(tag: pending.tag, error, isCertain: !pending.mayBeAppended))
      return
    }
    outputs.append(.retries(tag: pending.tag, error))
    if options.isIdempotent {
      let sequence = pending.batch.producer?.sequence ?? 0
      let place = queues[partition].firstIndex {
        ($0.batch.producer?.sequence ?? 0) > sequence
      }
      queues[partition].insert(pending, at: place ?? queues[partition].endIndex)
    } else {
      queues[partition].insert(pending, at: 0)
    }
    notBefore[partition] = now + options.retryBackoff
  }

  private mutating func look(at now: Instant, _ outputs: inout [Output]) {
    for partition in flying.indices {
      let late = flying[partition].filter { now >= $0.until }
      guard !late.isEmpty else { continue }
      flying[partition].removeAll { now >= $0.until }
      askMetadata(at: now, &outputs)
      // Put back the last first, so that they stand in order.
      for flight in late.reversed() {
        retry(partition, flight.pending, nil, canRetry: true, at: now, &outputs)
      }
    }
    for partition in queues.indices {
      let dead = queues[partition].filter { now >= $0.deadline }
      queues[partition].removeAll { now >= $0.deadline }
      for pending in dead {
        outputs.append(.failed(tag: pending.tag, nil, isCertain: !pending.mayBeAppended))
      }
      if leaders[partition] == nil, !queues[partition].isEmpty { askMetadata(at: now, &outputs) }
    }
    drainAll(at: now, &outputs)
  }

  private mutating func askMetadata(at now: Instant, _ outputs: inout [Output]) {
    if let askedAt, now - askedAt < options.retryBackoff { return }
    askedAt = now
    outputs.append(.send(.metadata, to: options.controller))
  }

  private mutating func schedule(_ now: Instant, _ outputs: inout [Output]) {
    let isIdle = queues.allSatisfy(\.isEmpty) && flying.allSatisfy(\.isEmpty)
    if isIdle, leaders.allSatisfy({ $0 != nil }) { return }
    let due = now + .milliseconds(50)
    if let wakeAt, wakeAt > now { return }
    wakeAt = due
    outputs.append(.wakeMe(at: due))
  }
}
