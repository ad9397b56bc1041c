import OrderedCollections

/// What a broker's disk keeps.
public struct KafkaStorage: Sendable, Hashable {
  /// One write.
  public enum Record: Sendable, Hashable {
    /// A batch with its offsets.
    case append(partition: Int, KafkaBatch)
    /// Everything from this offset on is gone.
    case truncate(partition: Int, to: Int)
    /// The log begins anew at this offset.
    case restart(partition: Int, at: Int)
    /// What lies before this offset is gone.
    case deleteBefore(partition: Int, Int)
    /// The log was cleaned by key, and is this now.
    case compacted(partition: Int, KafkaLog)
    /// The high watermark, as the checkpoint file keeps it.
    case highWatermark(partition: Int, Int)
    /// The controller's or coordinator's state.
    case leadership(partition: Int, KafkaLeadership)
    /// Which life of a broker the controller knows, and whether it has given it up.
    case registration(broker: Int, KafkaRegistration)
    /// A transaction; a record of `__transaction_state`.
    case transaction(KafkaTransaction)
    /// Positions that a transaction has sent along, by producer id.
    case pendingCommits(producer: Int, KafkaPendingCommits)
    /// A group's position.
    case commit(KafkaCommit)
  }

  /// The logs, by partition.
  public private(set) var logs: [KafkaLog]
  /// The high watermarks, by partition.
  public private(set) var highWatermarks: [Int]
  /// Who leads what; kept by the controller.
  public private(set) var leaderships: [KafkaLeadership?]
  /// What the controller knows of the brokers, by their place among them.
  public private(set) var registrations: [Int: KafkaRegistration] = [:]
  /// The transactions, by the number that stands for their id; kept by their coordinator.
  public private(set) var transactions: OrderedDictionary<Int, KafkaTransaction> = [:]
  /// Positions of open transactions, by producer id; kept by the group's coordinator.
  public private(set) var pendingCommits: OrderedDictionary<Int, KafkaPendingCommits> = [:]
  /// The positions of the group; kept by the coordinator.
  public private(set) var offsets: [Int?]

  /// An empty disk for so many partitions.
  public init(partitions: Int) {
    logs = Array(repeating: KafkaLog(), count: partitions)
    highWatermarks = Array(repeating: 0, count: partitions)
    leaderships = Array(repeating: nil, count: partitions)
    offsets = Array(repeating: nil, count: partitions)
  }

  /// Takes in a write that is durable.
  public mutating func apply(_ record: Record) {
    switch record {
    case .append(let partition, let batch):
      // What was lost before this one is not made up for: the log goes on as far as it reaches.
      guard batch.baseOffset >= logs[partition].endOffset else { return }
      logs[partition].take(batch)
    case .truncate(let partition, let offset): logs[partition].truncate(to: offset)
    case .restart(let partition, let offset): logs[partition].restart(at: offset)
    case .deleteBefore(let partition, let offset): logs[partition].deleteBefore(offset)
    case .compacted(let partition, let log): logs[partition] = log
    case .highWatermark(let partition, let offset): highWatermarks[partition] = offset
    case .leadership(let partition, let leadership): leaderships[partition] = leadership
    case .registration(let broker, let registration): registrations[broker] = registration
    case .transaction(let transaction): transactions[transaction.name] = transaction
    case .pendingCommits(let producer, let pending): pendingCommits[producer] = pending
    case .commit(let commit): offsets[commit.partition] = commit.offset
    }
  }
}
