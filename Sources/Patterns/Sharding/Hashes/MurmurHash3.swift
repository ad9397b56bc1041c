/// MurmurHash3 of a sequence of bytes: the 32-bit form for small machines and the 128-bit form.
///
/// Cassandra's `Murmur3Partitioner` takes the first half of the 128-bit form (with a sign slip for
/// bytes above 127 that its users must keep; it is not modelled here).
///
/// Source: Austin Appleby, MurmurHash3.cpp, `x86_32` and `x64_128`.
public enum MurmurHash3 {
  /// The 32-bit hash (`x86_32`) of `bytes` under `seed`; allocates nothing.
  public static func hash32(_ bytes: borrowing RawSpan, seed: UInt32 = 0) -> UInt32 {
    let count = bytes.byteCount
    var hash = seed
    var place = 0
    while place + 4 <= count {
      hash ^= scramble32(bytes.word32(at: place))
      hash = hash.rotated(13) &* 5 &+ 0xe654_6b64
      place += 4
    }
    var tail: UInt32 = 0
    for offset in stride(from: count - 1, through: place, by: -1) {
      tail = tail << 8 | UInt32(bytes.byte(at: offset))
    }
    if place < count { hash ^= scramble32(tail) }
    hash ^= UInt32(truncatingIfNeeded: count)
    hash = (hash ^ (hash >> 16)) &* 0x85eb_ca6b
    hash = (hash ^ (hash >> 13)) &* 0xc2b2_ae35
    return hash ^ (hash >> 16)
  }

  /// The 128-bit hash (`x64_128`) of `bytes` under `seed` as two words; allocates nothing.
  public static func hash128(
    _ bytes: borrowing RawSpan, seed: UInt32 = 0
  ) -> (first: UInt64, second: UInt64) {
    let count = bytes.byteCount
    var h1 = UInt64(seed)
    var h2 = UInt64(seed)
    var place = 0
    while place + 16 <= count {
      h1 = (h1 ^ scrambleFirst(bytes.word64(at: place))).rotated(27) &+ h2
      h1 = h1 &* 5 &+ 0x52dc_e729
      h2 = (h2 ^ scrambleSecond(bytes.word64(at: place + 8))).rotated(31) &+ h1
      h2 = h2 &* 5 &+ 0x3849_5ab5
      place += 16
    }
    let low = tail(bytes, from: place, to: min(place + 8, count))
    if place < count { h1 ^= scrambleFirst(low) }
    if place + 8 < count { h2 ^= scrambleSecond(tail(bytes, from: place + 8, to: count)) }
    h1 ^= UInt64(count)
    h2 ^= UInt64(count)
    h1 &+= h2
    h2 &+= h1
    h1 = finish(h1)
    h2 = finish(h2)
    h1 &+= h2
    return (h1, h2 &+ h1)
  }

  /// The 32-bit hash of the UTF-8 bytes of `text` under `seed`.
  public static func hash32(_ text: String, seed: UInt32 = 0) -> UInt32 {
    hash32(text.utf8.span.bytes, seed: seed)
  }

  /// The 128-bit hash of the UTF-8 bytes of `text` under `seed`.
  public static func hash128(
    _ text: String, seed: UInt32 = 0
  ) -> (first: UInt64, second: UInt64) { hash128(text.utf8.span.bytes, seed: seed) }

  private static func scramble32(_ word: UInt32) -> UInt32 {
    (word &* 0xcc9e_2d51).rotated(15) &* 0x1b87_3593
  }

  private static func scrambleFirst(_ word: UInt64) -> UInt64 {
    (word &* 0x87c3_7b91_1142_53d5).rotated(31) &* 0x4cf5_ad43_2745_937f
  }

  private static func scrambleSecond(_ word: UInt64) -> UInt64 {
    (word &* 0x4cf5_ad43_2745_937f).rotated(33) &* 0x87c3_7b91_1142_53d5
  }

  private static func tail(_ bytes: borrowing RawSpan, from start: Int, to end: Int) -> UInt64 {
    var word: UInt64 = 0
    for offset in stride(from: end - 1, through: start, by: -1) {
      word = word << 8 | UInt64(bytes.byte(at: offset))
    }
    return word
  }

  private static func finish(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 33)) &* 0xff51_afd7_ed55_8ccd
    z = (z ^ (z >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return z ^ (z >> 33)
  }
}
