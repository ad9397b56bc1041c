import Drills
import Kernel
import Testing

/// The benches of message queues: every example works, and the figures say what happened.
@Suite struct RabbitBenchTests {
  static let presets = [String?.none, "rabbitmq", "activemq"]

  private func session(_ preset: String?) throws -> BenchSession {
    BenchSession(try TopicRegistry.topic("message-queues").bench(as: preset))
  }

  private func figure(_ name: String, _ session: BenchSession) -> Double? {
    session.bench.facts.first { $0.name == name }?.value ?? nil
  }

  @Test("every command's example works on a fresh bench", arguments: presets)
  func examples(_ preset: String?) throws {
    for command in try session(preset).bench.commands {
      var session = try session(preset)
      _ = try session.run(script: command.example)
    }
  }

  @Test("a prefetch holds messages back, a dead consumer gives them back, marked")
  func prefetchAndKill() throws {
    var session = try session("rabbitmq")
    _ = try session.run(script: "set prefetch=3; consume orders ann; publish orders 5")
    #expect(figure("held", session) == 3)
    #expect(figure("waiting", session) == 2)
    _ = try session.run(script: "consume orders ben; kill ann")
    #expect(figure("held", session) == 3)
    #expect(figure("redelivered", session) == 1)
  }

  @Test("an expired message behind a live one is still there")
  func headOfLine() throws {
    var session = try session("rabbitmq")
    _ = try session.run(script: "publish orders; publish orders ttl=1s; tick 5s")
    #expect(figure("waiting", session) == 2)
    #expect(figure("expired", session) == 0)
    _ = try session.run(script: "set prefetch=1; consume orders ann")
    #expect(figure("expired", session) == 1)
    #expect(figure("dead", session) == 1)
  }

  @Test("a crash takes what was not written, and nothing else")
  func crash() throws {
    var session = try session("rabbitmq")
    _ = try session.run(script: "publish orders 4; publish orders 3 transient; crash")
    #expect(figure("waiting", session) == 4)
    #expect(figure("lost_in_crash", session) == 3)
  }

  @Test("a quorum queue gives a message up after its limit")
  func deliveryLimit() throws {
    var session = try session("rabbitmq")
    _ = try session.run(
      script: "set x-queue-type=quorum x-delivery-limit=2; consume orders ann; publish orders")
    _ = try session.run(script: "nack ann; nack ann")
    #expect(figure("dead", session) == 0)
    _ = try session.run("nack ann")
    #expect(figure("dead", session) == 1)
    #expect(figure("over_delivery_limit", session) == 1)
  }

  @Test("an ActiveMQ client redelivers six times, then the message is in the DLQ")
  func activeMQ() throws {
    var session = try session("activemq")
    _ = try session.run("send 2")
    for _ in 0..<6 { _ = try session.run(script: "rollback; tick 1s") }
    #expect(figure("dlq", session) == 0)
    _ = try session.run("rollback")
    #expect(figure("dlq", session) == 1)
    #expect(figure("prefetched", session) == 1)
    #expect(throws: Diagnostic.self) {
      _ = try session.run(script: "rollback; commit")
    }
  }
}
