import Kernel
import Simulation
import Testing

@Suite struct DiskTests {
  static func disk(_ latency: TimeSpan = .milliseconds(2)) -> Disk<RecordLog<Int>> {
    Disk(
      RecordLog(), syncLatency: .constant(latency), random: RandomStream(seed: 1, name: "disk"))
  }

  /// Random writes, syncs and crashes beside a model that knows each record's fate.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func aCrashLosesExactlyWhatIsNotSynced(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "steps")
    var disk = Self.disk()
    var safe: [Int] = []
    var cache: [Int] = []
    var underway: Int?
    var lost = 0
    for number in 0..<400 {
      switch random.below(10) {
      case 0..<5:
        let isWritten = disk.write(number)
        #expect(isWritten)
        cache.append(number)
      case 5, 6:
        let end = disk.beginSync(at: .zero)
        #expect((end != nil) == (underway == nil && !cache.isEmpty))
        if end != nil { underway = cache.count }
      case 7, 8:
        disk.finishSync()
        safe += cache.prefix(underway ?? 0)
        cache.removeFirst(underway ?? 0)
        underway = nil
      default:
        disk.crash()
        lost += cache.count
        cache = []
        underway = nil
      }
      #expect(disk.durable.records == safe)
      #expect(disk.unsynced == cache)
      #expect(disk.lostCount == lost)
    }
  }

  @Test func writesDuringASyncWaitForTheNext() {
    var disk = Self.disk()
    _ = disk.write(1)
    let first = disk.beginSync(at: .zero)
    _ = disk.write(2)
    let early = disk.beginSync(at: .zero)
    #expect(first == .zero + .milliseconds(2) && early == nil)
    disk.finishSync()
    #expect(disk.durable.records == [1])
    let second = disk.beginSync(at: .zero, slowdown: 5)
    disk.finishSync()
    let needless = disk.beginSync(at: .zero)
    #expect(second == .zero + .milliseconds(10) && needless == nil)
    #expect(disk.durable.records == [1, 2])
  }

  @Test func aLyingDiskKeepsNothingUntilItStopsLying() {
    var disk = Self.disk()
    func sync(_ records: Int...) {
      for record in records { _ = disk.write(record) }
      _ = disk.beginSync(at: .zero)
      disk.finishSync()
    }
    sync(1)
    disk.setLying(true)
    sync(2, 3)
    #expect(!disk.needsSync && disk.durable.records == [1])
    disk.crash()
    #expect(disk.durable.records == [1] && disk.lostCount == 2)
    sync(4)
    _ = disk.write(5)
    disk.setLying(false)
    #expect(disk.durable.records == [1, 4] && disk.unsynced == [5])
  }

  @Test func aFullDiskRefusesWrites() {
    var disk = Self.disk()
    disk.setFull(true)
    let refused = disk.write(1)
    disk.setFull(false)
    let taken = disk.write(2)
    #expect(!refused && taken && disk.unsynced == [2])
  }

  @Test func aTableKeepsTheLastValueOfEachKey() {
    var table = RecordTable<String, Int>()
    for (key, value) in [("b", 1), ("a", 2), ("b", 3), ("c", 4)] { table.apply(.init(key, value)) }
    table.apply(.init("c", nil))
    #expect(table.keys == ["a", "b"] && table["b"] == 3 && table["c"] == nil)
  }
}
