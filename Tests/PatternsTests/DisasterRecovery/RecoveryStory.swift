import Kernel
import Patterns
import Recordings

/// Replays recorded steps of archiving and recovery on our own archive.
///
/// A step is a sentence; the kinds that are known are those of `run`.
struct RecoveryStory {
  /// What a name in the steps stands for.
  enum Note: Hashable {
    case time(Instant)
    case transaction(Int)
    case position(Int)
    case segment(WALArchive.Segment)
  }

  private(set) var database: ArchivedDatabase
  private(set) var observed: [String: JSONText] = [:]
  private(set) var unknown: [String] = []
  private var now = Instant.zero
  private var notes: [String: Note] = [:]
  private var backups: [String: BaseBackup] = [:]
  /// When each row was committed, and as which transaction.
  private var commits: [Int: (at: Instant, transaction: Int)] = [:]

  static let commitGap = TimeSpan.milliseconds(10)

  init(_ recording: Recording) {
    let set = recording.configuration["set"] ?? recording.configuration
    let timeout = set["archive_timeout"]?.double ?? 0
    database = ArchivedDatabase(archiveTimeout: timeout == 0 ? nil : TimeSpan(seconds: timeout))
  }

  /// Carries out a step; one of an unknown kind is noted, and nothing after it is believed.
  mutating func run(_ step: String) {
    let words = step.split(whereSeparator: { " ,();'\"".contains($0) }).map(String.init)
    let isKnown =
      switch words.first?.lowercased() {
      case "insert", "inserts": insert(words)
      case "base", "pg_basebackup": back(words, step)
      case "begin", "pg_backup_start": begin()
      case "end", "pg_backup_stop": finish(words.last ?? "b")
      case "restore", "pg_create_restore_point": name(words.last)
      case "note": note(words)
      case "drop": drop(words.count > 2 ? words[2] : "XD")
      case "switch", "pg_switch_wal": switchSegment()
      case "archive": refuse(words.last)
      case "remove": lose(words.last)
      case "lose": step == "lose the primary"
      case "wait": wait(words)
      case "recover": recover(words, serves: step.hasSuffix(" and serve"))
      case .some, .none: false
      }
    if !isKnown { unknown.append(step) }
  }

  private mutating func insert(_ words: [String]) -> Bool {
    guard words.count > 1 else { return false }
    let ends = words[1].split(separator: ".").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, first <= last else { return false }
    for row in first...last {
      pass(Self.commitGap)
      commits[row] = (now, database.commit(.insert(row), bytes: 200, at: now))
    }
    return true
  }

  private mutating func back(_ words: [String], _ step: String) -> Bool {
    let name =
      words.first == "base" ? words.last { $0 != "log" && $0 != "its" && $0 != "with" } : nil
    database.beginBackup(at: now)
    backups[name ?? "b"] = database.endBackup(
      carriesLog: words.first == "pg_basebackup" || step.hasSuffix("with its log"))
    return true
  }

  private mutating func begin() -> Bool {
    database.beginBackup(at: now)
    return true
  }

  private mutating func finish(_ name: String) -> Bool {
    backups[name] = database.endBackup(carriesLog: false)
    return backups[name] != nil
  }

  private mutating func name(_ word: String?) -> Bool {
    guard let word else { return false }
    database.commit(.restorePoint(word), bytes: 100, at: now)
    return true
  }

  /// `note time T`, `note commit time C of row 3`, `note xid X of row 3`, `note lsn L`,
  /// `note segment S`, `note ready LABEL`.
  private mutating func note(_ words: [String]) -> Bool {
    guard words.count > 2 else { return false }
    let row = words.last.flatMap { Int($0) }.flatMap { commits[$0] }
    switch words[1] {
    case "time":
      pass(.milliseconds(50))
      notes[words[2]] = .time(now)
      pass(.milliseconds(50))
    case "commit":
      guard words.count > 3, let row else { return false }
      notes[words[3]] = .time(row.at)
    case "xid":
      guard let row else { return false }
      notes[words[2]] = .transaction(row.transaction)
    case "lsn": notes[words[2]] = .position(database.log.end)
    case "segment": notes[words[2]] = .segment(database.log.openSegment)
    case "ready":
      observed[words[2]] = .object([("segments waiting", .number(database.archiver.backlog))])
    default: return false
    }
    return true
  }

  private mutating func drop(_ name: String) -> Bool {
    pass(Self.commitGap)
    notes[name] = .transaction(database.commit(.drop, bytes: 1_000, at: now))
    return true
  }

  private mutating func switchSegment() -> Bool {
    database.switchSegment()
    return true
  }

  private mutating func refuse(_ word: String?) -> Bool {
    guard word == "refuses" || word == "accepts" else { return false }
    database.refuse(word == "refuses")
    return true
  }

  private mutating func lose(_ name: String?) -> Bool {
    guard case .segment(let segment)? = name.flatMap({ notes[$0] }) else { return false }
    database.lose(segment)
    return true
  }

  private mutating func wait(_ words: [String]) -> Bool {
    guard words.count > 1, let seconds = Double(words[1]) else { return false }
    for _ in 0..<Int(seconds * 10) { pass(.milliseconds(100)) }
    return true
  }

  private mutating func pass(_ span: TimeSpan) {
    now += span
    database.pass(to: now)
  }

  /// `recover BACKUP as LABEL with setting=value ...`, and perhaps `and serve`.
  private mutating func recover(_ words: [String], serves: Bool) -> Bool {
    guard words.count > 3, let backup = backups[words[1]] else { return false }
    var options = RecoveryOptions()
    for word in words.dropFirst(4) where word.contains("=") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, Self.set(parts[0], parts[1], notes[parts[1]], in: &options) else {
        return false
      }
    }
    let result = database.recover(backup, options)
    observed[words[3]] = answer(result)
    if serves { database.serve(result) }
    return true
  }

  private static func set(
    _ name: String, _ text: String, _ note: Note?, in options: inout RecoveryOptions
  ) -> Bool {
    switch (name, note) {
    case ("recovery_target", _) where text == "immediate": options.target = .immediate
    case ("recovery_target_time", .time(let at)?): options.target = .time(at)
    case ("recovery_target_xid", .transaction(let number)?):
      options.target = .transaction(number)
    case ("recovery_target_lsn", .position(let place)?): options.target = .position(place)
    case ("recovery_target_name", _): options.target = .name(text)
    case ("recovery_target_inclusive", _): options.isInclusive = text == "on" || text == "true"
    case ("recovery_target_action", _):
      guard let action = RecoveryOptions.Action(rawValue: text) else { return false }
      options.action = action
    case ("recovery_target_timeline", _):
      if let number = Int(text) {
        options.branch = .number(number)
      } else {
        options.branch = text == "current" ? .current : .latest
      }
    default: return false
    }
    return true
  }

  private func answer(_ result: RecoveryResult) -> JSONText {
    let isDropped = database.log.records(of: result.timeline).contains { _, record in
      record.change == .drop && record.end <= result.position
    }
    let rows = JSONText.text(isDropped ? "no table" : RowRanges.text(result.rows))
    let shown: JSONText = result.isLocked ? .text("locked") : rows
    return switch result.end {
    case .paused:
      .object([("end", .text("paused")), ("rows", shown)])
    case .promoted:
      .object([
        ("end", .text("promoted")), ("rows", rows), ("timeline", .number(database.log.current + 1)),
      ])
    case .shutDown: .object([("end", .text("shut down"))])
    case .failed(let reason):
      .object([("end", .text("failed")), ("message", .text("\(reason)"))])
    }
  }
}

/// Rows as the recordings write them: `1..3, 7`.
enum RowRanges {
  static func text(_ rows: [Int]) -> String {
    var runs: [(first: Int, last: Int)] = []
    for row in rows {
      if let last = runs.last, row == last.last + 1 {
        runs[runs.count - 1].last = row
      } else {
        runs.append((row, row))
      }
    }
    guard !runs.isEmpty else { return "none" }
    return runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)..\($0.last)" }
      .joined(separator: ", ")
  }
}
