import Kernel

/// A change that a commit brings.
public enum LoggedChange: Sendable, Hashable {
  /// A row is added.
  case insert(Int)
  /// The table is dropped, with every row in it.
  case drop
  /// Nothing changes: the point has a name (`pg_create_restore_point`).
  case restorePoint(String)
}

/// A record of the write-ahead log.
public struct WALRecord: Sendable, Hashable {
  /// Where it begins, in bytes from the beginning of the log.
  public let start: Int
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
    let record = WALRecord(
      start: end, end: end + bytes, transaction: transaction, at: now, change: change)
    timelines[current - 1].records.append(record)
    end += bytes
    return record
  }

  /// Goes on in the next segment: the rest of this one stays empty.
  public mutating func switchSegment() {
    end = (end + segmentSize - 1) / segmentSize * segmentSize
  }

  /// The segment that the log ends in.
  public var openSegment: Segment { Segment(timeline: current, number: end / segmentSize) }

  /// Puts a segment into the archive.
  public mutating func store(_ segment: Segment) { stored.insert(segment) }

  /// Whether a segment lies in the archive.
  public func has(_ segment: Segment) -> Bool { stored.contains(segment) }

  /// Begins a new timeline at `position`, as a promotion there does; returns its number.
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

  /// Whether every segment of a record lies in the archive.
  public func isStored(_ record: WALRecord, on timeline: Int) -> Bool {
    let last = max(record.start, record.end - 1) / segmentSize
    return (record.start / segmentSize...last).allSatisfy {
      has(Segment(timeline: timeline, number: $0))
    }
  }
}
