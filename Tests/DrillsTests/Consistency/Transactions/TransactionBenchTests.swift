import Kernel
import Testing

@testable import Drills

@Suite("Benches of transactions and of ZooKeeper")
struct TransactionBenchTests {
  private func facts(_ bench: any Bench, _ script: String) throws -> [String: Double] {
    var session = BenchSession(bench)
    _ = try session.run(script: script)
    return session.bench.facts.reduce(into: [:]) { facts, fact in facts[fact.name] = fact.value }
  }

  @Test("every example works on a fresh bench")
  func examples() throws {
    for bench in [IsolationBench() as any Bench, ZooKeeperBench()] {
      for command in bench.commands {
        var session = BenchSession(bench)
        _ = try session.run(command.example)
      }
    }
  }

  @Test(
    "write skew by hand: both commit at REPEATABLE READ, one fails when serializable",
    arguments: [("repeatable-read", 2.0, 0.0), ("serializable", 1, 100)])
  func writeSkew(level: String, committed: Double, sum: Double) throws {
    let facts = try facts(
      IsolationBench(),
      """
      begin t1 \(level); begin t2 \(level); scan t1; scan t2
      ; write t1 x 0; write t2 y 0; commit t1; commit t2
      """)
    #expect(facts["committed"] == committed)
    #expect(facts["sum"] == sum)
  }

  @Test("a deadlock by hand: nothing happens for a second, then the first waiter fails")
  func deadlock() throws {
    let script = "begin t1; begin t2; add t1 x 1; add t2 y 1; add t1 y 1; add t2 x 1"
    let before = try facts(IsolationBench(), script + "; tick 999ms")
    #expect(before["waiting"] == 2)
    let after = try facts(IsolationBench(), script + "; tick 1s; commit t2")
    #expect(after["deadlocks"] == 1)
    #expect(after["x"] == 101)
    #expect(after["y"] == 101)
  }

  @Test("a session that waits takes no command, and says for whom it waits")
  func waiting() throws {
    var session = BenchSession(IsolationBench())
    _ = try session.run(script: "begin t1; add t1 x 1; add t2 x 1")
    let complaint = #expect(throws: Diagnostic.self) { try session.run("read t2 x") }
    let message = complaint?.message ?? ""
    #expect(message.contains("t2 still waits for t1's transaction"))
  }

  @Test("a paused client's session ends on a tick, its node goes, and the number is not used again")
  func ephemeral() throws {
    let facts = try facts(
      ZooKeeperBench(),
      """
      create A /q; create A /q/n- -s -e; create B /q/n- -s -e; ls B /q -w; pause A; tick 11s
      """)
    #expect(facts["expired"] == 0)
    let later = try self.facts(
      ZooKeeperBench(),
      """
      create A /q; create A /q/n- -s -e; create B /q/n- -s -e; ls B /q -w; pause A; tick 12s
      ; create B /q/n- -s -e; ls B /q
      """)
    #expect(later["expired"] == 1)
    #expect(later["events"] == 1)
    #expect(later["last_number"] == 2)
    #expect(later["last_count"] == 2)
  }

  @Test("a session gets a timeout of 2 to 20 ticks")
  func timeouts() throws {
    #expect(try facts(ZooKeeperBench(), "connect C 1s")["granted"] == 4)
    #expect(try facts(ZooKeeperBench(), "connect C 5m")["granted"] == 40)
    #expect(try facts(ZooKeeperBench(), "connect C 7s")["granted"] == 7)
  }
}
