import Kernel
import Testing

@testable import Patterns

@Suite("Hashes against published vectors")
struct HashTests {
  @Test(
    "xxHash64 (cespare/xxhash test vectors)",
    arguments: [
      ("", 0, 0xef46_db37_51d8_e999), ("a", 0, 0xd24e_c4f1_a98c_6e5b),
      ("as", 0, 0x1c33_0fb2_d66b_e179), ("asd", 0, 0x631c_37ce_72a9_7393),
      ("asdf", 0, 0x4158_72f5_99ce_a71e), ("", 123, 0xe0db_84de_91f3_e198),
      ("asdf", .max, 0x9a2f_d847_3be5_39b6),
      (
        "Call me Ishmael. Some years ago--never mind how long precisely-", 0,
        0x02a2_e854_70d6_fd96
      ),
    ] as [(String, UInt64, UInt64)])
  func xxHash64(text: String, seed: UInt64, expected: UInt64) {
    #expect(XXHash64.hash(text, seed: seed) == expected)
  }

  @Test func theHashOfAWordIsTheHashOfItsBytes() {
    for word: UInt64 in [0, 1, 0x0123_4567_89ab_cdef, .max] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
      #expect(XXHash64.hash(word: word, seed: 7) == XXHash64.hash(bytes.span.bytes, seed: 7))
    }
  }

  @Test(
    "murmur2 as Kafka takes it (UtilsTest.testMurmur2)",
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("abc", 479_470_107),
      ("a-little-bit-long-string", -985_981_536), ("a-little-bit-longer-string", -1_486_304_829),
      ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
    ] as [(String, Int32)])
  func murmur2(text: String, expected: Int32) {
    #expect(Int32(bitPattern: MurmurHash2.hash(text)) == expected)
  }

  @Test(
    "Kafka partitions of a key",
    arguments: [
      ("foobar", 0, 6), ("abc", 3, 3), ("user-1", 2, 8), ("user-3", 5, 11), ("order-42", 0, 0),
      ("", 3, 9),
    ])
  func kafkaPartition(key: String, ofSix: Int, ofTwelve: Int) {
    #expect(MurmurHash2.kafkaPartition(of: key, partitions: 6) == ofSix)
    #expect(MurmurHash2.kafkaPartition(of: key, partitions: 12) == ofTwelve)
  }

  @Test(
    "murmur3 x86_32",
    arguments: [
      ("", 0, 0), ("", 1, 0x514e_28b7), ("", 0xffff_ffff, 0x81f1_6f39),
      ("aaaa", 0x9747_b28c, 0x5a97_808a), ("Hello, world!", 0x9747_b28c, 0x2488_4cba),
      ("The quick brown fox jumps over the lazy dog", 0x9747_b28c, 0x2fa8_26cd),
    ] as [(String, UInt32, UInt32)])
  func murmur3Of32Bits(text: String, seed: UInt32, expected: UInt32) {
    #expect(MurmurHash3.hash32(text, seed: seed) == expected)
  }

  @Test(
    "murmur3 x64_128 (spaolacci/murmur3 test vectors)",
    arguments: [
      ("", 0, 0), ("hello", 0xcbd8_a7b3_41bd_9b02, 0x5b1e_906a_48ae_1d19),
      ("hello, world", 0x342f_ac62_3a5e_bc8e, 0x4cdc_bc07_9642_414d),
      (
        "The quick brown fox jumps over the lazy dog.", 0xcd99_481f_9ee9_02c9,
        0x695d_a1a3_8987_b6e7
      ),
    ] as [(String, UInt64, UInt64)])
  func murmur3Of128Bits(text: String, first: UInt64, second: UInt64) {
    let hash = MurmurHash3.hash128(text)
    #expect(hash.first == first)
    #expect(hash.second == second)
  }

  @Test(
    "CRC16 check value and slots of the Redis Cluster specification",
    arguments: [("123456789", 0x31c3), ("", 0)] as [(String, UInt16)])
  func crc16(text: String, expected: UInt16) {
    #expect(CRC16.checksum(text) == expected)
  }

  /// SMHasher's verification: the keys (), (0), (0, 1), … of lengths 0 to 255 are hashed with the
  /// seeds 256 down to 1, the 256 hashes are hashed with seed 0; the first four bytes are published.
  @Test func smhasherVerificationValues() {
    #expect(
      verification { bytes, seed in Self.bytes(XXHash64.hash(bytes, seed: seed)) }
        == 0x024b_7cf4)
    #expect(
      verification { bytes, seed in
        Self.bytes(MurmurHash2.hash(bytes, seed: UInt32(seed)))
      } == 0x2786_4c1e)
    #expect(
      verification { bytes, seed in
        Self.bytes(MurmurHash3.hash32(bytes, seed: UInt32(seed)))
      } == 0xb0f5_7ee3)
    #expect(
      verification { bytes, seed in
        let hash = MurmurHash3.hash128(bytes, seed: UInt32(seed))
        return Self.bytes(hash.first) + Self.bytes(hash.second)
      } == 0x6384_ba69)
  }

  private func verification(_ hash: (borrowing RawSpan, UInt64) -> [UInt8]) -> UInt32 {
    var hashes: [UInt8] = []
    for count in 0..<256 {
      let key = (0..<count).map { UInt8($0) }
      hashes += hash(key.span.bytes, UInt64(256 - count))
    }
    let last = hash(hashes.span.bytes, 0)
    return last.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
}
