import Kernel
import Patterns
import Recordings

/// Carries out the recorded steps of a failover, clause by clause, and knows what came of it.
struct FailoverStory {
  private(set) var cluster: WALCluster
  /// Clauses that nobody here knows; nothing after the first is believed.
  private(set) var unknown: [String] = []
  private let replicas: [String]
  private var heir = "r1"
  private var next = 1
  private var sent: [SessionID] = []
  private var replicaBeforeKill: [Int] = []
  private var afterPromote: [Int] = []
  private var writeAfterPromote = ""
  private var afterRestart: [Int] = []

  init(_ recording: Recording) throws {
    var options = WALOptions()
    options.synchronousStandbys = try ReplicationStory.standbys(
      recording.configuration["synchronous_standby_names"]?.string ?? "")
    let count = recording.configuration["replicas"]?.integer ?? 1
    replicas = WALCluster.names(count)
    cluster = WALCluster(options, replicas: count)
    cluster.pass(.seconds(1))
  }

  mutating func run(_ step: String) {
    let plain = step.replacing(#/\([^)]*\)/#, with: "")
    for clause in plain.split(whereSeparator: { ",;".contains($0) }) where unknown.isEmpty {
      let text = clause.trimming()
      if !carryOut(text.hasPrefix("then ") ? String(text.dropFirst(5)) : text) {
        unknown.append("'\(text)' in '\(step)'")
      }
    }
  }

  /// The replicas that a clause names, or else all.
  private func named(_ clause: String) -> [String] {
    let found = replicas.filter { name in
      clause.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains { $0 == name }
    }
    return found.isEmpty ? replicas : found
  }

  private mutating func carryOut(_ clause: String) -> Bool {
    let inserts =
      #/
        ^(\d+|one|an?)\ (more\ )?(acknowledged\ |unacknowledged\ |waiting\ )?
        (inserts?|commits?)(\ at\ (\w+))?(\ wait.*)?$
      /#
    if let match = clause.firstMatch(of: inserts) {
      let level = match.6.map { SynchronousCommit(rawValue: String($0)) } ?? .on
      guard let level else { return false }
      insert(Int(match.1) ?? 1, level)
    } else if clause.firstMatch(of: #/^wait until .*replicas? (has|have) all/#) != nil {
      cluster.pass(.seconds(1))
    } else if clause.firstMatch(of: #/^(freeze|stop) .*WAL (sender|receiver)/#) != nil {
      for replica in named(clause) { cluster.freeze(replica) }
    } else if clause.contains("SIGCONT") || clause.hasPrefix("thaw") {
      for replica in named(clause) { cluster.thaw(replica) }
      cluster.pass(.seconds(1))
    } else if clause.firstMatch(of: #/^(SIGKILL|kill|crash) the primary/#) != nil {
      replicaBeforeKill = cluster.rows(heir)
      cluster.kill("p")
    } else if clause.firstMatch(of: #/^promote (the (first )?replica|r\d+)/#) != nil {
      heir = named(clause)[0]
      cluster.promote(heir)
      afterPromote = cluster.rows(heir)
    } else if let match = clause.firstMatch(of: #/^insert row (\d+)$/#) {
      let session = cluster.insert(Int(match.1) ?? 0, .on, at: heir)
      cluster.pass(.seconds(1))
      if case .done(let tag) = cluster.replies[session] { writeAfterPromote = tag }
    } else if clause.firstMatch(of: #/^(re)?start the old primary/#) != nil {
      cluster.restart("p")
      afterRestart = cluster.rows("p")
    } else {
      return false
    }
    return true
  }

  private mutating func insert(_ count: Int, _ level: SynchronousCommit) {
    for _ in 0..<count {
      sent.append(cluster.insert(next, level, at: "p"))
      next += 1
      cluster.pass(.milliseconds(2))
    }
    cluster.pass(.milliseconds(10))
  }

  /// What we have for a recorded fact; nil when nobody here knows it.
  func value(of name: String) -> JSONText? {
    func extent(_ rows: [Int]) -> JSONText {
      .list([.number(rows.count), .number(rows.max() ?? 0)])
    }
    switch name {
    case "acked_on_primary": return .number(sent.count { cluster.hasReturned($0) })
    case "replica_before_kill [count,max]": return extent(replicaBeforeKill)
    case "new_primary_after_promote": return extent(afterPromote)
    case "lost_acked_rows":
      let acknowledged = sent.filter { cluster.hasReturned($0) }
      return .number(
        acknowledged.count { session in
          !afterPromote.contains { session.name == "p/\($0)" }
        })
    case "write_after_promote": return .text(writeAfterPromote)
    case "old_primary_after_crash_restart": return extent(afterRestart)
    case "split": return .text(split)
    default: return nil
    }
  }

  private var split: String {
    let old = cluster.rows("p").filter { !cluster.rows(heir).contains($0) }
    let new = cluster.rows(heir).filter { !cluster.rows("p").contains($0) }
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
