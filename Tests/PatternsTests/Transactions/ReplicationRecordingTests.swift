import Kernel
import Patterns
import Recordings
import Testing

/// What commits wait for, and what an asynchronous failover loses, as recorded.
@Suite("PostgreSQL replication as recorded")
struct ReplicationRecordingTests {
  private func options(_ recording: Recording) throws -> WALOptions {
    var options = WALOptions()
    let text = recording.configuration["synchronous_standby_names"]?.string ?? "(empty)"
    options.synchronousStandbys = try Self.standbys(text)
    return options
  }

  /// Reads `r1`, `FIRST 1 (a, b)`, `ANY 1 (a, b)` or `(empty)`.
  private static func standbys(_ text: String) throws -> SynchronousStandbys {
    guard text != "(empty)", !text.isEmpty else { return SynchronousStandbys() }
    let words = text.split(whereSeparator: { " (),".contains($0) }).map(String.init)
    let method = SynchronousStandbys.Method(rawValue: words[0].uppercased())
    guard let method else { return SynchronousStandbys(words) }
    let count = try #require(Int(words[1]))
    return SynchronousStandbys(Array(words.dropFirst(2)), method: method, count: count)
  }

  @Test(
    "each level waits for what it is recorded to wait for, in each state of the replica",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("postgresql-synchronous-commit"))
  func levels(recording: Recording) throws {
    let rows = try #require(recording.observed.items)
    #expect(!rows.isEmpty)
    for row in rows {
      let cells = try #require(row.items)
      let state = try #require(cells.first?.string)
      if state == "write on replica" {
        var pair = WALPair(try options(recording))
        let session = pair.insert(1, .on, at: "r1")
        guard case .failed(let error) = try #require(pair.replies[session]) else {
          Issue.record("a replica took a write")
          continue
        }
        #expect(cells[1]["sqlstate"]?.string == error.state.rawValue)
        #expect(cells[1]["error"]?.string == error.message)
      } else if state.hasPrefix("pg_is_in_recovery") {
        let pair = WALPair(try options(recording))
        for (cell, server) in zip(cells.dropFirst(), ["p", "r1"]) {
          let isStandby = pair.servers[server]?.role == .standby
          #expect(cell.agrees(with: .list([.list([.flag(isStandby)])])))
        }
      } else {
        for level in cells[1].members {
          try check(level.name, level.value, state, try options(recording))
        }
      }
    }
  }

  private func check(
    _ name: String, _ expected: JSONText, _ state: String, _ options: WALOptions
  ) throws {
    let level = try #require(SynchronousCommit(rawValue: name), "the level \(name)")
    var pair = WALPair(options)
    pair.pass(.seconds(1))
    switch state {
    case "normal": break
    case let state where state.hasPrefix("replay paused"):
      pair.give(.pauseReplay(true), to: "r1")
    case let state where state.contains("stopped"): pair.isFrozen = true
    case "replica down": pair.kill("r1")
    default: Issue.record("a state of the replica nobody knows: \(state)")
    }
    let session = pair.insert(7, level, at: "p")
    pair.pass(.milliseconds(1_200))
    let hasReturned = pair.hasReturned(session)
    #expect(expected["commit"]?.string == (hasReturned ? "returns" : "waits"), "\(state), \(name)")
    if let visible = expected["visible_on_replica_at_once"]?.integer {
      #expect((visible == 1) == pair.sees(7, on: "r1"), "\(state), \(name)")
    }
    if let visible = expected["row_visible_on_primary_while_waiting"]?.integer {
      #expect((visible == 1) == pair.sees(7, on: "p"), "\(state), \(name)")
    }
    if let end = expected["after_cancel"]?.string {
      pair.give(.cancel(session), to: "p")
      #expect((end == "committed") == pair.hasReturned(session))
      #expect(pair.warnings.contains(session))
      #expect(expected["row_on_primary_after_cancel"]?.integer == (pair.sees(7, on: "p") ? 1 : 0))
    }
    #expect(pair.violation == nil)
  }

  @Test(
    "an asynchronous failover loses what the replica had not received, and nothing else",
    .enabled(if: Recording.areThere, "no recordings: set DRILLHALL_DATA"),
    arguments: Recording.family("postgresql-async-failover"))
  func failover(recording: Recording) throws {
    var story = FailoverStory(try options(recording))
    let steps = try #require(recording.steps.items)
    for step in steps { try story.run(try #require(step.string)) }
    #expect(!recording.observed.members.isEmpty)
    for fact in recording.observed.members {
      let ours = try story.value(of: fact.name, like: fact.value)
      #expect(fact.value.agrees(with: ours), "\(fact.name): \(fact.value) but \(ours)")
    }
    #expect(story.pair.violation == nil)
  }
}

@Suite("The write-ahead log of two servers")
struct WALServerTests {
  @Test("at level off a crash takes what the writer had not flushed, although it was answered")
  func offLosesTail() {
    var pair = WALPair(WALOptions())
    let first = pair.insert(1, .off, at: "p")
    pair.pass(.milliseconds(500))
    let second = pair.insert(2, .off, at: "p")
    #expect(pair.hasReturned(first) && pair.hasReturned(second))
    pair.kill("p")
    pair.restart("p")
    #expect(pair.rows("p") == [1])
  }

  @Test("FIRST waits for the first connected of the list, ANY for the fastest")
  func methods() {
    func isWaiting(_ method: SynchronousStandbys.Method, _ names: [String]) -> Bool {
      var options = WALOptions()
      options.synchronousStandbys = SynchronousStandbys(["a", "b"], method: method)
      var primary = WALServer("p", .primary, options: options)
      for name in names { _ = primary.step(.report(name, WALPositions()), at: .zero) }
      _ = primary.step(.insert(1, SessionID("s"), .on), at: .zero)
      _ = primary.step(.flushed(1), at: .zero)
      let outputs = primary.step(
        .report("b", WALPositions(write: 1, flush: 1, apply: 0)), at: .zero)
      return !outputs.contains(.reply(SessionID("s"), .done("INSERT 0 1")))
    }
    #expect(isWaiting(.first, ["a", "b"]))
    #expect(!isWaiting(.first, ["b"]))
    #expect(!isWaiting(.any, ["a", "b"]))
  }

  @Test("records that arrive again, or late, change nothing")
  func duplicates() {
    var standby = WALServer("r", .standby)
    let records = [1, 2, 3].map { WALServer.Record(timeline: 1, row: $0) }
    _ = standby.step(.received(records, after: 0), at: .zero)
    _ = standby.step(.flushed(3), at: .zero)
    _ = standby.step(.received([records[1]], after: 1), at: .zero)
    _ = standby.step(.received(records, after: 5), at: .zero)
    _ = standby.step(.flushed(100), at: .zero)
    #expect(standby.visibleRows == [1, 2, 3])
    #expect(standby.log == records)
    #expect(standby.checkInvariants() == nil)
  }
}
