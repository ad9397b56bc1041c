import Kernel

/// Ships full segments of the log to an archive, one after the other, for ever.
///
///     filling ──full, or archive_timeout──▶ ready ──▶ uploading ──stored──▶ done
///                                             ▲            │
///                                             └── failed ──┘   (again after a minute)
///
/// **A segment is removed from the primary only after the archive has it.** While the archive
/// fails, segments pile up on the primary's disk.
///
/// Source: PostgreSQL documentation, 26.3.1; archive_mode off and archive_timeout 0 by default.
public struct WALArchiver: Sendable, Hashable {
  /// How long a segment may stay open with something in it (`archive_timeout`); nil is for ever.
  public let timeout: TimeSpan?
  /// A segment that waits for its upload.
  public struct Ready: Sendable, Hashable {
    /// The segment.
    public let segment: WALArchive.Segment
    /// When the first record in it was written.
    public let since: Instant
  }

  /// Segments that are full and not stored, oldest first.
  public private(set) var ready: [Ready] = []
  /// Whether the first of them is on its way.
  public private(set) var isUploading = false
  /// Uploads that failed.
  public private(set) var failures = 0
  private var openSince: Instant?
  private var open: WALArchive.Segment
  private let shortcut: RecoveryShortcut?

  /// An archiver of a new log.
  public init(timeout: TimeSpan?, shortcut: RecoveryShortcut? = nil) {
    self.timeout = timeout
    self.shortcut = shortcut
    open = WALArchive.Segment(timeline: 1, number: 0)
  }

  /// Takes note of a record that was written.
  public mutating func wrote(_ log: WALArchive, at now: Instant) {
    let before = openSince
    if openSince == nil { openSince = now }
    guard log.openSegment != open else { return }
    for number in open.number..<max(open.number + 1, log.openSegment.number) {
      ready.append(
        Ready(
          segment: WALArchive.Segment(timeline: open.timeline, number: number),
          since: before ?? now))
    }
    open = log.openSegment
    openSince = log.end % log.segmentSize == 0 ? nil : now
  }

  /// Closes the open segment when it has waited long enough.
  public mutating func tick(_ log: inout WALArchive, at now: Instant) {
    guard let timeout, let since = openSince, now - since >= timeout else { return }
    close(&log)
  }

  /// Closes the open segment as it is, if there is something in it (`pg_switch_wal`).
  ///
  /// The end of a base backup does so too, since the backup needs what lies there.
  ///
  /// Source: PostgreSQL documentation, 9.27.3, pg_backup_stop and pg_switch_wal.
  public mutating func close(_ log: inout WALArchive) {
    guard let since = openSince else { return }
    ready.append(Ready(segment: open, since: since))
    log.switchSegment()
    open = log.openSegment
    openSince = nil
  }

  /// Gives up everything that waits, as if it had been stored; returns how many segments went.
  ///
  /// Better a hole in the archive than a primary with a full disk, says a tool that does this.
  ///
  /// Source: pgBackRest 2.45, archive-push-queue-max.
  public mutating func giveUp() -> Int {
    let count = ready.count
    ready = []
    isUploading = false
    return count
  }

  /// The log goes on on another timeline; what was open is left behind.
  public mutating func promoted(_ log: WALArchive) {
    open = log.openSegment
    openSince = nil
    ready = []
    isUploading = false
  }

  /// The next upload to begin, or nil.
  public mutating func next() -> WALArchive.Segment? {
    guard !isUploading, let first = ready.first else { return nil }
    isUploading = true
    return first.segment
  }

  /// The upload under way ended; returns the segment that the archive has now.
  public mutating func ended(isGood: Bool) -> WALArchive.Segment? {
    guard isUploading else { return nil }
    isUploading = false
    if !isGood {
      failures += 1
      if shortcut == .archivesEarly { ready.removeFirst() }
      return nil
    }
    return ready.removeFirst().segment
  }

  /// Since when something written is not in the archive; nil when everything is.
  public var oldestUnarchived: Instant? { ready.first?.since ?? openSince }

  /// How much of the log waits on the primary, in segments.
  public var backlog: Int { ready.count }
}
