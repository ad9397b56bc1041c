/// How keys find their partition: Kafka's murmur2 and the rule that makes a partition of it.
///
/// Sources: apache/kafka, `Utils.murmur2`, `BuiltInPartitioner.partitionForKey`.
public enum KafkaPartitioning {
  /// The 32-bit murmur2 hash of `bytes` with Kafka's seed, 0x9747b28c.
  public static func murmur2(_ bytes: [UInt8]) -> Int32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
    var place = 0
    while place + 4 <= bytes.count {
      var word =
        UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
        | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24
      word = word &* multiplier
      word ^= word >> 24
      word = word &* multiplier
      hash = (hash &* multiplier) ^ word
      place += 4
    }
    let left = bytes.count - place
    if left > 0 {
      for index in (0..<left).reversed() { hash ^= UInt32(bytes[place + index]) << (8 * index) }
      hash = hash &* multiplier
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    hash ^= hash >> 15
    return Int32(bitPattern: hash)
  }

  /// The partition, from 0, that records with this key go to when the topic has `count` partitions.
  public static func partition(forKey key: String, of count: Int) -> Int {
    precondition(count > 0, "a topic has at least one partition")
    return Int(murmur2(Array(key.utf8)) & 0x7fff_ffff) % count
  }
}

/// One partition of one topic.
public struct KafkaTopicPartition: Sendable, Hashable, Comparable {
  /// The topic.
  public let topic: String
  /// The partition, from 0.
  public let partition: Int

  /// Partition `partition` of `topic`.
  public init(_ topic: String, _ partition: Int) {
    self.topic = topic
    self.partition = partition
  }

  /// Whether the left one comes first, by topic and number.
  public static func < (left: KafkaTopicPartition, right: KafkaTopicPartition) -> Bool {
    (left.topic, left.partition) < (right.topic, right.partition)
  }
}

extension KafkaTopicPartition: CustomStringConvertible {
  /// The partition as Kafka's tools write it: `orders-0`.
  public var description: String { "\(topic)-\(partition)" }
}
