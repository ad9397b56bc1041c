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
