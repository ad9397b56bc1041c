import Kernel
import Patterns
import Testing

@Suite struct WALArchiverTests {
  /// 10 kB a second fill a segment of 16 MB in 27 minutes; with a timeout of a minute none is older.
  @Test(arguments: [nil, TimeSpan.seconds(60)]) func ageOfTheOldest(timeout: TimeSpan?) {
    var log = WALArchive()
    var archiver = WALArchiver(timeout: timeout)
    var oldest = TimeSpan.zero
    for second in 1...7_200 {
      let now = Instant.zero + .seconds(Int64(second))
      log.write(.insert(second), transaction: second, bytes: 10_000, at: now)
      archiver.wrote(log, at: now)
      archiver.tick(&log, at: now)
      while archiver.next() != nil {
        if let segment = archiver.ended(isGood: true) { log.store(segment) }
      }
      if let since = archiver.oldestUnarchived { oldest = max(oldest, now - since) }
    }
    #expect(timeout == nil ? (1_590...1_610).contains(oldest.seconds) : oldest.seconds <= 60)
  }

  @Test func aFailedUploadIsTriedAgainAndNothingIsSkipped() {
    var log = WALArchive(segmentSize: 100)
    var archiver = WALArchiver(timeout: nil)
    var stored: [Int] = []
    var random = RandomStream(seed: 3, name: "uploads")
    for row in 1...500 {
      let now = Instant.zero + .seconds(Int64(row))
      log.write(.insert(row), transaction: row, bytes: 30 + random.below(200), at: now)
      archiver.wrote(log, at: now)
      for _ in 0..<6 where archiver.next() != nil {
        if let segment = archiver.ended(isGood: random.chance(0.6)) {
          stored.append(segment.number)
        }
      }
    }
    #expect(stored == Array(0..<stored.count))
    #expect(stored.count + archiver.backlog == log.end / 100)
    #expect(archiver.failures > 50)
  }
}
