import Kernel
import Patterns
import Recordings

/// Carries out the recorded steps of a failover, clause by clause, and knows what came of it.
struct FailoverStory {
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var pair: WALPair
  private var next = 1
  private var sent: [SessionID] = []
  private var replicaBeforeKill: [Int] = []
  private var afterPromote: [Int] = []
  private var writeAfterPromote = ""
  private var afterRestart: [Int] = []

  init(_ options: WALOptions) { pair = WALPair(options) }

  mutating func run(_ step: String) throws {
    let plain = step.replacing(#/\([^)]*\)/#, with: "")
    for clause in plain.split(whereSeparator: { ",;".contains($0) }) {
      try carryOut(clause.trimming(), in: step)
    }
  }

  private mutating func carryOut(_ clause: String, in step: String) throws {
    if let match = clause.firstMatch(of: #/^(\d+) (more )?(acknowledged )?inserts$/#) {
      for _ in 0..<(Int(match.1) ?? 0) {
        sent.append(pair.insert(next, .on, at: "p"))
        next += 1
        pair.pass(.milliseconds(2))
      }
      pair.pass(.milliseconds(10))
    } else if clause.hasPrefix("wait until the replica has all") {
      pair.pass(.seconds(1))
    } else if clause.hasPrefix("freeze the WAL sender") {
      pair.isFrozen = true
    } else if clause.contains("SIGCONT") || clause.hasPrefix("thaw") {
      pair.isFrozen = false
      pair.pass(.seconds(1))
    } else if clause.hasPrefix("SIGKILL the primary") {
      replicaBeforeKill = pair.rows("r1")
      pair.kill("p")
      pair.isFrozen = false
    } else if clause.hasPrefix("promote the replica") {
      pair.give(.promote, to: "r1")
      afterPromote = pair.rows("r1")
    } else if let match = clause.firstMatch(of: #/^insert row (\d+)$/#) {
      let session = pair.insert(Int(match.1) ?? 0, .on, at: "r1")
      pair.pass(.seconds(1))
      if case .done(let tag) = pair.replies[session] { writeAfterPromote = tag }
    } else if clause.hasPrefix("restart the old primary") {
      pair.restart("p")
      afterRestart = pair.rows("p")
    } else {
      throw Unreadable(description: "'\(clause)' in '\(step)'")
    }
  }

  /// What we have for a recorded fact.
  func value(of name: String, like expected: JSONText) throws -> JSONText {
    func extent(_ rows: [Int]) -> JSONText {
      .list([.number(rows.count), .number(rows.max() ?? 0)])
    }
    switch name {
    case "acked_on_primary": return .number(sent.count { pair.hasReturned($0) })
    case "replica_before_kill [count,max]": return extent(replicaBeforeKill)
    case "new_primary_after_promote": return extent(afterPromote)
    case "lost_acked_rows":
      let acknowledged = sent.filter { pair.hasReturned($0) }
      return .number(
        acknowledged.count { session in
          !afterPromote.contains { session.name == "p/\($0)" }
        })
    case "write_after_promote": return .text(writeAfterPromote)
    case "old_primary_after_crash_restart": return extent(afterRestart)
    case "split": return .text(split)
    default: throw Unreadable(description: "the fact '\(name)': \(expected)")
    }
  }

  private var split: String {
    let old = pair.rows("p").filter { !pair.rows("r1").contains($0) }
    let new = pair.rows("r1").filter { !pair.rows("p").contains($0) }
    return "\(Self.words(old)) only on the old primary, \(Self.words(new)) only on the new one"
  }

  private static func words(_ rows: [Int]) -> String {
    guard let first = rows.first, let last = rows.last else { return "no row" }
    return first == last ? "row \(first)" : "rows \(first)..\(last)"
  }
}

extension Substring {
  fileprivate func trimming() -> String {
    var text = self
    while text.first?.isWhitespace ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }
}
