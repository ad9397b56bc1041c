import Kernel
import Patterns
import Simulation

/// How far the way back to the old site is.
struct FailbackState: Sendable {
  /// Whether a lost site will be back.
  var isExpected = false
  /// Whether another site takes commits.
  var isServing = false
  /// Whether commits stand still for the last step back.
  var isStopped = false
  var returnedAt: Instant?
  /// The old site's rows, and up to where they follow the log of the site that serves.
  var copy: [Int] = []
  var followed = 0
}

/// Back to the site that was lost and has returned, its disks as they were.
///
///     lost ──▶ another site serves ──returned──▶ resync ──caught up──▶ stop, redirect ──▶ back
extension DisasterWorld {
  /// The promoted copy goes on, on a timeline of its own, until the old site is back.
  mutating func serveElsewhere(at now: Instant, in queue: inout EventQueue<Event>) {
    guard let plan, let promoted = plan.promoted, setup.disaster.isOfASite,
      let after = setup.returnsAfter
    else { return }
    log.branch(from: 1, at: plan.promotedAt)
    rows = promoted
    failback.isServing = true
    queue.schedule(.returned, at: max(now, setup.disasterAt + after))
  }

  mutating func commitElsewhere(at now: Instant) {
    guard failback.isServing else { return }
    guard !failback.isStopped else {
      meters.refused += 1
      return
    }
    nextRow += 1
    rows.append(nextRow)
    log.write(.insert(nextRow), transaction: nextRow, bytes: setup.commitBytes, at: now)
  }

  mutating func oldSiteReturns(at now: Instant, in queue: inout EventQueue<Event>) {
    failback.returnedAt = now
    let fork = plan?.promotedAt ?? 0
    meters.diverged = log.records(of: 1).count { $0.record.end > fork }
    let method: ResyncMethod? =
      switch setup.failback {
      case .rewind: .rewind
      case .full: .full
      case .none, .redirect: nil
      }
    guard let method else {
      if setup.failback == .redirect { redirectOnly(at: now, in: &queue) }
      return
    }
    let result = Resync.run(
      method, target: 1, source: log.current, in: log, dataBytes: setup.dataBytes,
      shortcut: setup.shortcut)
    report(result.diverged, at: now)
    meters.failbackBytes = result.copiedBytes + Double(result.replayedBytes)
    failback.copy = result.rows
    failback.followed = log.end
    let time =
      result.copiedBytes / setup.restoreRate + Double(result.replayedBytes) / setup.replayRate
    lastEvent = environment.trace.record(
      at: now, "old site", method.rawValue,
      "\(Unit.bytes.text(result.copiedBytes)) are copied and "
        + "\(Unit.bytes.text(Double(result.replayedBytes))) of log replayed", cause: lastEvent)
    queue.schedule(.resynced, after: TimeSpan(seconds: time))
  }

  /// Clients go back to the old site as it is: what was written since is not there.
  private mutating func redirectOnly(at now: Instant, in queue: inout EventQueue<Event>) {
    failback.copy = meters.oldRows
    failback.isStopped = true
    meters.failbackStop = setup.ttl
    lastEvent = environment.trace.record(
      at: now, "old site", "redirect", "clients are sent back to it as it is", cause: lastEvent)
    queue.schedule(.failedBack, after: setup.ttl)
  }

  /// What only the old site has goes into a report: it is neither kept nor merged.
  private mutating func report(_ diverged: [WALRecord], at now: Instant) {
    guard let first = diverged.first, let last = diverged.last else { return }
    lastEvent = environment.trace.record(
      at: now, "old site", "diverged",
      "\(diverged.count) commits, transactions \(first.transaction) to \(last.transaction), are "
        + "only here; they are written to a report and taken back", weight: .harm,
      cause: lastEvent)
  }

  mutating func resynced(at now: Instant, in queue: inout EventQueue<Event>) {
    let missing = Double(log.end - failback.followed)
    let time = TimeSpan(seconds: missing / setup.replayRate)
    meters.failbackBytes += missing
    follow()
    guard time <= .seconds(1) else {
      queue.schedule(.resynced, after: time)
      return
    }
    failback.isStopped = true
    meters.failbackStop = time + setup.ttl
    queue.schedule(.failedBack, after: time + setup.ttl)
  }

  private mutating func follow() {
    for record in log.timelines[log.current - 1].records where record.start >= failback.followed {
      if case .insert(let row) = record.change { failback.copy.append(row) }
    }
    failback.followed = log.end
  }

  mutating func failedBack(at now: Instant) {
    failback.isServing = false
    failback.isExpected = false
    meters.failbackTime = failback.returnedAt.map { now - $0 }
    let kept = Set(failback.copy)
    meters.failbackLost = rows.count { !kept.contains($0) }
    lastEvent = environment.trace.record(
      at: now, "old site", "failed-back",
      meters.failbackLost == 0
        ? "serves again, with everything that was written meanwhile"
        : "serves again, without \(meters.failbackLost) commits that were written meanwhile",
      weight: meters.failbackLost == 0 ? .recovery : .harm, cause: lastEvent)
    guard setup.failback != .redirect else { return }
    if failback.copy != rows {
      check(
        InvariantViolation(
          "failback has one history",
          witness: "the old site has \(failback.copy.count) rows, the one that served "
            + "\(rows.count)"), at: now)
    }
    log.branch(from: log.current, at: log.end)
  }
}
