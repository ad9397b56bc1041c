import Kernel

/// One record of a log.
public struct KafkaRecord: Sendable, Hashable {
  /// Its offset; 0 until a leader appends it.
  public internal(set) var offset: Int
  /// When its producer made it.
  public let timestamp: Instant
  /// The key; nil when it has none.
  public let key: String?
  /// The value; nil is a tombstone.
  public let value: String?
  /// A header, by which an application knows the record again.
  public let header: Int?

  /// A record that no log holds yet.
  public init(key: String?, value: String?, timestamp: Instant, header: Int? = nil) {
    self.header = header
    offset = 0
    self.timestamp = timestamp
    self.key = key
    self.value = value
  }
}

/// Who wrote a batch, as an idempotent producer stamps it.
public struct KafkaProducerStamp: Sendable, Hashable {
  /// The producer id that the coordinator gave out.
  public let id: Int
  /// The epoch: a newer one fences the older.
  public let epoch: Int
  /// The sequence number of the batch's first record, counted by partition from 0.
  public let sequence: Int

  /// A stamp.
  public init(id: Int, epoch: Int, sequence: Int) {
    self.id = id
    self.epoch = epoch
    self.sequence = sequence
  }
}

/// The records that are written, replicated and read together.
public struct KafkaBatch: Sendable, Hashable {
  /// What ends a transaction in a log.
  public enum Marker: String, Sendable, Hashable {
    /// The records of the producer's open transaction count.
    case commit
    /// They do not.
    case abort
  }

  /// The offset of the first record as it was appended.
  public internal(set) var baseOffset = 0
  /// The offset of the last record as it was appended; compaction leaves it as it is.
  public internal(set) var lastOffset = 0
  /// The epoch of the leader that appended it.
  public internal(set) var leaderEpoch = 0
  /// Who wrote it; nil for a producer without idempotence.
  public let producer: KafkaProducerStamp?
  /// Whether it belongs to a transaction.
  public let isTransactional: Bool
  /// Set in a control batch, which holds no records of users.
  public let marker: Marker?
  /// The records, in order of offset.
  public internal(set) var records: [KafkaRecord]
  /// How many records it had when it was appended.
  public let count: Int
  /// When the producer made it; retention and compaction go by it.
  public let timestamp: Instant

  /// A batch of records that no log holds yet.
  public init(
    _ records: [KafkaRecord], producer: KafkaProducerStamp? = nil, isTransactional: Bool = false,
    timestamp: Instant
  ) {
    precondition(!records.isEmpty, "a batch holds at least one record")
    self.records = records
    count = records.count
    self.producer = producer
    self.isTransactional = isTransactional
    marker = nil
    self.timestamp = timestamp
  }

  /// A control batch that ends the transaction of `producer`.
  public init(_ marker: Marker, producer: KafkaProducerStamp, timestamp: Instant) {
    records = []
    count = 1
    self.producer = producer
    isTransactional = true
    self.marker = marker
    self.timestamp = timestamp
  }

  /// The sequence number of the last record; nil without idempotence.
  public var lastSequence: Int? { producer.map { $0.sequence + count - 1 } }

  /// The batch at `offset` of a log, appended under `epoch`.
  func placed(at offset: Int, epoch: Int) -> KafkaBatch {
    var batch = self
    batch.baseOffset = offset
    batch.lastOffset = offset + count - 1
    batch.leaderEpoch = epoch
    for place in batch.records.indices { batch.records[place].offset = offset + place }
    return batch
  }
}
