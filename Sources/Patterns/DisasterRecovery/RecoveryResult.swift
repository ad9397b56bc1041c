import Kernel

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
  public enum Reason: Sendable, Hashable {
    /// The log in the archive ends before the target.
    case targetNotReached
    /// The target lies before the end of the backup.
    case beforeConsistency
    /// The log in the archive ends before the backup is consistent.
    case inconsistent
    /// The log in the archive lacks the segment that the backup begins in.
    case noCheckpoint
    /// The backup was taken after the timeline that was asked for had left the backup's.
    case notChild(Int)
    /// The backup's timeline, given here, does not lead to the one that was asked for.
    case notInHistory(Int)
    /// There is no such timeline.
    case noSuchTimeline(Int)
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
  /// Whether the table cannot be read while recovery stands still, since the drop that it stopped
  /// before has the lock already.
  public var isLocked = false
}

extension RecoveryResult.Reason: CustomStringConvertible {
  /// The server's own words.
  public var description: String {
    switch self {
    case .targetNotReached: "recovery ended before configured recovery target was reached"
    case .beforeConsistency:
      "requested recovery stop point is before consistent recovery point"
    case .inconsistent: "WAL ends before end of online backup"
    case .noCheckpoint: "could not locate required checkpoint record"
    case .notChild(let number):
      "requested timeline \(number) is not a child of this server's history"
    case .notInHistory(let number):
      "requested timeline \(number) is not in this server's history"
    case .noSuchTimeline(let number): "recovery target timeline \(number) does not exist"
    }
  }
}
