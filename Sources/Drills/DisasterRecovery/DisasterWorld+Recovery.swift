import Kernel
import Patterns
import Simulation

/// What is done after a disaster, step by step, and what it brings back.
struct RecoveryPlan: Sendable {
  struct Step: Sendable {
    let name: String
    let lasts: TimeSpan
  }

  var steps: [Step] = []
  var result: RecoveryResult?
  /// Rows that a promoted standby has, and where its log ends.
  var promoted: [Int]?
  var promotedAt = 0
  var failedRestores = 0

  var duration: TimeSpan { steps.reduce(.zero) { $0 + $1.lasts } }
}

extension DisasterWorld {
  /// Every row becomes wrong, and nobody sees it yet.
  mutating func spoil(at now: Instant, in queue: inout EventQueue<Event>) {
    soundRows = rows
    lastEvent = environment.trace.record(
      at: now, "primary", setup.disaster.rawValue,
      "a release spoils \(rows.count) rows; copies and backups take them as they are",
      weight: .harm, cause: lastEvent)
    write(.damage, at: now, in: &queue)
    queue.schedule(.noticed, after: setup.detect)
  }

  /// The disaster happens or is noticed; what follows is worked out from what is left.
  mutating func strike(at now: Instant, in queue: inout EventQueue<Event>) {
    let isSynchronous = setup.zone == .synchronous
    // What nobody was told is committed cannot be lost.
    meters.before = soundRows + rows.filter { !isSynchronous || $0 <= gate.answered }
    meters.recordsBefore = log.timelines[0].records
    meters.archiveAge = archiver.oldestUnarchived.map { now - $0 } ?? .zero
    meters.stored = catalog.sets.reduce(0) { $0 + $1.bytes }
    let what: String? =
      switch setup.disaster {
      case .zoneLost: "the zone is lost, with everything in it"
      case .regionLost: "the region is lost, with everything in it"
      case .tableDropped: "a migration drops the table, \(rows.count) rows"
      case .ransomware:
        "somebody with the administrator's keys encrypts the data, deletes backups"
      case .corruption, .none: nil
      }
    if let what {
      lastEvent = environment.trace.record(
        at: now, "primary", setup.disaster.rawValue, what, weight: .harm, cause: lastEvent)
    }
    var plan = RecoveryPlan()
    carryOut(&plan, at: now, in: &queue)
    conclude(plan, at: now, in: &queue)
  }

  private mutating func carryOut(
    _ plan: inout RecoveryPlan, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if setup.disaster == .zoneLost, setup.zone != .none {
      // No person decides: the zones are close, and a machine sees that one is gone.
      plan.steps = [.init(name: "notice", lasts: setup.zoneDetect)]
      promote(&plan, upTo: gate.copied)
      plan.steps.append(.init(name: "redirect", lasts: setup.ttl))
      return
    }
    plan.steps = [
      .init(name: "notice", lasts: setup.detect), .init(name: "decide", lasts: setup.decide),
    ]
    var isArchiveLeft = setup.place.isLeft(after: setup.disaster)
    var isPromotion = setup.strategy.hasReplica && setup.disaster.isOfASite
    switch setup.disaster {
    case .tableDropped:
      write(.drop, at: now, in: &queue)
      isPromotion = setup.strategy.hasReplica && setup.answer == "failover"
    case .corruption: isPromotion = setup.strategy.hasReplica && setup.answer == "failover"
    case .ransomware:
      catalog.delete(Set(catalog.sets.map(\.number)), at: now)
      checkCatalog(at: now)
      isArchiveLeft = !catalog.sets.isEmpty
    case .zoneLost, .regionLost, .none: break
    }
    if isPromotion {
      promote(&plan, upTo: received)
      plan.steps.append(.init(name: "scale", lasts: scaling))
    } else if isArchiveLeft {
      restore(&plan, at: now)
    }
    guard plan.result != nil || plan.promoted != nil else { return }
    plan.steps.append(.init(name: "check", lasts: setup.check))
    plan.steps.append(.init(name: "redirect", lasts: setup.ttl))
  }

  private var scaling: TimeSpan {
    switch setup.strategy {
    case .backup: setup.provision
    case .pilot: setup.provision * 0.5
    case .warm: setup.provision * 0.1
    case .multi: .zero
    }
  }

  /// A copy takes over with the first `count` records, or with what it held back.
  private mutating func promote(_ plan: inout RecoveryPlan, upTo count: Int) {
    let records = log.timelines[0].records
    var rows: [Int] = []
    let noticed = setup.disasterAt + setup.detect + setup.decide
    for (place, record) in records.enumerated() {
      // What reached it before the disaster; a drop reaches it like anything else.
      let isMistake = record.change == .drop || record.change == .damage
      guard place < count || isMistake && !setup.disaster.isOfASite else { break }
      // A delayed standby is stopped before it applies what it still holds back.
      if isMistake, record.at + setup.applyDelay > noticed { break }
      switch record.change {
      case .insert(let row): rows.append(row)
      case .drop, .damage: rows = []
      case .restorePoint: break
      }
      plan.promotedAt = record.end
    }
    plan.promoted = rows
  }

  /// The newest backup that can be read, with the log up to just before the disaster.
  private mutating func restore(_ plan: inout RecoveryPlan, at now: Instant) {
    let isMistake = setup.disaster == .tableDropped || setup.disaster == .corruption
    if !isMistake { plan.steps.append(.init(name: "provision", lasts: setup.provision)) }
    // A backup that ended after the mistake has it.
    for set in catalog.sets.reversed() where !isMistake || set.at <= setup.disasterAt {
      guard let chain = catalog.chain(set) else { continue }
      let bytes = chain.reduce(0) { $0 + $1.bytes }
      plan.steps.append(
        .init(name: "restore", lasts: TimeSpan(seconds: bytes / setup.restoreRate)))
      guard catalog.isRestorable(set) else {
        plan.failedRestores += 1
        continue
      }
      var options = RecoveryOptions(action: .promote)
      if isMistake {
        options.target = .time(setup.disasterAt)
        options.isInclusive = false
        options.shortcut = setup.shortcut
        // The log goes on after the drop, so that the target is reached: it is shipped by hand.
        shipOpenSegment()
      }
      var result = PointInTimeRecovery.run(set.content, from: log, options)
      if case .failed(.inconsistent) = result.end { continue }
      result.replayed = max(0, result.replayed)
      plan.steps.append(
        .init(
          name: "replay", lasts: TimeSpan(seconds: Double(result.replayed) / setup.replayRate)))
      plan.result = result
      checkPast(result, at: now)
      return
    }
  }

  /// A primary that still runs gives its last segments by hand (`pg_switch_wal`).
  private mutating func shipOpenSegment() {
    guard environment.processes.runs(DisasterSetup.primary) else { return }
    for entry in archiver.ready { log.store(entry.segment) }
    log.store(log.openSegment)
    log.store(WALArchive.Segment(timeline: 1, number: (log.end - 1) / log.segmentSize))
  }

  /// What was recovered must be what the primary had after the last commit that was replayed.
  private mutating func checkPast(_ result: RecoveryResult, at now: Instant) {
    var naive: [Int] = []
    for record in log.timelines[0].records where record.end <= result.position {
      switch record.change {
      case .insert(let row): naive.append(row)
      case .drop, .damage: naive = []
      case .restorePoint: break
      }
    }
    guard naive != result.rows else { return }
    check(
      InvariantViolation(
        "a restore is the past",
        witness: "\(result.rows.count) rows were restored where the primary had \(naive.count)"),
      at: now)
  }

  private mutating func conclude(
    _ plan: RecoveryPlan, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    self.plan = plan
    failback.isExpected =
      setup.returnsAfter != nil && setup.disaster.isOfASite && plan.promoted != nil
    let rows = Set(plan.promoted ?? plan.result?.rows ?? [])
    let lost = meters.before.filter { !rows.contains($0) }
    meters.lost = lost.count
    meters.isRecovered = plan.promoted != nil || plan.result != nil
    let firstLost = lost.first
    let firstRecord = meters.recordsBefore.first { record in
      if case .insert(let row) = record.change { row == firstLost } else { false }
    }
    meters.rpo = firstRecord.map { now - $0.at } ?? .zero
    meters.failedRestores = plan.failedRestores
    meters.plan = plan
    // What was noticed late was a disaster all the while.
    var at = setup.disaster == .corruption ? setup.disasterAt : now
    for step in plan.steps where step.lasts > .zero {
      at += step.lasts
      lastEvent = environment.trace.record(
        at: at, "recovery", step.name, "\(step.name) takes \(step.lasts)", cause: lastEvent)
    }
    guard meters.isRecovered else {
      environment.trace.record(
        at: at, "recovery", "nothing-left", "there is nothing to recover from", weight: .harm,
        cause: lastEvent)
      return
    }
    if !lost.isEmpty {
      lastEvent = environment.trace.record(
        at: at, "recovery", "lost",
        "\(lost.count) commits are gone, the oldest of \(meters.rpo) before the disaster",
        weight: .harm, cause: lastEvent)
    }
    queue.schedule(.back, at: max(at, now))
  }
}
