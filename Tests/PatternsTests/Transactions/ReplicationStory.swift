import Kernel
import Patterns
import Recordings
import Testing

/// Replays recorded steps of a primary and its standbys; `Recordings/record.py` says what they mean.
struct ReplicationStory {
  private(set) var cluster: WALCluster
  private(set) var observed: [String: JSONText] = [:]
  private(set) var unknown: [String] = []
  private var primary = "p"
  /// The session of each row that was tried, where and at which primary.
  private var sessions: [String: (id: SessionID, server: String)] = [:]
  /// The rows whose sessions waited when their server was killed.
  private var lost: Set<String> = []

  init(_ recording: Recording) throws {
    var options = WALOptions()
    options.synchronousStandbys = try Self.standbys(
      recording.configuration["synchronous_standby_names"]?.string ?? "")
    if let text = recording.configuration["wal_receiver_status_interval"]?.string {
      options.walReceiverStatusInterval = try #require(TimeSpan(text: text))
    }
    cluster = WALCluster(options, replicas: recording.configuration["replicas"]?.integer ?? 1)
    cluster.pass(.seconds(1))
  }

  /// What `(none)`, `(empty)` or the value of `synchronous_standby_names` stands for.
  static func standbys(_ text: String) throws -> SynchronousStandbys {
    let isEmpty = text == "(none)" || text == "(empty)"
    return try SynchronousStandbys.parsed(isEmpty ? "" : text)
  }

  /// Whether a step is one of those that `run` knows by its first words.
  static func knows(_ step: String) -> Bool {
    let changes = #/^(freeze|thaw|pause|resume|kill|start|promote) (p|r\d+)$/#
    let others = #/^(insert|try|cancel|see) \d|^(end of|rows of|states as|write on|point|require) /#
    return step.firstMatch(of: changes) != nil || step.firstMatch(of: others) != nil
  }

  /// Carries out a step; one of an unknown kind is noted, and nothing after it is believed.
  mutating func run(_ step: String) throws {
    let words = step.split(separator: " ").map(String.init)
    guard let verb = words.first, words.count > 1, let label = words.last,
      try carryOut(verb, words, label)
    else {
      unknown.append(step)
      return
    }
  }

  private mutating func carryOut(
    _ verb: String, _ words: [String], _ label: String
  ) throws -> Bool {
    switch (verb, words.count) {
    case ("insert", 4): return insert(words[1], label)
    case ("try", 6): return attempt(words[1], words[3], label)
    case ("end", 5): observed[label] = .text(end(of: words[2]))
    case ("cancel", 2):
      guard let session = sessions[words[1]] else { return false }
      cluster.give(.cancel(session.id), to: session.server)
    case ("see", 4):
      guard let row = Int(words[1]) else { return false }
      observed[label] = .object(cluster.up.map { ($0, .flag(cluster.sees(row, on: $0))) })
    case ("rows", 5): observed[label] = .text(RowRanges.text(cluster.rows(words[2]).sorted()))
    case ("states", 3):
      let states = cluster.servers[primary]?.standbyStates ?? []
      observed[label] = .object(states.map { ($0.name, .text($0.state.rawValue)) })
    case ("write", 5): return write(on: words[2], label)
    case ("point", 4):
      cluster.follow(words[1], words[3])
      cluster.pass(.seconds(3))
    case ("require", _):
      let names = try Self.standbys(words.dropFirst().joined(separator: " "))
      cluster.give(.reload(names), to: primary)
      cluster.pass(.seconds(1))
    case ("wait", 3):
      guard let seconds = Double(words[1]) else { return false }
      cluster.pass(TimeSpan(seconds: seconds))
    case (_, 2) where cluster.servers[label] != nil: return change(verb, label)
    default: return false
    }
    return true
  }

  private mutating func insert(_ span: String, _ level: String) -> Bool {
    let ends = span.split(separator: ".").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, first <= last,
      let level = SynchronousCommit(rawValue: level)
    else { return false }
    for row in first...last {
      let session = cluster.insert(row, level, at: primary)
      cluster.pass(.milliseconds(20))
      guard cluster.hasReturned(session) else { return false }
    }
    cluster.pass(.milliseconds(500))
    return true
  }

  private mutating func attempt(_ row: String, _ level: String, _ label: String) -> Bool {
    guard let number = Int(row), let level = SynchronousCommit(rawValue: level) else {
      return false
    }
    let session = cluster.insert(number, level, at: primary)
    sessions[row] = (session, primary)
    cluster.pass(.milliseconds(1_200))
    observed[label] = .text(cluster.hasReturned(session) ? "returns" : "waits")
    return true
  }

  private func end(of row: String) -> String {
    guard let session = sessions[row] else { return "never tried" }
    if cluster.warnings.contains(session.id) { return "returned with a warning" }
    if cluster.hasReturned(session.id) { return "returned" }
    return lost.contains(row) ? "connection lost" : "waits"
  }

  private mutating func write(on server: String, _ label: String) -> Bool {
    let session = cluster.insert(100_000, .on, at: server)
    cluster.pass(.seconds(1))
    switch cluster.replies[session] {
    case .done(let tag)?: observed[label] = .text(tag)
    case .failed(let error)?:
      observed[label] = .object([
        ("sqlstate", .text(error.state.rawValue)), ("error", .text(error.message)),
      ])
    default: return false
    }
    return true
  }

  private mutating func change(_ verb: String, _ server: String) -> Bool {
    switch verb {
    case "freeze": cluster.freeze(server)
    case "thaw": cluster.thaw(server)
    case "pause": cluster.give(.pauseReplay(true), to: server)
    case "resume": cluster.give(.pauseReplay(false), to: server)
    case "kill":
      for (row, session) in sessions where session.server == server { lost.insert(row) }
      cluster.kill(server)
    case "start": cluster.restart(server)
    case "promote":
      cluster.promote(server)
      primary = server
    default: return false
    }
    cluster.pass(.seconds(1))
    return true
  }
}
