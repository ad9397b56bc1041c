import Kernel

/// A change that a commit brings.
public enum LoggedChange: Sendable, Hashable {
  /// A row is added.
  case insert(Int)
  /// The table is dropped, with every row in it.
  case drop
  /// Every row that is there becomes wrong; the database takes it for a change like any other.
  case damage
  /// Nothing changes: the point has a name (`pg_create_restore_point`).
  case restorePoint(String)
}

/// What one transaction writes to the log: its change and then its commit record.
///
/// Until the commit record is replayed nobody sees the change.
public struct WALRecord: Sendable, Hashable {
  /// How long a commit record is, in bytes; a restore point has none.
  ///
  /// Source: pg_waldump of PostgreSQL 15.18, the commit of one insert.
  public static let commitBytes = 34
  /// How long the record of a checkpoint is, in bytes.
  ///
  /// Source: pg_waldump of PostgreSQL 15.18.
  public static let checkpointBytes = 114

  /// Where it begins, in bytes from the beginning of the log.
  public let start: Int
  /// Where its commit record begins; where it begins itself, when it has no change before that.
  public let commit: Int
  /// Where it ends.
  public let end: Int
  /// The transaction that it commits; 0 for a restore point.
  public let transaction: Int
  /// When it was committed.
  public let at: Instant
  /// What it brings.
  public let change: LoggedChange
}

/// A branch of history: it leaves its parent where a server was promoted.
public struct Timeline: Sendable, Hashable {
  /// Its number, from 1.
  public let number: Int
  /// The branch that it leaves; nil for the first.
  public let parent: Int?
  /// Where it leaves it.
  public let branchedAt: Int
  /// Its records, in order.
  public internal(set) var records: [WALRecord] = []
  /// Where checkpoints were made on it, in order.
  public internal(set) var checkpoints: [Int] = []
}

/// A log in segments, on all its timelines, and which segments lie in the archive.
///
/// **A record can be replayed from the archive only if its whole segment is there.** Segments are
/// named by timeline and number, and are never overwritten by another of the same name.
///
/// Source: PostgreSQL documentation, chapter 26.3, continuous archiving; 16 MB a segment.
public struct WALArchive: Sendable, Hashable {
  /// A segment's name.
  public struct Segment: Sendable, Hashable {
    /// The timeline.
    public let timeline: Int
    /// The number, from 0.
    public let number: Int

    /// A segment.
    public init(timeline: Int, number: Int) {
      self.timeline = timeline
      self.number = number
    }
  }

  /// How long a segment is.
  public let segmentSize: Int
  /// All timelines, in the order of their numbers.
  public private(set) var timelines = [Timeline(number: 1, parent: nil, branchedAt: 0)]
  /// Where the log ends on the newest timeline.
  public private(set) var end = 0
  private var stored: Set<Segment> = []

  /// An empty log.
  public init(segmentSize: Int = 16_000_000) { self.segmentSize = segmentSize }

  /// The newest timeline.
  public var current: Int { timelines.count }

  /// Writes a record of `bytes` on the newest timeline.
  @discardableResult
  public mutating func write(
    _ change: LoggedChange, transaction: Int, bytes: Int, at now: Instant
  ) -> WALRecord {
    let commit: Int =
      switch change {
      case .insert, .drop, .damage: max(end, end + bytes - WALRecord.commitBytes)
      case .restorePoint: end
      }
    let record = WALRecord(
      start: end, commit: commit, end: end + bytes, transaction: transaction, at: now,
      change: change)
    timelines[current - 1].records.append(record)
    end += bytes
    return record
  }

  /// Makes a checkpoint: every change up to here is in the data files.
  ///
  /// Its own record takes `bytes`; where nothing is said it is not counted in the log's length.
  public mutating func checkpoint(bytes: Int = 0) {
    timelines[current - 1].checkpoints.append(end)
    end += bytes
  }

  /// Goes on in the next segment: the rest of this one stays empty.
  public mutating func switchSegment() {
    end = (end + segmentSize - 1) / segmentSize * segmentSize
  }

  /// The segment that the log ends in.
  public var openSegment: Segment { Segment(timeline: current, number: end / segmentSize) }

  /// Puts a segment into the archive.
  public mutating func store(_ segment: Segment) { stored.insert(segment) }

  /// Loses a segment of the archive.
  public mutating func lose(_ segment: Segment) { stored.remove(segment) }

  /// Whether a segment lies in the archive.
  public func has(_ segment: Segment) -> Bool { stored.contains(segment) }

  /// Begins a new timeline at `position`, as a promotion there does; returns its number.
  @discardableResult
  public mutating func branch(from timeline: Int, at position: Int) -> Int {
    timelines.append(
      Timeline(number: current + 1, parent: timeline, branchedAt: position))
    end = position
    return current
  }

  /// The records that lead to the end of `timeline`, oldest first, with the timeline of each.
  public func records(of timeline: Int) -> [(timeline: Int, record: WALRecord)] {
    guard timelines.indices.contains(timeline - 1) else { return [] }
    let branch = timelines[timeline - 1]
    let before = branch.parent.map { records(of: $0) } ?? []
    return before.filter { $0.record.end <= branch.branchedAt }
      + branch.records.map { (timeline, $0) }
  }

  /// The timelines from the first to `timeline`, each the parent of the next.
  public func path(to timeline: Int) -> [Timeline] {
    guard timelines.indices.contains(timeline - 1) else { return [] }
    let branch = timelines[timeline - 1]
    return (branch.parent.map { path(to: $0) } ?? []) + [branch]
  }

  /// Whether recovery along `path` can read the bytes from `start` to `end`, written on `timeline`.
  ///
  /// The first segment of a branch holds a copy of what its parent wrote there up to the branch, so
  /// that either will do.
  ///
  /// Source: postgres/postgres src/backend/access/transam/xlogrecovery.c, XLogFileReadAnyTLI.
  public func canRead(
    from start: Int, to end: Int, on timeline: Int, along path: [Timeline]
  ) -> Bool {
    let last = max(start, end - 1) / segmentSize
    return (start / segmentSize...last).allSatisfy { number in
      path.contains { branch in
        branch.number >= timeline && branch.branchedAt / segmentSize <= number
          && has(Segment(timeline: branch.number, number: number))
      }
    }
  }
}
