/// A copy of the files of a database, taken while it runs.
///
/// It is usable only together with the log from its start to its stop; a backup may carry that log
/// itself (`pg_basebackup --wal-method=stream`, the default) or leave it to the archive (`none`).
public struct BaseBackup: Sendable, Hashable {
  /// The timeline it was taken on.
  public let timeline: Int
  /// Where the log stood when it began.
  public let start: Int
  /// Where it stood when it was done: from there on the copy is consistent.
  public let stop: Int
  /// The rows as of the start.
  public let rows: [Int]
  /// Whether the log from start to stop lies with it.
  public let carriesLog: Bool

  /// A base backup.
  public init(timeline: Int, start: Int, stop: Int, rows: [Int], carriesLog: Bool = true) {
    self.timeline = timeline
    self.start = start
    self.stop = stop
    self.rows = rows
    self.carriesLog = carriesLog
  }
}
