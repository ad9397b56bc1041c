import Kernel
import Testing

@testable import Drills

@Suite("The benches of NATS and Redis streams") struct StreamBenchTests {
  static func session(_ bench: any Bench, _ script: String) throws -> BenchSession {
    var session = BenchSession(bench)
    _ = try session.run(script: script)
    return session
  }

  static func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test("Every example works once somebody is there")
  func examples() throws {
    for command in NATSBench().commands {
      _ = try Self.session(NATSBench(), "sub ann orders.>; pub orders.new 2; \(command.example)")
    }
    for command in RedisStreamsBench().commands {
      let session = try Self.session(
        RedisStreamsBench(), "SUBSCRIBE ann news; XADD orders * item tea; \(command.example)")
      #expect(Self.fact(session, "errors") == 0, "\(command.example)")
    }
  }

  @Test("A paused subscriber is cut off beyond max_pending, and what waited is gone")
  func cutOff() throws {
    let session = try Self.session(
      NATSBench(), "set max_pending=1024; sub ann news; pause ann; pub news 11; resume ann")
    #expect(Self.fact(session, "cut_offs") == 1 && Self.fact(session, "delivered") == 0)
    let deadline = try Self.session(
      NATSBench(), "sub ann news; pause ann; pub news; tick 10s")
    #expect(Self.fact(deadline, "cut_offs") == 1)
  }

  @Test("The consumer waits, hands out again, gives up; a crash keeps what was synced")
  func stream() throws {
    let again = try Self.session(
      NATSBench(), "set max_deliver=2; pub orders.new; fetch; tick 30s; fetch; tick 30s; fetch")
    #expect(Self.fact(again, "given_up") == 1 && Self.fact(again, "last_fetched") == 0)
    let crash = try Self.session(
      NATSBench(), "pub orders.new 3; tick 2m; pub orders.new 4; crash")
    #expect(Self.fact(crash, "messages") == 3 && Self.fact(crash, "forgotten") == 4)
    let ids = try Self.session(
      NATSBench(), "pub orders.a id=x; pub orders.a id=x; tick 2m; pub orders.a id=x")
    #expect(Self.fact(ids, "stored") == 2 && Self.fact(ids, "duplicates") == 1)
  }

  @Test("A full stream that discards the new refuses it")
  func full() throws {
    let session = try Self.session(
      NATSBench(), "set max_msgs=3 discard=new; pub orders.new 5")
    #expect(Self.fact(session, "refused") == 2 && Self.fact(session, "messages") == 3)
  }

  @Test("An entry stays pending until it is claimed; a claim protects the new owner")
  func claim() throws {
    let session = try Self.session(
      RedisStreamsBench(),
      "XADD orders * item tea; XREADGROUP GROUP g ann STREAMS orders >; tick 1m; "
        + "XAUTOCLAIM orders g ben 60000 0; XAUTOCLAIM orders g cleo 60000 0")
    #expect(Self.fact(session, "claimed") == 1 && Self.fact(session, "last_entries") == 0)
    #expect(Self.fact(session, "pending") == 1 && Self.fact(session, "deliveries_max") == 2)
  }

  @Test("A channel keeps nothing")
  func channel() throws {
    let session = try Self.session(
      RedisStreamsBench(), "PUBLISH news a; SUBSCRIBE ann news; PUBLISH news b")
    #expect(Self.fact(session, "received") == 1 && Self.fact(session, "last_receivers") == 1)
  }
}
