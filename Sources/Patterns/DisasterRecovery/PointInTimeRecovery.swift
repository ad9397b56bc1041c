import Kernel

/// How far recovery goes, and what it does then: PostgreSQL's `recovery_target` family.
public struct RecoveryOptions: Sendable, Hashable {
  /// Where to stop.
  public enum Target: Sendable, Hashable {
    /// At the end of what the archive has.
    case latest
    /// As soon as the backup is consistent.
    case immediate
    /// At a time (`recovery_target_time`).
    case time(Instant)
    /// At a transaction (`recovery_target_xid`).
    case transaction(Int)
    /// At a position (`recovery_target_lsn`).
    case position(Int)
    /// At a named point (`recovery_target_name`).
    case name(String)
  }

  /// What to do at the target.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    /// Stand still, readable, until somebody decides.
    case pause
    /// Take writes, on a new timeline.
    case promote
    /// Stop the server.
    case shutdown
  }

  /// Which branch to follow.
  public enum Branch: Sendable, Hashable {
    /// The newest in the archive.
    case latest
    /// The one that the backup was taken on.
    case current
    /// This one.
    case number(Int)
  }

  /// Where to stop.
  public var target: Target
  /// Whether what lies exactly at the target is applied.
  public var isInclusive: Bool
  /// What to do then.
  public var action: Action
  /// Which branch to follow.
  public var branch: Branch
  /// A deliberate bug.
  public var shortcut: RecoveryShortcut?

  /// PostgreSQL's defaults: everything, inclusive, pause, the latest timeline.
  public init(
    target: Target = .latest, isInclusive: Bool = true, action: Action = .pause,
    branch: Branch = .latest
  ) {
    self.target = target
    self.isInclusive = isInclusive
    self.action = action
    self.branch = branch
  }
}

/// What a recovery came to.
public struct RecoveryResult: Sendable, Hashable {
  /// How it ended.
  public enum End: Sendable, Hashable {
    /// It stands at its target and answers reads.
    case paused
    /// It takes writes from here, on a timeline of its own.
    case promoted
    /// It stopped at its target.
    case shutDown
    /// It gave up, and why.
    case failed(Reason)
  }

  /// Why a recovery gives up.
  public enum Reason: String, Sendable, Hashable {
    /// The log in the archive ends before the target.
    case targetNotReached = "recovery ended before configured recovery target was reached"
    /// The target lies before the end of the backup.
    case beforeConsistency = "requested recovery stop point is before consistent recovery point"
    /// The log in the archive ends before the backup is consistent.
    case inconsistent = "WAL ends before end of online backup"
    /// The backup is not on the branch that was asked for.
    case notOnBranch = "requested timeline is not a child of this server's history"
  }

  /// How it ended.
  public var end: End
  /// The rows, in order.
  public var rows: [Int]
  /// When the last commit that was applied was made; nil when none was.
  public var lastCommit: Instant?
  /// How far the log was replayed.
  public var position: Int
  /// How many bytes of log were replayed.
  public var replayed: Int
  /// The timeline that was followed.
  public var timeline: Int
}

/// A copy of the files of a database, taken while it runs.
///
/// It is usable only together with the log from its start to its stop.
public struct BaseBackup: Sendable, Hashable {
  /// The timeline it was taken on.
  public let timeline: Int
  /// Where the log stood when it began.
  public let start: Int
  /// Where it stood when it was done: from there on the copy is consistent.
  public let stop: Int
  /// The rows as of the start.
  public let rows: [Int]

  /// A base backup.
  public init(timeline: Int, start: Int, stop: Int, rows: [Int]) {
    self.timeline = timeline
    self.start = start
    self.stop = stop
    self.rows = rows
  }
}

/// Recovery of a base backup with the archived log up to a target.
///
/// **The rows are those of the primary just after the last commit that was applied.** A time stops
/// before the first commit after it (with inclusive off, also before commits at it); a transaction
/// or position stops after it (before it, with inclusive off); a name stops at its record. A target
/// that the log does not reach is a failure, not a short recovery.
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
    let history = archive.records(of: timeline)
    guard isAncestor(base, of: timeline, archive) else {
      result.end = .failed(.notOnBranch)
      return result
    }
    // Empty ends of segments hold nothing that a backup would need.
    let needed = history.last { $0.record.end <= base.stop }?.record.end ?? base.start
    var isReached = false
    for (branch, record) in history where record.start >= base.start {
      guard archive.isStored(record, on: branch) else { break }
      let isConsistent = result.position >= needed
      if stopsBefore(record, isConsistent, options) {
        isReached = true
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

  private static func apply(_ record: WALRecord, _ result: inout RecoveryResult) {
    switch record.change {
    case .insert(let row):
      result.rows.append(row)
      result.lastCommit = record.at
    case .drop:
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
    case .position(let place): return !options.isInclusive && record.start >= place
    }
  }

  private static func stopsAfter(_ record: WALRecord, _ options: RecoveryOptions) -> Bool {
    switch options.target {
    case .latest, .immediate, .time: false
    case .transaction(let number): options.isInclusive && record.transaction == number
    case .position(let place): options.isInclusive && record.start >= place
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

  private static func isAncestor(
    _ base: BaseBackup, of timeline: Int, _ archive: WALArchive
  ) -> Bool {
    var (branch, limit) = (timeline, Int.max)
    while archive.timelines.indices.contains(branch - 1) {
      if branch == base.timeline { return base.stop <= limit }
      guard let parent = archive.timelines[branch - 1].parent else { return false }
      limit = min(limit, archive.timelines[branch - 1].branchedAt)
      branch = parent
    }
    return false
  }
}
