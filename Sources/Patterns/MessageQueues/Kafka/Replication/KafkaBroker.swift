import Kernel

/// A broker: a replica of each partition, leading some and following others.
///
/// Followers fetch from the leader as consumers do. The high watermark is what every in-sync replica
/// has; `acks=all` waits for it. A follower that falls behind leaves the ISR, and with it the promise.
///
/// Sources: apache/kafka, `Partition`, `ReplicaManager`, `ReplicaFetcherThread`; KIP-101 and KIP-279
/// for truncation by leader epoch, KIP-497 for changes of the ISR by the controller.
public struct KafkaBroker: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
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
    /// Write and flush before anything that follows.
    case persist(KafkaStorage.Record)
    /// Write; it is flushed some time.
    case write(KafkaStorage.Record)
    /// It leads a partition from now on, with so many records, of which so many are committed.
    case leads(partition: Int, epoch: Int, end: Int, committed: Int)
    /// It drops its records from this offset on, since the new leader does not have them.
    case truncates(partition: Int, from: Int, count: Int)
    /// Retention deletes what lies before this offset.
    case deletes(partition: Int, before: Int, count: Int)
    /// It cleans by key: so many records stay of so many, and so many tombstones go.
    case compacts(partition: Int, from: Int, to: Int, tombstones: Int)
    /// It asks the controller to change the ISR.
    case changesISR(partition: Int, from: [NodeID], to: [NodeID])
  }

  /// The broker.
  public let id: NodeID
  /// The controller.
  public let controller: NodeID
  let options: KafkaOptions
  /// Which life of the broker this is, from 1.
  public let incarnation: Int
  /// Whether the controller knows of this life: before that the broker believes nothing it is told.
  public internal(set) var isRegistered = false
  /// The replicas, by partition.
  public internal(set) var replicas: [KafkaReplica]
  var registerAt: Instant = .zero
  var beatAt: Instant = .zero
  var flushAt: Instant = .zero
  var cleanAt: Instant = .zero
  var wakeAt: Instant?

  /// After how long it repeats what the controller has not answered.
  static let repeatInterval = TimeSpan.seconds(1)

  /// A broker with what its disk holds; it does nothing before it is started.
  ///
  /// `incarnation` must grow from life to life.
  public init(
    _ id: NodeID, controller: NodeID, storage: KafkaStorage, options: KafkaOptions,
    incarnation: Int = 1
  ) {
    self.incarnation = incarnation
    self.id = id
    self.controller = controller
    self.options = options
    replicas = storage.logs.indices.map { partition in
      KafkaReplica(
        partition: partition, log: storage.logs[partition],
        highWatermark: storage.highWatermarks[partition], incarnation: incarnation)
    }
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      register(at: now, &outputs)
      beatAt = now + options.heartbeatInterval
      flushAt = now + options.flushInterval
      cleanAt = now + options.cleaningInterval
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    case .wake: look(at: now, &outputs)
    }
    schedule(now, &outputs)
    return outputs
  }

  /// What must always hold of each replica.
  public func checkInvariants() -> InvariantViolation? {
    for replica in replicas {
      guard replica.highWatermark <= replica.log.endOffset else {
        return InvariantViolation(
          "committed records are in the log",
          witness: "\(id), partition \(replica.partition): high watermark "
            + "\(replica.highWatermark), log end \(replica.log.endOffset)")
      }
      let epochs = replica.log.epochs
      guard zip(epochs, epochs.dropFirst()).allSatisfy({ $0.epoch < $1.epoch }) else {
        return InvariantViolation(
          "leader epochs grow along the log",
          witness: "\(id), partition \(replica.partition): \(epochs.map(\.epoch))")
      }
    }
    return nil
  }

  private mutating func take(
    _ message: KafkaMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .produce(let partition, let batch, let acks, let number):
      produce(partition, batch, acks, number, from: sender, at: now, &outputs)
    case .fetch(let partition, let offset, let lastEpoch, let epoch, let number):
      fetch(partition, offset, lastEpoch, epoch, number, from: sender, at: now, &outputs)
    case .fetched(
      let partition, let epoch, let number, let batches, let watermark, let start, let diverges):
      let replica = replicas[partition]
      guard replica.leadership?.epoch == epoch, replica.fetchNumber == number else { return }
      fetched(partition, batches, watermark, start, diverges, at: now, &outputs)
    case .consume(let partition, let offset, let maximum, let committedOnly):
      consume(partition, offset, maximum, committedOnly, from: sender, &outputs)
    case .leadership(let partition, let leadership):
      // What was said to an earlier life does not count for this one.
      guard isRegistered else { return }
      adopt(partition, leadership, at: now, &outputs)
    case .registered(let incarnation, let leaderships):
      guard incarnation == self.incarnation else { return }
      isRegistered = true
      for (partition, leadership) in leaderships.enumerated()
      where leadership.epoch > 0 && leadership.replicas.contains(id) {
        adopt(partition, leadership, at: now, &outputs)
      }
    case .writeMarker(let partition, let marker, let producer, let epoch):
      write(marker, partition, producer, epoch, from: sender, at: now, &outputs)
    default: break
    }
  }

  /// Does what time brings: reports, flushes, asks again, ends waits, shrinks the ISR.
  private mutating func look(at now: Instant, _ outputs: inout [Output]) {
    if !isRegistered, now >= registerAt { register(at: now, &outputs) }
    if now >= beatAt {
      if isRegistered {
        let versions = replicas.map { $0.leadership?.version ?? -1 }
        outputs.append(
          .send(.alive(incarnation: incarnation, versions: versions), to: controller))
      }
      beatAt = now + options.heartbeatInterval
    }
    if now >= flushAt {
      for replica in replicas {
        outputs.append(
          .persist(.highWatermark(partition: replica.partition, replica.highWatermark)))
      }
      flushAt = now + options.flushInterval
    }
    if now >= cleanAt {
      cleanAt = now + options.cleaningInterval
      for partition in replicas.indices { clean(partition, at: now, &outputs) }
    }
    for partition in replicas.indices {
      guard let leadership = replicas[partition].leadership else { continue }
      if leadership.leader == id {
        answerWaitingFetches(partition, at: now, &outputs)
        shrink(partition, at: now, &outputs)
        askAgain(partition, at: now, &outputs)
      } else if let sent = replicas[partition].fetchedAt,
        now - sent > options.fetchWaitMax + .seconds(1)
      {
        fetchAgain(partition, at: now, &outputs)
      }
    }
  }

  private mutating func register(at now: Instant, _ outputs: inout [Output]) {
    registerAt = now + Self.repeatInterval
    outputs.append(.send(.register(incarnation: incarnation), to: controller))
  }

  private mutating func schedule(_ now: Instant, _ outputs: inout [Output]) {
    let due = min(beatAt, flushAt, now + .milliseconds(250))
    if let wakeAt, wakeAt > now, wakeAt <= due { return }
    wakeAt = due
    outputs.append(.wakeMe(at: due))
  }
}
