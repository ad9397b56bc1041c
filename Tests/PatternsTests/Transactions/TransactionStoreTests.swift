import Kernel
import Patterns
import Testing

@Suite("Transactions on many-version rows")
struct TransactionStoreTests {
  private static let accounts = [TableSchema("acct", columns: ["id", "v"], key: "id")]

  private func accounts(
    _ options: TransactionOptions = TransactionOptions()
  ) throws -> StoreScript {
    var script = StoreScript(Self.accounts, options: options)
    #expect(try script.run("s", "INSERT INTO acct VALUES(1,9),(2,10)") == "INSERT 0 2")
    return script
  }

  /// PostgreSQL documentation, 13.2.1: the website hits example.
  @Test("a DELETE that waited misses rows that match only since then, as the manual shows")
  func recheckAfterWait() throws {
    var script = try accounts()
    _ = try script.run("a", "BEGIN")
    #expect(try script.run("a", "UPDATE acct SET v=v+1") == "UPDATE 2")
    #expect(try script.run("b", "DELETE FROM acct WHERE v=10") == "waits")
    _ = try script.run("a", "COMMIT")
    #expect(script.answer("b") == "DELETE 0")
    #expect(try script.run("b", "SELECT v FROM acct") == "10 11")
  }

  /// PostgreSQL documentation, 13.2.3: sums of two classes, each written into the other.
  @Test(
    "two transactions that add what they summed into each other's class: one fails when serializable",
    arguments: [("REPEATABLE READ", "COMMIT"), ("SERIALIZABLE", "40001")])
  func sumsOfClasses(level: String, end: String) throws {
    var script = StoreScript([TableSchema("mytab", columns: ["class", "value"], key: nil)])
    _ = try script.run("s", "INSERT INTO mytab VALUES(1,10),(1,20),(2,100),(2,200)")
    for session in ["a", "b"] { _ = try script.run(session, "BEGIN ISOLATION LEVEL \(level)") }
    #expect(try script.run("a", "SELECT sum(value) FROM mytab WHERE class=1") == "30")
    #expect(try script.run("b", "SELECT sum(value) FROM mytab WHERE class=2") == "300")
    _ = try script.run("a", "INSERT INTO mytab VALUES(2,30)")
    _ = try script.run("b", "INSERT INTO mytab VALUES(1,300)")
    #expect(try script.run("a", "COMMIT") == "COMMIT")
    #expect(try script.run("b", "COMMIT") == end)
  }

  /// PostgreSQL documentation, table 13.3, "Conflicting Row-Level Locks".
  @Test("row locks exclude each other as in the manual's table")
  func conflictTable() {
    let table: [[Bool]] = [
      [false, false, false, true], [false, false, true, true], [false, true, true, true],
      [true, true, true, true],
    ]
    for (row, held) in RowLockStrength.allCases.enumerated() {
      for (column, wanted) in RowLockStrength.allCases.enumerated() {
        #expect(wanted.conflicts(with: held) == table[row][column])
      }
    }
  }

  @Test("the snapshot is taken by the first query, not by BEGIN")
  func snapshotAtFirstQuery() throws {
    var script = try accounts()
    _ = try script.run("a", "BEGIN ISOLATION LEVEL REPEATABLE READ")
    _ = try script.run("b", "UPDATE acct SET v=50 WHERE id=1")
    #expect(try script.run("a", "SELECT v FROM acct WHERE id=1") == "50")
    _ = try script.run("b", "UPDATE acct SET v=60 WHERE id=1")
    #expect(try script.run("a", "SELECT v FROM acct WHERE id=1") == "50")
  }

  @Test("waiters get a row in the order in which they came")
  func queueOrder() throws {
    var script = try accounts()
    _ = try script.run("a", "BEGIN")
    _ = try script.run("a", "UPDATE acct SET v=v*2 WHERE id=1")
    for session in ["b", "c"] {
      _ = try script.run(session, "BEGIN")
      #expect(try script.run(session, "UPDATE acct SET v=v+1 WHERE id=1") == "waits")
    }
    _ = try script.run("a", "COMMIT")
    #expect(script.answer("b") == "UPDATE 1")
    #expect(script.answer("c") == "waits")
    _ = try script.run("b", "COMMIT")
    #expect(script.answer("c") == "UPDATE 1")
    #expect(try script.run("c", "SELECT v FROM acct WHERE id=1") == "20")
    #expect(script.store.checkInvariants() == nil)
  }

  @Test("a lock that is not to be had: at once with NOWAIT, in time with lock_timeout")
  func lockNotAvailable() throws {
    var options = TransactionOptions()
    options.lockTimeout = .milliseconds(200)
    var script = try accounts(options)
    _ = try script.run("a", "BEGIN")
    #expect(try script.run("a", "SELECT v FROM acct WHERE id=1 FOR UPDATE") == "9")
    #expect(try script.run("b", "SELECT v FROM acct WHERE id=1 FOR UPDATE NOWAIT") == "55P03")
    #expect(try script.run("b", "SELECT v FROM acct WHERE id=1 FOR KEY SHARE") == "waits")
    script.pass(.milliseconds(199))
    #expect(script.answer("b") == "waits")
    script.pass(.milliseconds(1))
    #expect(script.answer("b") == "55P03")
  }

  @Test("a row deleted meanwhile: the words differ for writers and for those who lock")
  func concurrentDelete() throws {
    for (sql, words) in [
      ("UPDATE acct SET v=0 WHERE id=1", "could not serialize access due to concurrent delete"),
      (
        "SELECT v FROM acct WHERE id=1 FOR UPDATE",
        "could not serialize access due to concurrent update"
      ),
    ] {
      var script = try accounts()
      _ = try script.run("a", "BEGIN ISOLATION LEVEL REPEATABLE READ")
      _ = try script.run("a", "SELECT v FROM acct")
      _ = try script.run("b", "DELETE FROM acct WHERE id=1")
      #expect(try script.run("a", sql) == "40001")
      #expect(script.lastMessage == words)
    }
  }

  @Test("a session that is gone leaves no locks")
  func disconnect() throws {
    var script = try accounts()
    _ = try script.run("a", "BEGIN")
    _ = try script.run("a", "DELETE FROM acct WHERE id=1")
    #expect(try script.run("b", "INSERT INTO acct VALUES(1,5)") == "waits")
    script.give(.disconnect(SessionID("a")))
    #expect(script.answer("b") == "23505")
    #expect(script.store.checkInvariants() == nil)
  }

  @Test("three sessions in a circle: the one that waited first is the victim, the others go on")
  func deadlockOfThree() throws {
    var script = try accounts()
    _ = try script.run("s", "INSERT INTO acct VALUES(3,0)")
    for (session, id) in [("a", 1), ("b", 2), ("c", 3)] {
      _ = try script.run(session, "BEGIN")
      _ = try script.run(session, "UPDATE acct SET v=0 WHERE id=\(id)")
    }
    for (session, id) in [("a", 2), ("b", 3), ("c", 1)] {
      #expect(try script.run(session, "UPDATE acct SET v=1 WHERE id=\(id)") == "waits")
      script.pass(.milliseconds(100))
    }
    script.pass(.milliseconds(699))
    #expect(script.answer("a") == "waits")
    script.pass(.milliseconds(1))
    #expect(script.answer("a") == "40P01")
    #expect(script.answer("c") == "UPDATE 1")
    #expect(script.answer("b") == "waits")
    let circle = ["a", "b", "c"].map { SessionID($0) }
    #expect(script.facts.contains(.deadlock(circle)))
  }

  @Test("more than two locks on rows become one on their page, which other rows then run into")
  func promotion() throws {
    for (count, end) in [(2, "COMMIT"), (3, "40001")] {
      var script = StoreScript(Self.accounts)
      _ = try script.run("s", "INSERT INTO acct VALUES(1,0),(2,0),(3,0),(4,0),(5,0)")
      for session in ["a", "b"] {
        _ = try script.run(session, "BEGIN ISOLATION LEVEL SERIALIZABLE")
      }
      for id in 1...count { _ = try script.run("a", "SELECT v FROM acct WHERE id=\(id)") }
      _ = try script.run("b", "SELECT v FROM acct WHERE id=5")
      _ = try script.run("b", "UPDATE acct SET v=1 WHERE id=4")
      _ = try script.run("a", "UPDATE acct SET v=1 WHERE id=5")
      #expect(try script.run("b", "COMMIT") == "COMMIT")
      #expect(try script.run("a", "COMMIT") == end, "after \(count) reads")
    }
  }
}
