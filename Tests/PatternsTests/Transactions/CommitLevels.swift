import Kernel
import Patterns
import Recordings
import Testing

/// Replays a recording of what commits at each level do while replicas are in some state.
struct CommitLevels {
  private let options: WALOptions
  private let replicas: [String]

  init(_ recording: Recording) throws {
    var options = WALOptions()
    options.synchronousStandbys = try ReplicationStory.standbys(
      recording.configuration["synchronous_standby_names"]?.string ?? "")
    self.options = options
    replicas = WALCluster.names(recording.configuration["replicas"]?.integer ?? 1)
  }

  private var cluster: WALCluster { WALCluster(options, replicas: replicas.count) }

  /// Replays one row of what was observed; false when it is of a kind nobody here knows.
  func replay(_ row: JSONText) throws -> Bool {
    let cells = try #require(row.items)
    let state = try #require(cells.first?.string)
    if state.hasPrefix("write on") {
      try writeOnReplica(cells)
    } else if state.hasPrefix("pg_is_in_recovery") {
      for (cell, server) in zip(cells.dropFirst(), ["p"] + replicas) {
        let isStandby = cluster.servers[server]?.role == .standby
        #expect(cell.agrees(with: .list([.list([.flag(isStandby)])])))
      }
    } else {
      guard cells.count == 2, let start = start(state) else { return false }
      for level in cells[1].members {
        guard let name = SynchronousCommit(rawValue: level.name) else { return false }
        check(name, level.value, state, start)
      }
    }
    return true
  }

  private func writeOnReplica(_ cells: [JSONText]) throws {
    var cluster = cluster
    let session = cluster.insert(1, .on, at: "r1")
    guard case .failed(let error) = try #require(cluster.replies[session]) else {
      Issue.record("a replica took a write")
      return
    }
    #expect(cells[1]["sqlstate"]?.string == error.state.rawValue)
    #expect(cells[1]["error"]?.string == error.message)
  }

  /// The replicas that a state names, in words or by name, or else all.
  private func named(_ state: String) -> [String] {
    let words = state.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
    let found = replicas.filter(words.contains)
    if !found.isEmpty { return found }
    for (place, word) in ["first", "second", "third"].enumerated()
    where words.contains(word) && place < replicas.count {
      return [replicas[place]]
    }
    return words.contains("one") ? Array(replicas.prefix(1)) : replicas
  }

  /// The servers in the state called `state`; nil when nobody here knows it.
  private func start(_ state: String) -> WALCluster? {
    var cluster = cluster
    cluster.pass(.seconds(1))
    for part in state.split(separator: ",").map(String.init) {
      for replica in named(part) {
        switch part {
        case "normal": break
        case let part where part.contains("replay paused"):
          cluster.give(.pauseReplay(true), to: replica)
        case let part where part.contains("stopped") || part.contains("frozen"):
          cluster.freeze(replica)
        case let part where part.contains("down") || part.contains("killed"): cluster.kill(replica)
        case let part where part.contains("up") || part.contains("back"): break
        default: return nil
        }
      }
    }
    cluster.pass(.seconds(1))
    return cluster
  }

  private func check(
    _ level: SynchronousCommit, _ expected: JSONText, _ state: String, _ start: WALCluster
  ) {
    var cluster = start
    let about = "\(state), \(level.rawValue)"
    let session = cluster.insert(7, level, at: "p")
    cluster.pass(.milliseconds(1_200))
    let commit = cluster.hasReturned(session) ? "returns" : "waits"
    #expect(expected["commit"]?.string == commit, "\(about)")
    let visible = expected["visible_on_replica_at_once"] ?? .null
    for (replica, seen) in zip(replicas, visible.items ?? [visible]) {
      guard let seen = seen.integer else { continue }
      #expect((seen == 1) == cluster.sees(7, on: replica), "\(about), \(replica)")
    }
    for replica in visible.members {
      guard let seen = replica.value.integer else { continue }
      #expect((seen == 1) == cluster.sees(7, on: replica.name), "\(about), \(replica.name)")
    }
    if let seen = expected["row_visible_on_primary_while_waiting"]?.integer {
      #expect((seen == 1) == cluster.sees(7, on: "p"), "\(about)")
    }
    if let end = expected["after_cancel"]?.string {
      cluster.give(.cancel(session), to: "p")
      #expect((end == "committed") == cluster.hasReturned(session), "\(about)")
      #expect(cluster.warnings.contains(session), "\(about)")
      let seen = cluster.sees(7, on: "p") ? 1 : 0
      #expect(expected["row_on_primary_after_cancel"]?.integer == seen, "\(about)")
    }
    #expect(cluster.violation == nil)
  }
}
