/// `synchronous_commit`: what a commit waits for before it is answered.
///
/// Source: PostgreSQL documentation, 20.5.1, synchronous_commit.
public enum SynchronousCommit: String, Sendable, Hashable, CaseIterable {
  /// Nothing: not even the own disk.
  case off
  /// The own disk.
  case local
  /// Also that synchronous standbys have written it out to their operating system.
  case remoteWrite = "remote_write"
  /// Also that they have flushed it to disk.
  case on
  /// Also that they have applied it, so that queries there see it.
  case remoteApply = "remote_apply"
}

/// How far a server has come with the log, in records from its beginning.
public struct WALPositions: Sendable, Hashable {
  /// Written to the operating system.
  public var write: Int
  /// Safe on disk.
  public var flush: Int
  /// Applied, so that queries see it.
  public var apply: Int

  /// Positions.
  public init(write: Int = 0, flush: Int = 0, apply: Int = 0) {
    self.write = write
    self.flush = flush
    self.apply = apply
  }

  /// The position that a commit at `level` waits for at a standby; nil when it waits for none.
  func awaited(by level: SynchronousCommit) -> Int? {
    switch level {
    case .off, .local: nil
    case .remoteWrite: write
    case .on: flush
    case .remoteApply: apply
    }
  }
}
