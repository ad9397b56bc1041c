/// A key as placements see it: hashed once, so that looking it up allocates nothing.
public struct ShardKey: Sendable, Hashable {
  /// Its 64-bit hash, for every placement that scatters keys.
  public let hash: UInt64
  /// Its place in the sort order of keys, for range placement.
  public let order: UInt64
  /// Its Redis Cluster hash slot.
  public let slot: UInt16

  /// A key from its parts.
  public init(hash: UInt64, order: UInt64, slot: UInt16) {
    self.hash = hash
    self.order = order
    self.slot = slot
  }

  /// The key called `name`, hashed by `function`.
  ///
  /// `order` is the number at the end of the name when there is one (`user:42` is row 42 of the
  /// table `user`, keyed by an integer), else the first eight bytes of the name.
  public init(_ name: String, hash function: KeyHash = .xxh64) {
    hash = function.hash(name)
    order = Self.order(of: name)
    slot = HashSlot.slot(of: name)
  }

  /// The sort place of the key called `name`; see `init(_:hash:)`.
  public static func order(of name: String) -> UInt64 {
    let bytes = name.utf8.span
    var scale: UInt64 = 1
    var number: UInt64 = 0
    var digits = 0
    while digits < min(bytes.count, 18) {
      let byte = bytes[bytes.count - 1 - digits]
      guard byte >= 0x30, byte <= 0x39 else { break }
      number += UInt64(byte - 0x30) * scale
      scale *= 10
      digits += 1
    }
    if digits > 0 { return number }
    var word: UInt64 = 0
    for place in 0..<8 { word = word << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0) }
    return word
  }
}

/// The function that turns the bytes of a key into a number.
public enum KeyHash: String, Sendable, Hashable, CaseIterable {
  /// xxHash64: Envoy's ring and Maglev balancers, the `xxhash` vindex of Vitess.
  case xxh64
  /// MurmurHash2 of 32 bits without its sign bit: Kafka's default partitioner.
  case murmur2
  /// The first half of MurmurHash3 x64_128: Cassandra's Murmur3Partitioner, for keys in ASCII.
  case murmur3

  /// The hash of the UTF-8 bytes of `name`.
  public func hash(_ name: String) -> UInt64 {
    switch self {
    case .xxh64: XXHash64.hash(name)
    case .murmur2: UInt64(MurmurHash2.hash(name) & 0x7fff_ffff)
    case .murmur3: MurmurHash3.hash128(name).first
    }
  }
}
