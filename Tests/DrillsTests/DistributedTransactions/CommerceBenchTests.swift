import Kernel
import Patterns
import Testing

@testable import Drills

@Suite("The bench of transactions over several services") struct CommerceBenchTests {
  static func bench(
    _ script: String, as preset: TransactionPreset = .plain
  ) throws -> CommerceBench {
    var session = BenchSession(CommerceBench(preset: preset))
    _ = try session.run(script: script)
    return try #require(session.bench as? CommerceBench)
  }

  static func fact(_ bench: CommerceBench, _ name: String) -> Double? {
    bench.facts.first { $0.name == name }?.value
  }

  @Test("Every example works on a fresh bench", arguments: CommerceBench().commands)
  func examples(_ command: BenchCommand) throws {
    _ = try Self.bench(command.example)
  }

  @Test(
    "A crash of any process after any message leaves whole transactions only",
    arguments: ["saga", "choreography", "2pc"], ["orders", "inventory", "shipping", "payment"])
  func everyPoint(_ method: String, part: String) throws {
    for order in ["order", "order declined", "refund", "refund missing"] {
      for count in 1...40 {
        let start = try Self.bench("set protocol=\(method); \(order); step \(count)")
        let bench = try Self.bench(
          "set protocol=\(method); \(order); step \(count); crash \(part); tick 2s; start \(part); "
            + "tick 2m")
        let audit = bench.audit
        let broken = audit.findings.filter(\.isViolated).map(\.guarantee)
        #expect(broken == [], "\(method), \(order), \(part) dies after message \(count)")
        #expect(bench.checkInvariants() == nil)
        #expect(Self.fact(bench, "locks") == 0)
        if start.letters.isEmpty { break }
      }
    }
  }

  @Test("The coordinator dies before its decision: locks stay until it is back, then all abort")
  func blockingWindow() throws {
    let blocked = try Self.bench("set protocol=2pc; order; step 6; crash orders; tick 1h; sell")
    #expect(Self.fact(blocked, "locks") == 4)
    #expect(Self.fact(blocked, "sales_refused") == 1)
    let free = try Self.bench(
      "set protocol=2pc; order; step 6; crash orders; tick 1h; start orders; tick 2s; sell")
    #expect(Self.fact(free, "locks") == 0)
    #expect(Self.fact(free, "sales") == 1)
    #expect(Self.fact(free, "effects") == 0)
  }

  @Test("One commit over three services takes 4 messages each and 2n + 1 forced writes")
  func messageCounts() throws {
    let bench = try Self.bench("set protocol=2pc; order; flow")
    // Three services: prepare, vote, commit, acknowledge; and the order is accepted.
    #expect(Self.fact(bench, "sent") == 13)
    // Each service forces a promise, its effects and the end; the coordinator its decision.
    let journals = bench.journals[1...3].map { $0.count }
    #expect(journals == [3, 4, 3])
    #expect(Self.fact(bench, "forced_writes") == Double(3 + 4 + 3 + 1))
  }

  @Test("A step that comes after its compensation is refused by a fence, and stands without one")
  func fence() throws {
    let script = "order; step 2; hold; tick 2m; free"
    let fenced = try Self.bench("set retry.attempts=1; " + script)
    #expect(Self.fact(fenced, "compensated") == 1)
    #expect(Self.fact(fenced, "effects") == 0)
    let open = try Self.bench("set fence=off retry.attempts=1; " + script)
    #expect(Self.fact(open, "torn") == 1)
    #expect(Self.fact(open, "stock") == 9)
  }

  @Test("Temporal waits 1, 2, 4 … 64, then 100 s; Step Functions 1, 2, 4 s and gives up")
  func waits() throws {
    let temporal = try Self.bench("waits 9", as: .temporal)
    #expect(Self.fact(temporal, "waited") == 327)
    #expect(Self.fact(temporal, "last_wait") == 100)
    let functions = try Self.bench("waits 9", as: .stepFunctions)
    #expect(Self.fact(functions, "retries") == 3)
    #expect(Self.fact(functions, "waited") == 7)
  }

  @Test("PostgreSQL out of the box cannot prepare; with room it can")
  func postgresql() throws {
    let closed = try Self.bench("order; flow", as: .postgresql)
    #expect(Self.fact(closed, "aborted") == 1)
    let open = try Self.bench("set max_prepared_transactions=10; order; flow", as: .postgresql)
    #expect(Self.fact(open, "committed") == 1)
  }

  @Test("Seata waits 30 times 10 ms for a row that another transaction has marked")
  func seata() throws {
    let bench = try Self.bench("order; step 3; hold; order; tick 1s; show", as: .seata)
    #expect(Self.fact(bench, "compensated") == 1)
    #expect(Self.fact(bench, "marks") == 1)
    #expect(Self.fact(bench, "effects") == 1)
  }
}
