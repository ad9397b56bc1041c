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
  /// Rows that a promoted standby has.
  var promoted: [Int]?
  var failedRestores = 0

  var duration: TimeSpan { steps.reduce(.zero) { $0 + $1.lasts } }
}

extension DisasterWorld {
  /// The disaster happens; what follows is worked out from what is left.
  mutating func strike(at now: Instant, in queue: inout EventQueue<Event>) {
    meters.before = rows
    meters.recordsBefore = log.timelines[0].records
    meters.archiveAge = archiver.oldestUnarchived.map { now - $0 } ?? .zero
    meters.stored = catalog.sets.reduce(0) { $0 + $1.bytes }
    let what =
      switch setup.disaster {
      case .regionLost: "the region is lost, with everything in it"
      case .tableDropped: "a migration drops the table, \(rows.count) rows"
      case .ransomware: "somebody with the administrator's keys encrypts the data, deletes backups"
      case .none: ""
      }
    lastEvent = environment.trace.record(
      at: now, "primary", setup.disaster.rawValue, what, weight: .harm, cause: lastEvent)
    var plan = RecoveryPlan()
    plan.steps = [
      .init(name: "notice", lasts: setup.detect), .init(name: "decide", lasts: setup.decide),
    ]
    var isArchiveLeft = true
    switch setup.disaster {
    case .tableDropped: write(.drop, at: now, in: &queue)
    case .ransomware:
      catalog.delete(Set(catalog.sets.map(\.number)), at: now)
      checkCatalog(at: now)
      isArchiveLeft = !catalog.sets.isEmpty
    case .regionLost: isArchiveLeft = setup.isCopiedAway
    case .none: break
    }
    if setup.disaster == .regionLost, setup.strategy.hasReplica {
      promote(&plan)
    } else if setup.disaster == .tableDropped, setup.answer == "failover",
      setup.strategy.hasReplica
    {
      promote(&plan)
    } else if isArchiveLeft {
      restore(&plan, at: now)
    }
    if plan.result != nil || plan.promoted != nil {
      plan.steps.append(.init(name: "check", lasts: setup.check))
      plan.steps.append(.init(name: "redirect", lasts: setup.ttl))
    }
    conclude(plan, at: now, in: &queue)
  }

  /// The standby takes over with what it has applied, or holds back.
  private mutating func promote(_ plan: inout RecoveryPlan) {
    let records = log.timelines[0].records
    var rows: [Int] = []
    let noticed = setup.disasterAt + setup.detect + setup.decide
    for (place, record) in records.enumerated() {
      // What reached it before the disaster; a drop reaches it like anything else.
      let isDrop = record.change == .drop
      guard place < received || isDrop && setup.disaster == .tableDropped else { break }
      // A delayed standby is stopped before it applies what it still holds back.
      if isDrop, record.at + setup.applyDelay > noticed { break }
      switch record.change {
      case .insert(let row): rows.append(row)
      case .drop: rows = []
      case .restorePoint: break
      }
    }
    plan.promoted = rows
    let scale =
      switch setup.strategy {
      case .backup: setup.provision
      case .pilot: setup.provision * 0.5
      case .warm: setup.provision * 0.1
      case .multi: TimeSpan.zero
      }
    plan.steps.append(.init(name: "scale", lasts: scale))
  }

  /// The newest backup that can be read, with the log up to just before the disaster.
  private mutating func restore(_ plan: inout RecoveryPlan, at now: Instant) {
    if setup.disaster != .tableDropped {
      plan.steps.append(.init(name: "provision", lasts: setup.provision))
    }
    for set in catalog.sets.reversed() {
      guard let chain = catalog.chain(set) else { continue }
      let bytes = chain.reduce(0) { $0 + $1.bytes }
      plan.steps.append(
        .init(name: "restore", lasts: TimeSpan(seconds: bytes / setup.restoreRate)))
      guard catalog.isRestorable(set) else {
        plan.failedRestores += 1
        continue
      }
      var options = RecoveryOptions(action: .promote)
      if setup.disaster == .tableDropped {
        options.target = .time(now)
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
    for record in log.timelines[0].records.suffix(64) {
      for number in record.start / log.segmentSize...(record.end - 1) / log.segmentSize {
        log.store(WALArchive.Segment(timeline: 1, number: number))
      }
    }
  }

  /// What was recovered must be what the primary had after the last commit that was replayed.
  private mutating func checkPast(_ result: RecoveryResult, at now: Instant) {
    var naive: [Int] = []
    for record in log.timelines[0].records where record.end <= result.position {
      switch record.change {
      case .insert(let row): naive.append(row)
      case .drop: naive = []
      case .restorePoint: break
      }
    }
    guard naive != result.rows, violation == nil else { return }
    let broken = InvariantViolation(
      "a restore is the past",
      witness: "\(result.rows.count) rows were restored where the primary had \(naive.count)")
    violation = (now, broken)
  }

  private mutating func conclude(
    _ plan: RecoveryPlan, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    self.plan = plan
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
    var at = now
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
    queue.schedule(.back, at: at)
  }
}
