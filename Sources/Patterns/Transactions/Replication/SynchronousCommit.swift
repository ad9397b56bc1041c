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

/// `synchronous_standby_names`: which standbys commits wait for.
///
/// Source: PostgreSQL documentation, 20.6.2; postgres/postgres, src/backend/replication/syncrep.c.
public struct SynchronousStandbys: Sendable, Hashable {
  /// Which of the listed standbys count.
  public enum Method: String, Sendable, Hashable {
    /// The first connected ones of the list.
    case first = "FIRST"
    /// Any of the list.
    case any = "ANY"
  }

  /// Which count.
  public var method: Method
  /// How many must have the record.
  public var count: Int
  /// The names, in order of priority; with none commits wait for no standby.
  public var names: [String]

  /// Standbys to wait for.
  public init(_ names: [String] = [], method: Method = .first, count: Int = 1) {
    precondition(count > 0, "commits wait for at least one standby of a list")
    self.method = method
    self.count = count
    self.names = names
  }

  /// The position that enough of the connected standbys have reached; nil when they are too few.
  func reached(_ positions: [(name: String, position: Int)]) -> Int? {
    let listed = names.compactMap { name in positions.first { $0.name == name }?.position }
    guard listed.count >= count else { return nil }
    switch method {
    case .first: return listed.prefix(count).min()
    case .any: return listed.sorted(by: >)[count - 1]
    }
  }
}
