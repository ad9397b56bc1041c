import Kernel

/// A database whose log is archived, with backups of it, and what can be recovered from them.
///
/// One server takes writes at a time. A recovery is a server beside it; when that one is let serve,
/// the one before has gone, and the log goes on on a new timeline.
public struct ArchivedDatabase: Sendable, Hashable {
  /// The log on all timelines, and the archive.
  public private(set) var log: WALArchive
  /// What ships it.
  public private(set) var archiver: WALArchiver
  /// The rows of the table, in order.
  public private(set) var rows: [Int] = []
  /// How many transactions were committed.
  public private(set) var transactions = 0
  /// Whether the archive takes nothing.
  public private(set) var isRefusing = false
  /// How many segments were given up because too many waited.
  public private(set) var givenUp = 0
  /// How much log may wait for the archive before all of it is given up, in bytes; nil is no limit.
  private let queueLimit: Double?
  private var begun: BaseBackup?

  /// An empty database.
  public init(
    archiveTimeout: TimeSpan? = nil, segmentSize: Int = 16_000_000, queueLimit: Double? = nil
  ) {
    self.queueLimit = queueLimit
    log = WALArchive(segmentSize: segmentSize)
    archiver = WALArchiver(timeout: archiveTimeout)
  }

  /// Commits a change, or gives the point a name; returns the number of the transaction.
  @discardableResult
  public mutating func commit(_ change: LoggedChange, bytes: Int, at now: Instant) -> Int {
    switch change {
    case .insert(let row):
      transactions += 1
      rows.append(row)
    case .drop, .damage:
      transactions += 1
      rows = []
    case .restorePoint: break
    }
    let number = if case .restorePoint = change { 0 } else { transactions }
    log.write(change, transaction: number, bytes: bytes, at: now)
    archiver.wrote(log, at: now)
    ship()
    return number
  }

  /// Lets the archiver look at the time.
  public mutating func pass(to now: Instant) {
    archiver.tick(&log, at: now)
    ship()
  }

  /// Closes the open segment as it is.
  public mutating func switchSegment() {
    archiver.close(&log)
    ship()
  }

  /// The archive takes segments, or refuses them; what waits is shipped in order.
  public mutating func refuse(_ isRefusing: Bool) {
    self.isRefusing = isRefusing
    ship()
  }

  /// A segment of the archive is lost.
  public mutating func lose(_ segment: WALArchive.Segment) { log.lose(segment) }

  private mutating func ship() {
    guard !isRefusing else {
      if let queueLimit, Double(archiver.backlog * log.segmentSize) > queueLimit {
        givenUp += archiver.giveUp()
      }
      return
    }
    while archiver.next() != nil {
      if let segment = archiver.ended(isGood: true) { log.store(segment) }
    }
  }

  /// A base backup begins, with a checkpoint.
  public mutating func beginBackup(at now: Instant) {
    begun = BaseBackup(timeline: log.current, start: log.end, stop: log.end, rows: rows)
    log.checkpoint(bytes: WALRecord.checkpointBytes)
    archiver.wrote(log, at: now)
  }

  /// It ends, which closes the open segment; nil when none had begun.
  public mutating func endBackup(carriesLog: Bool = true) -> BaseBackup? {
    guard let begun else { return nil }
    self.begun = nil
    let backup = BaseBackup(
      timeline: begun.timeline, start: begun.start, stop: log.end, rows: begun.rows,
      carriesLog: carriesLog)
    switchSegment()
    return backup
  }

  /// Recovers a backup on another server.
  public func recover(_ backup: BaseBackup, _ options: RecoveryOptions) -> RecoveryResult {
    PointInTimeRecovery.run(backup, from: log, options)
  }

  /// Lets a recovered server take the place of this one; returns its timeline.
  @discardableResult
  public mutating func serve(_ result: RecoveryResult) -> Int {
    let number = log.branch(from: result.timeline, at: result.position)
    rows = result.rows
    begun = nil
    archiver.promoted(log)
    return number
  }
}
