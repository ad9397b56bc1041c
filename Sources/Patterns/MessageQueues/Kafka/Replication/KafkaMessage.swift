import Kernel

/// What a producer waits for (`acks`).
public enum KafkaAcks: String, Sendable, Hashable, CaseIterable {
  /// Nothing.
  case none = "0"
  /// The leader's append.
  case leader = "1"
  /// All replicas that are in sync.
  case all
}

/// Who leads a partition, and who is in sync.
public struct KafkaLeadership: Sendable, Hashable {
  /// The leader; nil while the partition is offline.
  public var leader: NodeID?
  /// Counted up with every change of leader.
  public var epoch: Int
  /// The in-sync replicas.
  public var isr: [NodeID]
  /// Counted up with every change.
  public var version: Int
  /// Every node that holds a copy.
  public let replicas: [NodeID]
}

/// What brokers, the controller, the group coordinator and clients send each other.
///
/// There is one topic; a partition is named by its number.
public enum KafkaMessage: Sendable, Hashable {
  // Producers.
  /// A batch for a partition; `number` names the request.
  case produce(partition: Int, KafkaBatch, acks: KafkaAcks, number: Int)
  /// The answer: the offset of the first record, or why not.
  case produced(partition: Int, number: Int, offset: Int?, error: KafkaError?)
  // Replicas.
  /// A follower asks for what comes from `offset` on; its last record is of `lastEpoch`.
  ///
  /// `number` grows with every request of a follower, so that a late copy is known as one.
  case fetch(partition: Int, offset: Int, lastEpoch: Int, epoch: Int, number: Int)
  /// What there is; or that the follower's log differs from `divergesAt` on.
  case fetched(
    partition: Int, epoch: Int, number: Int, [KafkaBatch], highWatermark: Int, logStart: Int,
    divergesAt: Int?)
  // Consumers.
  /// A consumer asks for records from `offset` on.
  case consume(partition: Int, offset: Int, maximum: Int, committedOnly: Bool)
  /// Records up to the high watermark or last stable offset; and from where to where the log reaches.
  case consumed(
    partition: Int, offset: Int, [KafkaRecord], next: Int, logStart: Int, highWatermark: Int,
    error: KafkaError?)
  // The controller.
  /// A broker that has started says so; `incarnation` grows with each of its lives.
  case register(incarnation: Int)
  /// The controller knows of that life, and tells who leads what.
  case registered(incarnation: Int, [KafkaLeadership])
  /// A broker is alive, and knows these versions of the leaderships, by partition.
  case alive(incarnation: Int, versions: [Int])
  /// Who leads a partition from now on.
  case leadership(partition: Int, KafkaLeadership)
  /// A leader wants the in-sync replicas to be these.
  case alterISR(partition: Int, epoch: Int, version: Int, isr: [NodeID])
  /// A client asks who leads what.
  case metadata
  /// Who leads what, partition by partition.
  case leaders([NodeID?])
  // The group coordinator.
  /// A member joins, or joins again; `instance` is `group.instance.id`.
  case join(instance: Int?, owned: [Int])
  /// The member's part in a generation.
  case joined(generation: Int, partitions: [Int])
  /// A member is alive and believes to be in that generation.
  case heartbeat(generation: Int)
  /// It is, or it must do something about it.
  case heartbeatAnswer(KafkaError?)
  /// A member leaves.
  case leave
  /// A member has come so far: the next offset to read, by partition.
  case commit(generation: Int, [KafkaCommit])
  /// Taken, or not.
  case committed(error: KafkaError?)
  /// Where reading goes on.
  case fetchOffsets([Int])
  /// There; without those that an open transaction may still move.
  case offsets([KafkaCommit])
  // The coordinator of transactions; a number stands for each `transactional.id`.
  /// A producer begins under a transactional id.
  case initProducer(transactional: Int, timeout: TimeSpan)
  /// Its producer id and epoch; with an error it is to ask again.
  case producerReady(transactional: Int, producer: Int, epoch: Int, error: KafkaError?)
  /// A transaction is to write to these partitions too.
  case addPartitions(transactional: Int, epoch: Int, partitions: [Int])
  /// It may, or why not.
  case partitionsAdded(transactional: Int, epoch: Int, partitions: [Int], error: KafkaError?)
  /// Positions that count once the transaction commits; to the group's coordinator.
  case commitInTransaction(producer: Int, epoch: Int, generation: Int, [KafkaCommit])
  /// Noted, or why not.
  case offsetsAdded(producer: Int, epoch: Int, error: KafkaError?)
  /// A transaction ends so.
  case endTransaction(transactional: Int, epoch: Int, KafkaBatch.Marker)
  /// It is decided, and `epoch` is the next one; or why not.
  case transactionEnded(transactional: Int, asked: Int, epoch: Int, error: KafkaError?)
  /// The end of a transaction goes into a log.
  case writeMarker(partition: Int, KafkaBatch.Marker, producer: Int, epoch: Int)
  /// It is there, and committed.
  case markerWritten(partition: Int, producer: Int, epoch: Int)
}

/// A position of a group in a partition: the next offset to read.
public struct KafkaCommit: Sendable, Hashable {
  /// The partition.
  public let partition: Int
  /// The next offset to read; nil when the group has none yet.
  public let offset: Int?

  /// A position.
  public init(partition: Int, offset: Int?) {
    self.partition = partition
    self.offset = offset
  }
}
