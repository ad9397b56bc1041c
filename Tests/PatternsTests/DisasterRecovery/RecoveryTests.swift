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
    #expect(rows(.position(600)) == (3, .paused))
    #expect(rows(.position(600), inclusive: false) == (2, .paused))
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
    var (log, base) = history()
    var holed = WALArchive(segmentSize: 1_000)
    for record in log.timelines[0].records {
      holed.write(record.change, transaction: record.transaction, bytes: 300, at: record.at)
    }
    holed.store(WALArchive.Segment(timeline: 1, number: 0))
    holed.store(WALArchive.Segment(timeline: 1, number: 2))
    let result = PointInTimeRecovery.run(base, from: holed)
    #expect(result.rows == [1, 2, 3])
    base = BaseBackup(timeline: 1, start: 0, stop: 2_400, rows: [])
    #expect(PointInTimeRecovery.run(base, from: holed).end == .failed(.inconsistent))
    log.store(WALArchive.Segment(timeline: 2, number: 0))
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
    #expect(PointInTimeRecovery.run(base, from: log).end == .failed(.notOnBranch))
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

@Suite struct BackupCatalogTests {
  private func catalog(_ kinds: [BackupKind]) -> BackupCatalog {
    var catalog = BackupCatalog()
    for (day, kind) in kinds.enumerated() {
      catalog.add(
        kind, BaseBackup(timeline: 1, start: 0, stop: 0, rows: []), bytes: 1,
        at: .zero + .hours(Int64(24 * day)))
    }
    return catalog
  }

  @Test func chains() throws {
    let incremental = catalog([.full, .incremental, .incremental, .incremental])
    let last = try #require(incremental.sets.last)
    #expect(incremental.chain(last)?.map(\.number) == [1, 2, 3, 4])
    let differential = catalog([.full, .differential, .differential])
    let third = try #require(differential.sets.last)
    #expect(differential.chain(third)?.map(\.number) == [1, 3])
  }

  @Test func rotTakesWhatBuildsOnIt() {
    var catalog = catalog([.full, .incremental, .incremental, .full, .incremental])
    catalog.rot(2)
    #expect(catalog.sets.map { catalog.isRestorable($0) } == [true, false, false, true, true])
  }

  @Test(arguments: UInt64(1)...30) func expiryKeepsChainsWhole(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "expiry")
    var catalog = BackupCatalog()
    let policy = RetentionPolicy(last: 1 + random.below(4), daily: random.below(5))
    for day in 0..<60 {
      let kind = BackupKind.allCases[random.below(3)]
      let now = Instant.zero + .hours(Int64(24 * day))
      catalog.add(
        kind, BaseBackup(timeline: 1, start: 0, stop: 0, rows: []), bytes: 1, at: now,
        lockedUntil: random.chance(0.1) ? now + .hours(72) : nil)
      catalog.expire(policy, at: now)
      #expect(catalog.checkInvariants() == nil)
      #expect(catalog.sets.last?.number == day + 1)
    }
  }

  @Test func sonsFathersGrandfathers() {
    let sets = (0..<400).map { (number: $0, at: Instant.zero + .hours(Int64(24 * $0 + 1))) }
    let kept = RetentionPolicy(daily: 7, weekly: 4, monthly: 12).kept(sets)
    #expect(kept.count <= 23 && kept.count >= 20)
    #expect((393...399).allSatisfy { kept.contains($0) })
    #expect(RetentionPolicy().kept(sets).count == 400)
  }

  @Test func locksOutliveTheirOwner() {
    var catalog = BackupCatalog()
    let base = BaseBackup(timeline: 1, start: 0, stop: 0, rows: [])
    catalog.add(.full, base, bytes: 1, at: .zero, lockedUntil: .zero + .hours(10))
    #expect(catalog.delete([1], at: .zero + .hours(9)) == 0)
    #expect(catalog.delete([1], at: .zero + .hours(10)) == 1)
  }
}

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
