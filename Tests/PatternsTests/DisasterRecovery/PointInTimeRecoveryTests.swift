import Kernel
import Patterns
import Testing

@Suite struct PointInTimeRecoveryTests {
  /// Ten rows, one each second from 1 s on, all archived, and a backup of the empty table.
  private func history() -> (log: WALArchive, base: BaseBackup) {
    var log = WALArchive(segmentSize: 1_000)
    for row in 1...10 {
      log.write(
        .insert(row), transaction: row, bytes: 300, at: .zero + .seconds(Int64(row)))
      if row == 4 { log.write(.restorePoint("four"), transaction: 0, bytes: 10, at: .zero) }
    }
    for number in 0..<10 { log.store(WALArchive.Segment(timeline: 1, number: number)) }
    return (log, BaseBackup(timeline: 1, start: 0, stop: 0, rows: []))
  }

  private func rows(
    _ target: RecoveryOptions.Target, inclusive: Bool = true
  ) -> (Int, RecoveryResult.End) {
    let (log, base) = history()
    let result = PointInTimeRecovery.run(
      base, from: log, RecoveryOptions(target: target, isInclusive: inclusive))
    return (result.rows.count, result.end)
  }

  @Test func targetsStopWherePostgreSQLStops() {
    #expect(rows(.latest) == (10, .promoted))
    #expect(rows(.immediate) == (0, .paused))
    #expect(rows(.time(.zero + .seconds(5))) == (5, .paused))
    #expect(rows(.time(.zero + .seconds(5)), inclusive: false) == (4, .paused))
    #expect(rows(.transaction(7)) == (7, .paused))
    #expect(rows(.transaction(7), inclusive: false) == (6, .paused))
    // Between two transactions both show the same; within one only inclusive sees its commit.
    #expect(rows(.position(600)) == (2, .paused))
    #expect(rows(.position(600), inclusive: false) == (2, .paused))
    #expect(rows(.position(700)) == (3, .paused))
    #expect(rows(.position(700), inclusive: false) == (2, .paused))
    #expect(rows(.name("four")) == (4, .paused))
    #expect(rows(.name("four"), inclusive: false) == (4, .paused))
  }

  @Test func targetsOutsideTheLogFail() {
    #expect(rows(.time(.zero + .seconds(10))).1 == .failed(.targetNotReached))
    #expect(rows(.transaction(11)).1 == .failed(.targetNotReached))
    #expect(rows(.name("five")).1 == .failed(.targetNotReached))
    let (log, _) = history()
    let late = BaseBackup(timeline: 1, start: 0, stop: 900, rows: [])
    let options = RecoveryOptions(target: .time(.zero + .seconds(1)))
    #expect(PointInTimeRecovery.run(late, from: log, options).end == .failed(.beforeConsistency))
  }

  @Test func aMissingSegmentEndsTheLog() {
    let (log, base) = history()
    var holed = WALArchive(segmentSize: 1_000)
    for record in log.timelines[0].records {
      holed.write(record.change, transaction: record.transaction, bytes: 300, at: record.at)
    }
    holed.store(WALArchive.Segment(timeline: 1, number: 0))
    holed.store(WALArchive.Segment(timeline: 1, number: 2))
    let result = PointInTimeRecovery.run(base, from: holed)
    #expect(result.rows == [1, 2, 3])
    let long = BaseBackup(timeline: 1, start: 0, stop: 2_400, rows: [], carriesLog: false)
    #expect(PointInTimeRecovery.run(long, from: holed).end == .failed(.inconsistent))
    holed.lose(WALArchive.Segment(timeline: 1, number: 0))
    #expect(PointInTimeRecovery.run(long, from: holed).end == .failed(.noCheckpoint))
    let whole = BaseBackup(timeline: 1, start: 0, stop: 2_400, rows: [])
    #expect(PointInTimeRecovery.run(whole, from: holed).rows == Array(1...9))
  }

  @Test func timelinesBranchAndTheOldOneStays() {
    var (log, base) = history()
    let number = log.branch(from: 1, at: 900)
    #expect(number == 2)
    log.write(.insert(100), transaction: 100, bytes: 300, at: .zero + .seconds(50))
    for segment in 0..<3 { log.store(WALArchive.Segment(timeline: 2, number: segment)) }
    #expect(PointInTimeRecovery.run(base, from: log).rows == [1, 2, 3, 100])
    let old = RecoveryOptions(branch: .current)
    #expect(PointInTimeRecovery.run(base, from: log, old).rows == Array(1...10))
    base = BaseBackup(timeline: 1, start: 1_510, stop: 1_510, rows: [1, 2, 3, 4, 5])
    #expect(PointInTimeRecovery.run(base, from: log).end == .failed(.notChild(2)))
  }

  /// Recovery to any time gives what a primary had then, against a fold of its commits.
  @Test(arguments: UInt64(1)...40) func everyTimeIsThePast(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "recovery")
    var log = WALArchive(segmentSize: 1_000)
    var now = Instant.zero
    var past: [(at: Instant, rows: [Int])] = []
    var rows: [Int] = []
    var bases = [(at: now, base: BaseBackup(timeline: 1, start: 0, stop: 0, rows: []))]
    for row in 1...200 {
      now += .seconds(Int64(1 + random.below(9)))
      if random.chance(0.02) { rows = [] } else { rows.append(row) }
      log.write(
        rows.isEmpty ? .drop : .insert(row), transaction: row, bytes: 1 + random.below(700),
        at: now)
      past.append((now, rows))
      if random.chance(0.05) {
        bases.append((now, BaseBackup(timeline: 1, start: log.end, stop: log.end, rows: rows)))
      }
    }
    for number in 0...log.end / 1_000 { log.store(WALArchive.Segment(timeline: 1, number: number)) }
    for _ in 0..<60 {
      let target = Instant.zero + .seconds(Int64(random.below(Int(now.seconds))))
      guard let base = bases.last(where: { $0.at <= target }) else { continue }
      let result = PointInTimeRecovery.run(
        base.base, from: log, RecoveryOptions(target: .time(target)))
      #expect(result.rows == past.last { $0.at <= target }?.rows ?? [])
    }
  }
}
