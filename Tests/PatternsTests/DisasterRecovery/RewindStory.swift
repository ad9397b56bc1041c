import Kernel
import Patterns
import Recordings

/// Replays recorded steps of a primary `a` and its standby `b` that part and come together again.
struct RewindStory {
  private(set) var observed: [String: JSONText] = [:]
  private(set) var unknown: [String] = []
  private var log = WALArchive()
  private var transactions = 0
  /// Up to where `b` has the log of `a`; nil while it has all of it.
  private var cutAt: Int?
  /// The timeline and rows of `a`, once it no longer is what its own log says.
  private var rewound: [Int]?
  private let logsHints: Bool

  init(_ recording: Recording) {
    logsHints = recording.configuration["set"]?["wal_log_hints"]?.string == "on"
    log.checkpoint()
  }

  /// Carries out a step; one of an unknown kind is noted.
  mutating func run(_ step: String) {
    let words = step.split(separator: " ").map(String.init)
    let label = words.last ?? ""
    switch words.first {
    case "insert" where words.count == 4: insert(words[1])
    case "standby", "kill", "stop": break
    case "wait":
      // `wait until a has 115`: a follows, so it has the newest row.
      let rows = words[2] == "a" && log.current > 1 ? followed : rows(of: log.current)
      if rows.last.map(String.init) != label { unknown.append(step) }
    case "cut": cutAt = log.end
    case "promote": _ = log.branch(from: 1, at: cutAt ?? log.end)
    case "restart": observed[label] = .object([("rows", .text(RowRanges.text(rows(of: 1))))])
    case "follow": observed[label] = follow()
    case "rewind": observed[label] = rewind()
    case .some, .none: unknown.append(step)
    }
  }

  private mutating func insert(_ span: String) {
    let ends = span.split(separator: ".").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last else { return }
    for row in first...last {
      transactions += 1
      log.write(.insert(row), transaction: transactions, bytes: 200, at: .zero)
      if log.current > 1, rewound != nil { rewound?.append(row) }
    }
  }

  private func rows(of timeline: Int) -> [Int] {
    log.records(of: timeline).compactMap { _, record in
      if case .insert(let row) = record.change { row } else { nil }
    }
  }

  private var refusal: Resync.Refusal? {
    rewound == nil ? Resync.refusalToFollow(target: 1, source: log.current, in: log) : nil
  }

  /// What `a` has when it follows `b` as far as it can.
  private var followed: [Int] { refusal == nil ? rewound ?? rows(of: log.current) : rows(of: 1) }

  private func follow() -> JSONText {
    .object([
      ("message", refusal.map { JSONText.text("\($0)") }),
      ("rows", .text(RowRanges.text(followed))),
    ])
  }

  private mutating func rewind() -> JSONText {
    func answer(_ status: Int, _ lines: [String]) -> JSONText {
      .object([("exit", .number(status)), ("says", .list(lines.map { .text($0) }))])
    }
    if let refusal = Resync.refusalToRewind(logsHints: logsHints) {
      return answer(1, ["error: \(refusal)"])
    }
    let result = Resync.run(.rewind, target: 1, source: log.current, in: log, dataBytes: 1e6)
    let fork = "servers diverged at WAL location LSN on timeline 1"
    guard !result.isNeedless else { return answer(0, [fork, "no rewind required"]) }
    rewound = result.rows
    return answer(
      0, [fork, "rewinding from last common checkpoint at LSN on timeline 1", "Done!"])
  }
}
