import Kernel

/// Recovery of a base backup with the archived log up to a target.
///
/// **The rows are those of the primary just after the last commit that was applied.** A time stops
/// before the first commit after it (with inclusive off, also before commits at it); a transaction
/// stops after its commit (before it, with inclusive off); a position stops after the first record
/// that begins there or later (before it, with inclusive off), so that a position between two
/// transactions shows the same rows either way; a name stops at the first record that bears it. A
/// target that the log does not reach is a failure, not a short recovery.
///
/// Source: postgres/postgres src/backend/access/transam/xlogrecovery.c, recoveryStopsBefore and
/// recoveryStopsAfter; documentation, 20.5.6, recovery target.
public enum PointInTimeRecovery {
  /// Recovers.
  public static func run(
    _ base: BaseBackup, from archive: WALArchive, _ options: RecoveryOptions = RecoveryOptions()
  ) -> RecoveryResult {
    let timeline =
      switch options.branch {
      case .latest: archive.current
      case .current: base.timeline
      case .number(let number): number
      }
    var result = RecoveryResult(
      end: .promoted, rows: base.rows, lastCommit: nil, position: base.start, replayed: 0,
      timeline: timeline)
    if let reason = reasonNotToBegin(base, timeline, archive) {
      result.end = .failed(reason)
      return result
    }
    let path = archive.path(to: timeline)
    let history = archive.records(of: timeline)
    let isCutShort = path.contains { $0.number > base.timeline && $0.branchedAt < base.stop }
    // Empty ends of segments hold nothing that a backup would need.
    let needed =
      isCutShort
      ? Int.max : history.last { $0.record.end <= base.stop }?.record.end ?? base.start
    var isReached = false
    for (branch, record) in history where record.start >= base.start {
      let isCarried = base.carriesLog && branch == base.timeline && record.end <= base.stop
      guard
        isCarried
          || archive.canRead(from: record.start, to: record.end, on: branch, along: path)
      else { break }
      let isConsistent = result.position >= needed
      if stopsBefore(record, isConsistent, options) {
        isReached = true
        result.isLocked = record.change == .drop && stopsAtCommit(of: record, options)
        if options.shortcut == .replaysPastTarget { apply(record, &result) }
        break
      }
      apply(record, &result)
      if stopsAfter(record, options) {
        isReached = true
        break
      }
    }
    result.replayed = result.position - base.start
    result.end = end(
      isConsistent: result.position >= needed, isReached: isReached, options)
    return result
  }

  /// What is seen before the first record is read: timelines that do not fit, no log to begin with.
  private static func reasonNotToBegin(
    _ base: BaseBackup, _ timeline: Int, _ archive: WALArchive
  ) -> RecoveryResult.Reason? {
    let path = archive.path(to: timeline)
    guard !path.isEmpty else { return .noSuchTimeline(timeline) }
    guard let place = path.firstIndex(where: { $0.number == base.timeline }) else {
      return .notInHistory(base.timeline)
    }
    let left = path[(place + 1)...].map(\.branchedAt).min() ?? Int.max
    guard base.start <= left else { return .notChild(timeline) }
    let hasCheckpoint =
      base.carriesLog
      || archive.canRead(
        from: base.start, to: base.start + 1, on: base.timeline, along: path)
    return hasCheckpoint ? nil : .noCheckpoint
  }

  private static func apply(_ record: WALRecord, _ result: inout RecoveryResult) {
    switch record.change {
    case .insert(let row):
      result.rows.append(row)
      result.lastCommit = record.at
    case .drop, .damage:
      result.rows = []
      result.lastCommit = record.at
    case .restorePoint: break
    }
    result.position = record.end
  }

  private static func stopsBefore(
    _ record: WALRecord, _ isConsistent: Bool, _ options: RecoveryOptions
  ) -> Bool {
    if case .restorePoint = record.change, case .time = options.target { return false }
    switch options.target {
    case .latest, .name: return false
    case .immediate: return isConsistent
    case .time(let at): return options.isInclusive ? record.at > at : record.at >= at
    case .transaction(let number):
      return !options.isInclusive && record.transaction == number
    case .position(let place):
      // With inclusive on it stops after the change, whose commit is not replayed then.
      return record.start < record.commit && record.start >= place
        || !options.isInclusive && record.commit >= place
    }
  }

  /// Whether what stands before the commit record was replayed: a drop takes its lock there.
  private static func stopsAtCommit(
    of record: WALRecord, _ options: RecoveryOptions
  ) -> Bool {
    switch options.target {
    case .time, .transaction: true
    case .position(let place): place > record.start
    case .latest, .immediate, .name: false
    }
  }

  private static func stopsAfter(_ record: WALRecord, _ options: RecoveryOptions) -> Bool {
    switch options.target {
    case .latest, .immediate, .time: false
    case .transaction(let number): options.isInclusive && record.transaction == number
    case .position(let place): options.isInclusive && record.commit >= place
    case .name(let name): record.change == .restorePoint(name)
    }
  }

  private static func end(
    isConsistent: Bool, isReached: Bool, _ options: RecoveryOptions
  ) -> RecoveryResult.End {
    guard isConsistent else {
      return .failed(isReached ? .beforeConsistency : .inconsistent)
    }
    if options.target == .latest { return .promoted }
    if !isReached, options.target != .immediate { return .failed(.targetNotReached) }
    switch options.action {
    case .pause: return .paused
    case .promote: return .promoted
    case .shutdown: return .shutDown
    }
  }
}
