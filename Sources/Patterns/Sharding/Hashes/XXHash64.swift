/// The 64-bit xxHash of a sequence of bytes.
///
/// The default key hash of this workbench, as it is of Envoy's ring and Maglev balancers and of the
/// `xxhash` vindex of Vitess. Not keyed and not safe against chosen keys.
///
/// Source: Yann Collet, "xxHash fast digest algorithm", version 0.1.1, section XXH64.
public enum XXHash64 {
  private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
  private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
  private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
  private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

  /// The hash of `bytes` under `seed`; allocates nothing.
  public static func hash(_ bytes: borrowing RawSpan, seed: UInt64 = 0) -> UInt64 {
    let count = bytes.byteCount
    var place = 0
    var hash: UInt64
    if count >= 32 {
      var v1 = seed &+ prime1 &+ prime2
      var v2 = seed &+ prime2
      var v3 = seed
      var v4 = seed &- prime1
      while place + 32 <= count {
        v1 = round(v1, bytes.word64(at: place))
        v2 = round(v2, bytes.word64(at: place + 8))
        v3 = round(v3, bytes.word64(at: place + 16))
        v4 = round(v4, bytes.word64(at: place + 24))
        place += 32
      }
      hash = v1.rotated(1) &+ v2.rotated(7) &+ v3.rotated(12) &+ v4.rotated(18)
      hash = merge(merge(merge(merge(hash, v1), v2), v3), v4)
    } else {
      hash = seed &+ prime5
    }
    hash &+= UInt64(count)
    while place + 8 <= count {
      hash = (hash ^ round(0, bytes.word64(at: place))).rotated(27) &* prime1 &+ prime4
      place += 8
    }
    if place + 4 <= count {
      hash ^= UInt64(bytes.word32(at: place)) &* prime1
      hash = hash.rotated(23) &* prime2 &+ prime3
      place += 4
    }
    while place < count {
      hash = (hash ^ UInt64(bytes.byte(at: place)) &* prime5).rotated(11) &* prime1
      place += 1
    }
    return avalanche(hash)
  }

  /// The hash of the UTF-8 bytes of `text` under `seed`.
  public static func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
    hash(text.utf8.span.bytes, seed: seed)
  }

  /// The hash of one 64-bit word (its eight bytes, least significant first) under `seed`.
  public static func hash(word: UInt64, seed: UInt64 = 0) -> UInt64 {
    let start = seed &+ prime5 &+ 8
    return avalanche((start ^ round(0, word)).rotated(27) &* prime1 &+ prime4)
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    (lane &+ word &* prime2).rotated(31) &* prime1
  }

  private static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* prime1 &+ prime4
  }

  private static func avalanche(_ hash: UInt64) -> UInt64 {
    var z = hash
    z = (z ^ (z >> 33)) &* prime2
    z = (z ^ (z >> 29)) &* prime3
    return z ^ (z >> 32)
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// The bits turned left by `places`.
  @inlinable func rotated(_ places: Int) -> Self {
    (self << places) | (self >> (Self.bitWidth - places))
  }
}

extension RawSpan {
  /// Eight bytes from `offset`, least significant first.
  func word64(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Four bytes from `offset`, least significant first.
  func word32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The byte at `offset`.
  func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
