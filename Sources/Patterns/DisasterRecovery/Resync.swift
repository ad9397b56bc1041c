import Kernel

/// How an old primary is made a copy of the new one.
public enum ResyncMethod: String, Sendable, Hashable, CaseIterable {
  /// Take back the pages it changed since the histories parted, and replay the new history.
  case rewind
  /// Throw everything away and copy all of it.
  case full
}

/// What making an old primary follow the new one came to.
public struct ResyncResult: Sendable, Hashable {
  /// The rows of the old primary afterwards.
  public let rows: [Int]
  /// What only the old primary had: it is gone from there now, and nothing else names it.
  public let diverged: [WALRecord]
  /// Where the histories parted, in bytes of log.
  public let forkedAt: Int
  /// The last checkpoint before that, from which the log is read.
  public let checkpoint: Int
  /// How many bytes of data files were copied.
  public let copiedBytes: Double
  /// How many bytes of log were replayed.
  public let replayedBytes: Int
  /// Whether there was nothing to take back.
  public var isNeedless: Bool { diverged.isEmpty }
}

/// Makes an old primary, which went on by itself for a while, a copy of the server that replaced it.
///
/// It does not merge. Rewind reads the old log from the last checkpoint before the fork, fetches
/// every page that it changed from the new primary, and replays the new log from there. **The old
/// server is then row for row the new one, and what it had alone is reported.**
///
/// Source: PostgreSQL documentation, pg_rewind, "How It Works".
public enum Resync {
  /// How large a page is, in bytes.
  public static let pageBytes = 8_192

  /// Resynchronises `target`, a timeline that ended, with `source`, which left it somewhere.
  ///
  /// `dataBytes` is how large the whole database is.
  public static func run(
    _ method: ResyncMethod, target: Int, source: Int, in log: WALArchive, dataBytes: Double,
    shortcut: RecoveryShortcut? = nil
  ) -> ResyncResult {
    let path = log.path(to: source)
    let place = path.firstIndex { $0.number == target } ?? 0
    let fork = path[(place + 1)...].map(\.branchedAt).min() ?? log.end
    let old = log.records(of: target).map(\.record)
    let new = log.records(of: source).map(\.record)
    let diverged = old.filter { $0.end > fork }
    let checkpoint =
      log.path(to: target).flatMap(\.checkpoints).filter { $0 <= fork }.max() ?? 0
    let toReplay = new.filter { $0.end > checkpoint }
    let serving = Heap(new)
    if method == .full {
      return ResyncResult(
        rows: serving.rows, diverged: diverged, forkedAt: fork, checkpoint: checkpoint,
        copiedBytes: dataBytes, replayedBytes: 0)
    }
    var copy = Heap(old)
    // Without a fork the old server only has to catch up. A file that it removed comes back whole.
    let isFileGone = diverged.contains { $0.change == .drop || $0.change == .damage }
    let pages =
      diverged.isEmpty
      ? [] : (isFileGone ? serving.pages(changedFrom: 0) : copy.pages(changedFrom: checkpoint))
    if isFileGone {
      copy = serving
    } else if shortcut != .keepsDiverged {
      copy.take(pages, from: serving)
    }
    let places = serving.places
    for record in toReplay { copy.replay(record, at: places) }
    return ResyncResult(
      rows: copy.rows, diverged: diverged, forkedAt: fork, checkpoint: checkpoint,
      copiedBytes: Double(pages.count * pageBytes),
      replayedBytes: toReplay.reduce(0) { $0 + $1.end - $1.start })
  }
}

extension Resync {
  /// Why a server cannot follow another, or cannot be rewound.
  public enum Refusal: Sendable, Hashable {
    /// It has log of its own beyond the place where the other's timeline began.
    case forkedBefore(new: Int, old: Int)
    /// Not every changed page shows in its log.
    case noHints
  }

  /// Why the server of `target` cannot simply replay the log of `source`; nil when it can.
  public static func refusalToFollow(
    target: Int, source: Int, in log: WALArchive
  ) -> Refusal? {
    let path = log.path(to: source)
    guard let place = path.firstIndex(where: { $0.number == target }), place + 1 < path.count
    else { return nil }
    let next = path[place + 1]
    let isBeyond = log.records(of: target).contains { $0.record.end > next.branchedAt }
    return isBeyond ? .forkedBefore(new: next.number, old: target) : nil
  }

  /// Why it cannot be rewound; hint bits change pages outside the log unless they are logged.
  ///
  /// Source: PostgreSQL documentation, pg_rewind: wal_log_hints, off by default, or checksums.
  public static func refusalToRewind(logsHints: Bool) -> Refusal? { logsHints ? nil : .noHints }
}

extension Resync.Refusal: CustomStringConvertible {
  /// The server's own words.
  public var description: String {
    switch self {
    case .forkedBefore(let new, let old):
      "new timeline \(new) forked off current database system timeline \(old) before current "
        + "recovery point"
    case .noHints:
      "target server needs to use either data checksums or \"wal_log_hints = on\""
    }
  }
}

/// The data files of one table: rows one after the other, each where the ones before it end.
private struct Heap {
  /// A row and where it lies.
  struct Entry {
    let row: Int
    let offset: Int
    let bytes: Int
    let writtenAt: Int

    var pages: ClosedRange<Int> {
      offset / Resync.pageBytes...(offset + max(1, bytes) - 1) / Resync.pageBytes
    }
  }

  private var entries: [Entry] = []

  init(_ records: [WALRecord]) {
    var end = 0
    for record in records {
      switch record.change {
      case .insert(let row):
        entries.append(
          Entry(
            row: row, offset: end, bytes: record.end - record.start, writtenAt: record.start))
        end += record.end - record.start
      case .drop, .damage: entries = []
      case .restorePoint: break
      }
    }
  }

  var rows: [Int] { entries.map(\.row) }

  /// The numbers of the pages that were written since a position of the log, ascending.
  func pages(changedFrom position: Int) -> [Int] {
    var pages: [Int] = []
    for entry in entries where entry.writtenAt >= position {
      let last = pages.last ?? -1
      pages += entry.pages.drop { $0 <= last }
    }
    return pages
  }

  /// Takes pages as they are in another copy.
  mutating func take(_ pages: [Int], from source: Heap) {
    let taken = Set(pages)
    entries.removeAll { $0.pages.contains { taken.contains($0) } }
    entries += source.entries.filter { $0.pages.contains { taken.contains($0) } }
    entries.sort { $0.offset < $1.offset }
  }

  /// Where each row lies.
  var places: [Int: Entry] { Dictionary(entries.map { ($0.row, $0) }) { $1 } }

  /// Does again what a record of another copy's log did, at the place where it was done there.
  mutating func replay(_ record: WALRecord, at places: [Int: Entry]) {
    switch record.change {
    case .insert(let row):
      guard let entry = places[row] else { return }
      let isLast = (entries.last?.offset ?? -1) < entry.offset
      let place =
        isLast
        ? entries.count : entries.firstIndex { $0.offset >= entry.offset } ?? entries.count
      // A place that is taken keeps its row: the log says nothing of what should not be there.
      if place < entries.count, entries[place].offset == entry.offset { return }
      entries.insert(entry, at: place)
    case .drop, .damage: entries = []
    case .restorePoint: break
    }
  }
}
