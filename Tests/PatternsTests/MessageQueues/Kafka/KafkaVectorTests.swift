import Kernel
import Patterns
import Testing

@Suite("Kafka's published vectors")
struct KafkaVectorTests {
  @Test(
    "murmur2 is Kafka's (UtilsTest.testMurmur2)",
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829),
      ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ] as [(String, Int32)])
  func murmur2(text: String, hash: Int32) {
    #expect(KafkaPartitioning.murmur2(Array(text.utf8)) == hash)
  }

  @Test(
    "keys find their partition (BuiltInPartitioner)",
    arguments: [
      ("foobar", 0, 6), ("abc", 3, 3), ("user-1", 2, 8), ("user-3", 5, 11), ("", 3, 9),
    ])
  func partitions(key: String, ofSix: Int, ofTwelve: Int) {
    #expect(KafkaPartitioning.partition(forKey: key, of: 6) == ofSix)
    #expect(KafkaPartitioning.partition(forKey: key, of: 12) == ofTwelve)
  }

  private func names(_ assignment: [[KafkaTopicPartition]]) -> [[String]] {
    assignment.map { $0.map { "\($0.topic)p\($0.partition)" } }
  }

  private func members(
    _ topics: [[String]], _ owned: [[KafkaTopicPartition]] = []
  ) -> [KafkaAssignor.Member] {
    topics.indices.map { place in
      KafkaAssignor.Member(
        id: "C\(place)", topics: topics[place], owned: owned.isEmpty ? [] : owned[place])
    }
  }

  @Test("range and round robin assign as their class comments say")
  func rangeAndRoundRobin() {
    let topics = [("t0", 3), ("t1", 3)]
    let two = members([["t0", "t1"], ["t0", "t1"]])
    #expect(
      names(KafkaAssignor.range.assign(topics, to: two)) == [
        ["t0p0", "t0p1", "t1p0", "t1p1"], ["t0p2", "t1p2"],
      ])
    #expect(
      names(KafkaAssignor.roundRobin.assign(topics, to: two)) == [
        ["t0p0", "t0p2", "t1p1"], ["t0p1", "t1p0", "t1p2"],
      ])
    let unequal = members([["t0"], ["t0", "t1"], ["t0", "t1", "t2"]])
    #expect(
      names(
        KafkaAssignor.roundRobin.assign([("t0", 1), ("t1", 2), ("t2", 3)], to: unequal)) == [
          ["t0p0"], ["t1p0"], ["t1p1", "t2p0", "t2p1", "t2p2"],
        ])
  }

  @Test("sticky keeps what it can, as its class comment says")
  func sticky() {
    let topics = (0..<4).map { ("t\($0)", 2) }
    let all = topics.map(\.0)
    let first = KafkaAssignor.sticky.assign(topics, to: members([all, all, all]))
    #expect(
      names(first) == [
        ["t0p0", "t1p1", "t3p0"], ["t0p1", "t2p0", "t3p1"], ["t1p0", "t2p1"],
      ])
    let left = [
      KafkaAssignor.Member(id: "C0", topics: all, owned: first[0]),
      KafkaAssignor.Member(id: "C2", topics: all, owned: first[2]),
    ]
    #expect(
      names(KafkaAssignor.sticky.assign(topics, to: left)) == [
        ["t0p0", "t1p1", "t3p0", "t2p0"], ["t1p0", "t2p1", "t0p1", "t3p1"],
      ])
    let unequal = members([["t0"], ["t0", "t1"], ["t0", "t1", "t2"]])
    let three = [("t0", 1), ("t1", 2), ("t2", 3)]
    let given = KafkaAssignor.sticky.assign(three, to: unequal)
    #expect(names(given) == [["t0p0"], ["t1p0", "t1p1"], ["t2p0", "t2p1", "t2p2"]])
    let rest = [
      KafkaAssignor.Member(id: "C1", topics: ["t0", "t1"], owned: given[1]),
      KafkaAssignor.Member(id: "C2", topics: ["t0", "t1", "t2"], owned: given[2]),
    ]
    #expect(
      names(KafkaAssignor.sticky.assign(three, to: rest)) == [
        ["t1p0", "t1p1", "t0p0"], ["t2p0", "t2p1", "t2p2"],
      ])
  }

  @Test("a producer's batches are next, repeated, too early or fenced")
  func sequences() {
    var state = KafkaProducerState(epoch: 1)
    for sequence in 0..<7 {
      let stamp = KafkaProducerStamp(id: 1, epoch: 1, sequence: sequence)
      #expect(KafkaProducerState.check(stamp, count: 1, against: state) == .next)
      let batch = KafkaBatch(
        [KafkaRecord(key: "k", value: "v", timestamp: .zero)], producer: stamp, timestamp: .zero)
      var log = KafkaLog()
      for _ in 0..<sequence { log.append(batch, epoch: 0) }
      state.take(log.append(batch, epoch: 0))
    }
    func check(_ sequence: Int, epoch: Int = 1) -> KafkaProducerState.Check {
      let stamp = KafkaProducerStamp(id: 1, epoch: epoch, sequence: sequence)
      return KafkaProducerState.check(stamp, count: 1, against: state)
    }
    #expect(check(6) == .duplicate(baseOffset: 6))
    #expect(check(2) == .duplicate(baseOffset: 2))
    #expect(check(1) == .outOfOrder)
    #expect(check(8) == .outOfOrder)
    #expect(check(7) == .next)
    #expect(check(7, epoch: 0) == .fenced)
  }

  @Test("compaction keeps the last record of each key, and offsets", arguments: UInt64(1)...50)
  func compaction(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "compaction")
    var log = KafkaLog()
    for _ in 0..<60 {
      let isTombstone = random.chance(0.2)
      let value = isTombstone ? nil : "\(random.below(1_000))"
      log.append(
        KafkaBatch(
          [KafkaRecord(key: "k\(random.below(8))", value: value, timestamp: .zero)],
          timestamp: .zero), epoch: 0)
    }
    let options = KafkaCleaningOptions(compacts: true, segmentRecords: 10)
    var cleaned = log
    var horizons: [Int: Instant] = [:]
    cleaned.compact(options, highWatermark: 60, horizons: &horizons, at: .zero)
    let offsets = cleaned.batches.flatMap(\.records).map(\.offset)
    #expect(offsets == offsets.sorted())
    func pairs(_ log: KafkaLog) -> [String] {
      log.table.map { "\($0.key)=\($0.value)" }.sorted()
    }
    #expect(pairs(cleaned) == pairs(log))
    #expect(cleaned.endOffset == log.endOffset)
    let closed = cleaned.batches.filter { $0.lastOffset < log.activeSegmentStart(options) }
    let keys = closed.flatMap(\.records).compactMap(\.key)
    #expect(Set(keys).count == keys.count, "a cleaned key stands once")
  }
}
