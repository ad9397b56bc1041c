import Kernel
import Patterns
import Testing

@testable import Drills

@Suite("The bench of event-driven services") struct EventBenchTests {
  static func session(_ script: String, as preset: EventPreset? = nil) throws -> BenchSession {
    var session = BenchSession(EventBench(preset: preset))
    _ = try session.run(script: script)
    return session
  }

  static func fact(_ session: BenchSession, _ name: String) -> Double? {
    session.bench.facts.first { $0.name == name }?.value
  }

  @Test("Every example works on a fresh bench", arguments: EventBench().commands.map(\.example))
  func examples(_ script: String) throws {
    _ = try Self.session(script)
  }

  @Test("A service that dies after the commit leaves a row without an event; an outbox does not")
  func dualWrite() throws {
    let after = try Self.session("set publish=after-commit; order 7 crash; deliver")
    #expect(Self.fact(after, "missing") == 1 && Self.fact(after, "published") == 0)
    let before = try Self.session("set publish=before-commit; order 7 crash; deliver")
    #expect(Self.fact(before, "ghosts") == 1 && Self.fact(before, "committed") == 0)
    let outbox = try Self.session("order 7 crash; order 7; relay; deliver")
    #expect(Self.fact(outbox, "missing") == 0 && Self.fact(outbox, "ghosts") == 0)
  }

  @Test("A relay that dies before it marks publishes again: FIFO ids hide it for five minutes")
  func relayCrash() throws {
    let script = "order 7; claim 1; publish 1; crash 1; relay; deliver 2"
    let hidden = try Self.session(script)
    #expect(Self.fact(hidden, "published_twice") == 1)
    #expect(Self.fact(hidden, "effects") == 1 && Self.fact(hidden, "repeated") == 0)
    let seen = try Self.session("set FifoQueue=off inbox=off versions=overwrite; " + script)
    #expect(Self.fact(seen, "effects_twice") == 1)
    let inbox = try Self.session("set FifoQueue=off versions=overwrite; " + script)
    #expect(Self.fact(inbox, "effects_twice") == 0 && Self.fact(inbox, "repeated") == 1)
  }

  @Test("Two relays that skip locks break the order; the version check parks and mends it")
  func twoRelays() throws {
    let script =
      "order 7; order 7; claim 1; claim 2; publish 2; publish 1; mark 1; mark 2; deliver 2"
    let knobs = "set relays=2 relay.claim=skip-locked relay.batch=1"
    let broken = try Self.session("\(knobs) versions=overwrite; \(script)")
    #expect(Self.fact(broken, "order_breaks") == 1 && Self.fact(broken, "stale") == 1)
    let mended = try Self.session("\(knobs) versions=park; \(script)")
    #expect(Self.fact(mended, "order_breaks") == 0 && Self.fact(mended, "stale") == 0)
  }

  @Test("Ids follow inserts, the outbox follows commits")
  func commitOrder() throws {
    let session = try Self.session("begin 1; begin 2; commit t2; commit t1; relay; deliver 2")
    #expect(Self.fact(session, "effects") == 2)
    #expect(throws: Diagnostic.self) { _ = try Self.session("begin 1; begin 1") }
  }

  @Test("A renamed field is unreadable until the consumer converts it")
  func schema() throws {
    let broken = try Self.session("deploy rename; order 7; relay; deliver")
    #expect(Self.fact(broken, "unreadable") == 1 && Self.fact(broken, "stale") == 1)
    let converted = try Self.session(
      "set reader=converting; deploy rename; order 7; relay; deliver")
    #expect(Self.fact(converted, "stale") == 0)
    let expanded = try Self.session("deploy expand; order 7; relay; deliver")
    #expect(Self.fact(expanded, "stale") == 0)
  }

  @Test("A registry that looks back takes a drop, no rename; one that looks ahead takes neither")
  func registry() throws {
    let broken = try Self.session("deploy rename; deploy drop", as: .schemaRegistry)
    #expect(Self.fact(broken, "schemas_refused") == 1 && Self.fact(broken, "schemas") == 2)
    let ahead = try Self.session(
      "set compatibility=FORWARD; deploy rename; deploy drop; order 7; relay; deliver",
      as: .schemaRegistry)
    #expect(Self.fact(ahead, "schemas_refused") == 2 && Self.fact(ahead, "unreadable") == 0)
  }

  @Test("Under BACKWARD the consumer goes first, or what the registry took is unreadable")
  func readersFirst() throws {
    let early = try Self.session("deploy drop; order 7; relay; deliver", as: .schemaRegistry)
    #expect(Self.fact(early, "unreadable") == 1)
    let right = try Self.session(
      "order 7; relay; upgrade drop; deliver; deploy drop; order 7; relay; deliver",
      as: .schemaRegistry)
    #expect(Self.fact(right, "unreadable") == 0 && Self.fact(right, "effects") == 2)
  }

  @Test("BACKWARD looks at the last version only: an older event in the queue is unreadable")
  func transitive() throws {
    let script =
      "order 7; relay; deploy add-optional; deploy require; upgrade require; deliver"
    let near = try Self.session(script, as: .schemaRegistry)
    #expect(Self.fact(near, "schemas") == 3 && Self.fact(near, "unreadable") == 1)
    let far = try Self.session(
      "set compatibility=BACKWARD_TRANSITIVE; " + script, as: .schemaRegistry)
    #expect(Self.fact(far, "schemas") == 2 && Self.fact(far, "unreadable") == 0)
  }

  @Test("Log tailing repeats what came after the stored position, and loses no late commit")
  func tailing() throws {
    let script = "order 7; relay; order 8; relay; crash 1; relay; deliver 4"
    let twice = try Self.session(script, as: .debezium)
    #expect(Self.fact(twice, "published_twice") == 2 && Self.fact(twice, "effects_twice") == 2)
    let stored = try Self.session(
      "order 7; relay; tick 60s; order 8; relay; crash 1; relay; deliver 4", as: .debezium)
    #expect(Self.fact(stored, "effects_twice") == 1 && Self.fact(stored, "position_stored") == 1)
    let inbox = try Self.session("set consumer.inbox=on; " + script, as: .debezium)
    #expect(Self.fact(inbox, "effects_twice") == 0 && Self.fact(inbox, "repeated") == 2)
    let late = try Self.session(
      "begin 1; begin 2; commit t2; relay; commit t1; relay; deliver 2", as: .debezium)
    #expect(Self.fact(late, "missing") == 0)
  }

  @Test("An order that cannot be shipped is cancelled and paid back, repeats included")
  func choreography() throws {
    let session = try Self.session(
      "place 1 40; hear 50; place 2 40; hear 4; hear again; hear again; hear 50; "
        + "place 3 90; hear 50")
    #expect(Self.fact(session, "completed") == 1 && Self.fact(session, "cancelled") == 2)
    #expect(Self.fact(session, "purse") == 60 && Self.fact(session, "unheard") == 0)
  }

  @Test("An account refuses to be overdrawn, a stream refuses a wrong version")
  func sourcing() throws {
    let script =
      "append a open; append a deposit 100; append a withdraw 30; append a deposit 5"
    let session = try Self.session(script + "; append a withdraw 80; append a withdraw 5 expect=2")
    #expect(Self.fact(session, "balance") == 75)
    #expect(Self.fact(session, "refused") == 1 && Self.fact(session, "conflicts") == 1)
  }
}
