/// The 32-bit MurmurHash2 of a sequence of bytes.
///
/// Kafka's default partitioner takes it of the record key with the seed 0x9747b28c, clears the sign
/// bit and takes the remainder by the number of partitions.
///
/// Source: Austin Appleby, MurmurHash2.cpp; Apache Kafka, `Utils.murmur2` and
/// `BuiltInPartitioner.partitionForKey`.
public enum MurmurHash2 {
  /// The seed that Kafka uses.
  public static let kafkaSeed: UInt32 = 0x9747_b28c

  /// The hash of `bytes` under `seed`; allocates nothing.
  public static func hash(_ bytes: borrowing RawSpan, seed: UInt32 = kafkaSeed) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    let count = bytes.byteCount
    var hash = seed ^ UInt32(truncatingIfNeeded: count)
    var place = 0
    while place + 4 <= count {
      var word = bytes.word32(at: place) &* multiplier
      word ^= word >> 24
      hash = (hash &* multiplier) ^ (word &* multiplier)
      place += 4
    }
    let rest = count - place
    if rest >= 3 { hash ^= UInt32(bytes.byte(at: place + 2)) << 16 }
    if rest >= 2 { hash ^= UInt32(bytes.byte(at: place + 1)) << 8 }
    if rest >= 1 { hash = (hash ^ UInt32(bytes.byte(at: place))) &* multiplier }
    hash = (hash ^ (hash >> 13)) &* multiplier
    return hash ^ (hash >> 15)
  }

  /// The hash of the UTF-8 bytes of `text` under `seed`.
  public static func hash(_ text: String, seed: UInt32 = kafkaSeed) -> UInt32 {
    hash(text.utf8.span.bytes, seed: seed)
  }

  /// The partition, from 0, that Kafka's default partitioner picks for a record key.
  public static func kafkaPartition(of key: String, partitions: Int) -> Int {
    precondition(partitions > 0, "a topic has at least one partition")
    return Int(hash(key) & 0x7fff_ffff) % partitions
  }
}
