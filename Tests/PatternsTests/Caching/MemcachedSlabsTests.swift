import Kernel
import Patterns
import Testing

@Suite struct MemcachedSlabsTests {
  /// What `memcached -vv` prints of version 1.6 with its defaults.
  @Test func theClassesAreThoseOfMemcached() {
    let sizes = MemcachedSlabs.chunkSizes()
    let published = [96, 120, 152, 192, 240, 304, 384, 480, 600, 752, 944, 1184, 1480, 1856]
    #expect(Array(sizes.prefix(14)) == published)
    let perPage = [
      10922, 8738, 6898, 5461, 4369, 3449, 2730, 2184, 1747, 1394, 1110, 885, 708, 564,
    ]
    #expect(sizes.prefix(14).map { MemcachedSlabs.pageSize / $0 } == perPage)
    #expect(sizes.last == 524_288)
  }

  private func fresh(_ change: (inout MemcachedSlabs.Options) -> Void) -> MemcachedStore {
    var options = MemcachedSlabs.Options()
    change(&options)
    return MemcachedStore(memory: options)
  }

  private func fill(_ store: inout MemcachedStore, _ name: String, _ count: Int, _ bytes: Int) {
    let data = String(repeating: "x", count: bytes)
    for number in 0..<count {
      _ = store.perform("set \(name)\(number) 0 0 \(bytes)", data: data, at: .zero)
    }
  }

  /// A class without pages gets one even beyond the limit, and evicts its own items only.
  @Test func aClassEvictsItsOwn() {
    var store = fresh { $0.memoryLimit = 2 << 20 }
    fill(&store, "small", 20_000, 60)
    let small = store.memory.report.map(\.evicted)
    fill(&store, "large", 1_000, 2_000)
    #expect(store.memory.pageCount == 3)
    #expect(store.memory.report.map(\.evicted).prefix(small.count).elementsEqual(small))
    #expect(store.memory.report.last?.usedChunks == 451)
    #expect(store.peek("large999") != nil)
    #expect(store.peek("large0") == nil)
    #expect(store.checkInvariants() == nil)
  }

  /// Two reads carry an item through a scan, one does not, and a flat LRU lets it go in any case.
  @Test(arguments: [(1, true, false), (2, true, true), (2, false, false)])
  func readsSurviveAScan(reads: Int, isSegmented: Bool, survives: Bool) {
    var store = fresh {
      $0.memoryLimit = 1 << 20
      $0.isSegmented = isSegmented
    }
    // In a class with hardly anything in it every segment is too long for its share.
    fill(&store, "before", 5_000, 20)
    _ = store.perform("set one 0 0 20", data: String(repeating: "x", count: 20), at: .zero)
    for _ in 0..<reads { _ = store.perform("get one", at: .zero) }
    fill(&store, "scan", 15_000, 20)
    #expect((store.peek("one") != nil) == survives)
    #expect(store.checkInvariants() == nil)
  }

  /// A set that finds no room takes the old value away; an add leaves it.
  @Test func aRefusedSetLeavesNothingOld() {
    var store = fresh {
      $0.memoryLimit = 1 << 20
      $0.isEvicting = false
    }
    _ = store.perform("set a 0 0 1", data: "1", at: .zero)
    fill(&store, "b", 600, 2_000)
    let large = String(repeating: "x", count: 2_000)
    let refused = store.perform("set a 0 0 2000", data: large, at: .zero)
    #expect(refused == ["SERVER_ERROR out of memory storing object"])
    let found = store.perform("get a", at: .zero)
    #expect(found == ["END"])
    let huge = String(repeating: "x", count: 2 << 20)
    let tooLarge = store.perform("add c 0 0 \(2 << 20)", data: huge, at: .zero)
    #expect(tooLarge == ["SERVER_ERROR object too large for cache"])
  }

  /// Whatever is done, the books agree, and what is found is what was stored last.
  @Test(arguments: 0..<12 as Range<UInt64>)
  func theBooksAgree(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "memcached")
    var store = fresh {
      $0.memoryLimit = 1 << 20
      $0.isSegmented = seed % 3 != 0
      $0.isEvicting = seed % 4 != 1
    }
    var last: [String: String] = [:]
    for step in 0..<3_000 {
      let now = Instant.zero + .seconds(Int64(step / 20))
      let key = "k\(random.below(300))"
      switch random.below(6) {
      case 0, 1, 2:
        let bytes = [1, 200, 5_000, 90_000, 700_000][random.below(5)]
        let data = String(repeating: "\(random.below(10))", count: bytes)
        let reply = store.perform("set \(key) 0 \(random.below(90)) \(bytes)", data: data, at: now)
        last[key] = reply == ["STORED"] ? data : nil
      case 3:
        _ = store.perform("delete \(key)", at: now)
        last[key] = nil
      default:
        let reply = store.perform("get \(key)", at: now)
        if reply.count == 3 { #expect(reply[1] == last[key]) }
      }
      let violation = store.checkInvariants()
      #expect(violation == nil)
    }
  }
}
