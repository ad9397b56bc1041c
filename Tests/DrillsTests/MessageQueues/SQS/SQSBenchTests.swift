import Kernel
import Testing

@testable import Drills

@Suite("The bench of SNS and SQS") struct SQSBenchTests {
  static func session(_ script: String) throws -> BenchSession {
    var session = BenchSession(SQSBench())
    _ = try session.run(script: script)
    return session
  }

  static func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test("Every example works after messages were sent and received")
  func examples() throws {
    for command in SQSBench().commands {
      _ = try Self.session("send 3; receive 2; \(command.example)")
    }
  }

  @Test("A message not deleted in time comes back, and goes to the dead letters in the end")
  func redrive() throws {
    let session = try Self.session(
      "set maxReceiveCount=2; send; receive; tick 30s; receive; tick 30s; receive")
    #expect(Self.fact(session, "timed_out") == 2 && Self.fact(session, "dead") == 1)
    #expect(Self.fact(session, "last_received") == 0)
  }

  @Test("A changed visibility counts from the call")
  func extend() throws {
    let session = try Self.session(
      "set VisibilityTimeout=60s; send; receive; tick 15s; extend r1 10s; tick 9s")
    #expect(Self.fact(session, "visible") == 0)
    var later = session
    _ = try later.run("tick 1s")
    #expect(Self.fact(later, "visible") == 1)
  }

  @Test("The topic feeds both queues, one of them by its filter")
  func fanOut() throws {
    let session = try Self.session("publish type=order; publish type=refund; publish")
    #expect(Self.fact(session, "visible") == 3 && Self.fact(session, "audit") == 1)
  }

  @Test("A FIFO group is handed out one receive at a time; an id counts for five minutes")
  func fifo() throws {
    let session = try Self.session(
      "set FifoQueue=on; send 2 group=a; send group=b; receive 1; receive 1; receive 1")
    #expect(Self.fact(session, "last_received") == 0 && Self.fact(session, "busy_groups") == 2)
    let again = try Self.session(
      "set FifoQueue=on; send id=x; receive; delete r1; tick 4m; send id=x; tick 1m; send id=x")
    #expect(Self.fact(again, "duplicates") == 1 && Self.fact(again, "visible") == 1)
  }
}
