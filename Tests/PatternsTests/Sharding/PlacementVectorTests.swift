import Kernel
import Testing

@testable import Patterns

@Suite("Placements against published vectors")
struct PlacementVectorTests {
  @Test("jump hash (dgryski/go-jump, from the reference code)")
  func jumpHash() {
    let rows: [(key: UInt64, from: Int, buckets: [Int])] = [
      (0, 1, [Int](repeating: 0, count: 20)),
      (1, 1, [0, 0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 17, 17]),
      (0xdead_beef, 1, [0, 1, 2, 3, 3, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 16, 16, 16]),
      (0x0ddc_0ffe_ebad_f00d, 1, [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 15, 15, 15, 15]),
    ]
    for row in rows {
      for (index, bucket) in row.buckets.enumerated() {
        #expect(JumpHash.bucket(of: row.key, buckets: row.from + index) == bucket)
      }
    }
    let guava = [0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83]
    #expect((0..<20).map { JumpHash.bucket(of: $0, buckets: 100) } == guava)
  }

  @Test(
    "jump hash of large keys and many buckets (Guava)",
    arguments: [
      (10_863_919_174_838_991, 11, 6), (2_016_238_256_797_177_309, 11, 3),
      (1_673_758_223_894_951_030, 11, 5), (2, 100_001, 80_343), (2_201, 100_001, 22_152),
      (2_202, 100_001, 15_018),
    ] as [(UInt64, Int, Int)])
  func jumpHashOfLargeKeys(key: UInt64, buckets: Int, expected: Int) {
    #expect(JumpHash.bucket(of: key, buckets: buckets) == expected)
  }

  @Test("Maglev of 7 entries (dgryski/go-maglev, and the paper's example)")
  func maglev() {
    typealias Permutation = MaglevTable.Permutation
    let port = [
      Permutation(offset: 2, skip: 4), Permutation(offset: 0, skip: 5),
      Permutation(offset: 1, skip: 2),
    ]
    #expect(MaglevTable.filled(size: 7, port, weights: [1, 1, 1]) == [1, 2, 0, 2, 0, 1, 0])
    #expect(
      MaglevTable.filled(size: 7, [port[0], port[2]], weights: [1, 1]) == [0, 1, 0, 1, 0, 1, 0])
    let paper = [
      Permutation(offset: 3, skip: 4), Permutation(offset: 0, skip: 2),
      Permutation(offset: 3, skip: 1),
    ]
    #expect(MaglevTable.filled(size: 7, paper, weights: [1, 1, 1]) == [1, 0, 1, 0, 2, 2, 0])
    #expect(
      MaglevTable.filled(size: 7, [paper[0], paper[2]], weights: [1, 1]) == [0, 0, 0, 0, 1, 1, 1])
  }

  @Test("Envoy's Maglev (maglev_lb_test.cc)")
  func maglevOfEnvoy() throws {
    let byAddress = try #require(MaglevTable(Self.hosts { "127.0.0.1:\($0)" }, size: 7))
    #expect(byAddress.entries.map(\.index) == [2, 4, 0, 1, 5, 0, 3])
    let byName = try #require(MaglevTable(Self.hosts { "\($0)" }, size: 7))
    #expect(byName.entries.map(\.index) == [2, 5, 0, 3, 4, 1, 0])
    let weighted = try #require(
      MaglevTable(
        [
          ShardMember(NodeID(0), name: "127.0.0.1:90", weight: 1),
          ShardMember(NodeID(1), name: "127.0.0.1:91", weight: 2),
        ], size: 17))
    #expect(weighted.entries.count { $0.index == 0 } == 6)
    #expect(weighted.entries.count { $0.index == 1 } == 11)
    #expect(MaglevTable(Self.hosts { "\($0)" }, size: 8) == nil)
  }

  @Test("Envoy's ring of 12 tokens (ring_hash_lb_test.cc)")
  func ringOfEnvoy() {
    let ring = ConsistentHashRing(
      Self.hosts { "127.0.0.1:\($0)" }, sizing: .total(minimum: 12, maximum: 8_388_608))
    let expected: [(host: Int, token: UInt64)] = [
      (94, 833_437_586_790_550_860), (92, 928_266_305_478_181_108),
      (90, 1_033_482_794_131_418_490), (95, 3_551_244_743_356_806_947),
      (93, 3_851_675_632_748_031_481), (91, 5_583_722_120_771_150_861),
      (91, 6_311_230_543_546_372_928), (93, 7_700_377_290_971_790_572),
      (95, 13_144_177_310_400_110_813), (92, 13_444_792_449_719_432_967),
      (94, 15_516_499_411_664_133_160), (90, 16_117_243_373_044_804_889),
    ]
    #expect(ring.tokens == expected.map(\.token))
    #expect(expected.indices.map { ring.owner(at: $0).index } == expected.map { $0.host - 90 })
    let lookups: [(hash: UInt64, host: Int)] = [
      (0, 4), (.max, 4), (3_551_244_743_356_806_947, 5), (3_551_244_743_356_806_948, 3),
      (16_117_243_373_044_804_880, 0),
    ]
    for (hash, host) in lookups {
      #expect(ring.shard(for: ShardKey(hash: hash, order: 0, slot: 0)).index == host)
    }
  }

  @Test(
    "slots of the Redis Cluster specification",
    arguments: [
      ("", 0), ("a", 15_495), ("foo", 12_182), ("bar", 5_061), ("hello", 866), ("key", 12_539),
      ("somekey", 11_058), ("user1000", 3_443), ("{user1000}.following", 3_443),
      ("{user1000}.followers", 3_443), ("foo{}{bar}", 8_363), ("foo{{bar}}zap", 4_015),
      ("foo{bar}{zap}", 5_061), ("foo{hash_tag}", 2_515), ("bar{hash_tag}", 2_515),
      ("{}", 15_257), ("x{", 3_596), ("123456789", 12_739),
    ] as [(String, UInt16)])
  func slots(key: String, slot: UInt16) { #expect(HashSlot.slot(of: key) == slot) }

  @Test("three Redis masters own the runs that redis-cli deals out")
  func slotRuns() {
    let slots = SlotPlacement(Self.hosts { "n\($0)" }.prefix(3).map { $0 })
    #expect(slots.slots(of: NodeID(0)) == Array(0...5_460))
    #expect(slots.slots(of: NodeID(1)) == Array(5_461...10_922))
    #expect(slots.slots(of: NodeID(2)) == Array(10_923...16_383))
  }

  @Test("the figures for moved keys agree with the theory")
  func movementOfJumpAndModulo() {
    let keys = (0..<100_000).map { XXHash64.hash(word: UInt64($0)) }
    func moved(_ from: Int, _ to: Int, _ bucket: (UInt64, Int) -> Int) -> Double {
      Movement(
        from: keys.map { NodeID(bucket($0, from)) }, to: keys.map { NodeID(bucket($0, to)) }
      ).fraction
    }
    let jump = { JumpHash.bucket(of: $0, buckets: $1) }
    let modulo: (UInt64, Int) -> Int = { Int($0 % UInt64($1)) }
    #expect(abs(moved(10, 11, jump) - 1.0 / 11) < 0.004)
    #expect(abs(moved(10, 20, jump) - 0.5) < 0.006)
    #expect(abs(moved(10, 11, modulo) - 10.0 / 11) < 0.004)
    #expect(abs(moved(4, 5, modulo) - 0.8) < 0.006)
    #expect(abs(moved(100, 101, modulo) - 100.0 / 101) < 0.002)
  }

  /// Six hosts, numbered 90 to 95 as in Envoy's tests.
  static func hosts(_ name: (Int) -> String) -> [ShardMember] {
    (0..<6).map { ShardMember(NodeID($0), name: name(90 + $0)) }
  }
}
