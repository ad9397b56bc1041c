import Kernel
import Patterns
import Testing

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
