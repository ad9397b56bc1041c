import Kernel
import Patterns
import Testing

@Suite("The write-ahead log of two servers")
struct WALServerTests {
  @Test("at level off a crash takes what the writer had not flushed, although it was answered")
  func offLosesTail() {
    var cluster = WALCluster(WALOptions())
    let first = cluster.insert(1, .off, at: "p")
    cluster.pass(.milliseconds(500))
    let second = cluster.insert(2, .off, at: "p")
    #expect(cluster.hasReturned(first) && cluster.hasReturned(second))
    cluster.kill("p")
    cluster.restart("p")
    #expect(cluster.rows("p") == [1])
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

  @Test("what is waited for reads as PostgreSQL reads it")
  func names() throws {
    typealias Standbys = SynchronousStandbys
    #expect(try Standbys.parsed("r1") == Standbys(["r1"]))
    #expect(try Standbys.parsed(" a , \"b c\"") == Standbys(["a", "b c"]))
    #expect(try Standbys.parsed("2 (a, b, *)") == Standbys(["a", "b", "*"], count: 2))
    #expect(try Standbys.parsed("first 2 (a,b)") == Standbys(["a", "b"], count: 2))
    #expect(try Standbys.parsed("ANY 1 (*)") == Standbys(["*"], method: .any))
    #expect(try Standbys.parsed("any, first") == Standbys(["any", "first"]))
    #expect(try Standbys.parsed("") == Standbys())
    for text in ["FIRST 0 (a)", "ANY 1 a", "a b", "(a)", "2 (a,)", "\"a"] {
      #expect(throws: Diagnostic.self) { try Standbys.parsed(text) }
    }
  }

  @Test("a standby that is not waited for ends no wait, and one that is gone does not either")
  func onlyThoseThatCount() {
    var options = WALOptions()
    options.synchronousStandbys = SynchronousStandbys(["a", "B"])
    var primary = WALServer("p", .primary, options: options)
    func answers(_ input: WALServer.Input) -> Bool {
      primary.step(input, at: .zero).contains(.reply(SessionID("s"), .done("INSERT 0 1")))
    }
    for name in ["a", "b", "c"] { _ = answers(.report(name, WALPositions())) }
    #expect(primary.standbyStates.map(\.state) == [.sync, .potential, .async])
    _ = answers(.insert(1, SessionID("s"), .on))
    #expect(!answers(.flushed(1)))
    let reached = WALPositions(write: 1, flush: 1, apply: 1)
    #expect(!answers(.report("b", reached)))
    #expect(!answers(.report("c", reached)))
    #expect(!answers(.disconnected("a")))
    #expect(answers(.report("b", reached)))
  }

  @Test("a standby says how far it is every ten seconds, though nothing is new")
  func statusInterval() {
    var cluster = WALCluster(WALOptions(), replicas: 2)
    cluster.give(.reload(SynchronousStandbys(["*"])), to: "p")
    cluster.freeze("r1")
    let session = cluster.insert(1, .on, at: "p")
    cluster.pass(.seconds(1))
    cluster.kill("r1")
    cluster.pass(.seconds(8))
    #expect(!cluster.hasReturned(session))
    cluster.pass(.seconds(2))
    #expect(cluster.hasReturned(session))
  }

  @Test("a standby follows a new primary only if it has no more than that one took over")
  func following() {
    var cluster = WALCluster(WALOptions(), replicas: 2)
    for row in 1...5 { _ = cluster.insert(row, .on, at: "p") }
    cluster.pass(.seconds(1))
    cluster.freeze("r1")
    _ = cluster.insert(6, .on, at: "p")
    cluster.pass(.seconds(1))
    cluster.kill("p")
    cluster.promote("r1")
    _ = cluster.insert(7, .on, at: "r1")
    cluster.follow("r2", "r1")
    cluster.pass(.seconds(1))
    #expect(cluster.rows("r1") == [1, 2, 3, 4, 5, 7])
    #expect(cluster.rows("r2") == [1, 2, 3, 4, 5, 6])
    #expect(cluster.servers["r1"]?.standbyStates.isEmpty == true)
  }
}
