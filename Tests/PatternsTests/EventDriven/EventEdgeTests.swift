import Kernel
import Patterns
import Testing

@Suite("The edges of events") struct EventEdgeTests {
  @Test("Who had to ask for the state takes the answer once, and none that is older")
  func fetches() {
    var database = ConsumerDatabase(hasInbox: true, rule: .fetch)
    let event = ConsumerTests.event(7, 1, 3)
    #expect(database.apply(event, state: 30) == .needsSnapshot)
    #expect(database.load(event, version: 3, state: 30) == .applied([7]))
    #expect(database.load(event, version: 3, state: 30) == .repeated)
    let late = ConsumerTests.event(8, 1, 2)
    #expect(database.load(late, version: 2, state: 20) == .superseded)
    #expect(database.effects == [7: 1])
  }

  @Test("A state that was asked for drops what waited before it, and takes what follows")
  func loadsOverParked() {
    var replica = VersionedReplica(.park)
    for version in [3, 5, 6] {
      #expect(replica.take(1, version: version, state: version) == .parked)
    }
    let isNews = replica.load(1, version: 4, state: 4)
    #expect(isNews && replica.rows[1]?.version == 6 && replica.rows[1]?.state == 6)
    #expect(replica.parkedCount == 0)
  }

  @Test("Converters lead towards the reader, up or down, and add only what is missing")
  func converters() throws {
    let up = EventReader.Converter(from: 2, to: 3, [.add("coupon", 5)])
    let down = EventReader.Converter(from: 2, to: 1, [.remove("total")])
    func event(_ payload: [DomainEvent.Field]) -> DomainEvent {
      DomainEvent(
        id: 1, aggregate: 1, version: 1, type: "placed", schema: 2, payload: payload)
    }
    let schema = EventSchema(version: 3, fields: [.init("total"), .init("coupon")])
    let reader = EventReader(schema, isStrict: true, converters: [down, up])
    #expect(
      try reader.read(event([.init("total", 9)])) == [.init("total", 9), .init("coupon", 5)])
    let given = event([.init("total", 9), .init("coupon", 2)])
    #expect(try reader.read(given) == [.init("total", 9), .init("coupon", 2)])
    let first = EventReader(
      EventSchema(version: 1, fields: [.init("total", fallback: 0)]), isStrict: true,
      converters: [up, down])
    #expect(try first.read(given) == [.init("total", 0)])
  }

  @Test("A registry holds a version against the newest one, not against the first")
  func registry() throws {
    var registry = SchemaRegistry(.backward, first: EventSchemaTests.first)
    try registry.register(EventSchema(version: 2, fields: [.init("order")]))
    let third = EventSchema(version: 3, fields: [.init("order"), .init("total")])
    #expect(throws: SchemaRegistry.Refusal(reader: 3, writer: 2, missing: ["total"])) {
      try registry.register(third)
    }
  }

  @Test("Nothing to append is no append, and leaves no stream")
  func appendsNothing() {
    var store = EventStore<Int>()
    #expect(store.append([], to: "a", expecting: .any) == .wrongExpectedVersion(nil))
    #expect(store.version(of: "a") == nil)
  }

  @Test("The rules of an account, each at its edge")
  func account() throws {
    var account = SourcedAccount()
    #expect(throws: SourcedAccount.Refusal.notOpen) { try account.decide(.deposit(1)) }
    #expect(throws: SourcedAccount.Refusal.notOpen) { try account.decide(.withdraw(1)) }
    account.apply(.opened)
    #expect(throws: SourcedAccount.Refusal.alreadyOpen) { try account.decide(.open) }
    for amount in [0, -5] {
      #expect(throws: SourcedAccount.Refusal.noAmount) { try account.decide(.deposit(amount)) }
      #expect(throws: SourcedAccount.Refusal.noAmount) { try account.decide(.withdraw(amount)) }
    }
    account.apply(.deposited(5))
    #expect(try account.decide(.withdraw(5)) == [.withdrawn(5)])
    #expect(throws: SourcedAccount.Refusal.overdrawn) { try account.decide(.withdraw(6)) }
  }

  @Test("The last money and the last goods can be had, and not one more")
  func edgesOfTheOrder() {
    var payments = OrderChoreography.Payments(purse: 10)
    #expect(
      payments.hear(.orderPlaced(order: 1, items: 1, amount: 11)) == [.paymentRefused(order: 1)])
    #expect(
      payments.hear(.orderPlaced(order: 2, items: 3, amount: 10))
        == [.paymentTaken(order: 2, items: 3)])
    #expect(payments.purse == 0)
    var stock = OrderChoreography.Stock(goods: 3)
    #expect(stock.hear(.paymentTaken(order: 1, items: 4)) == [.stockMissing(order: 1)])
    #expect(stock.hear(.paymentTaken(order: 2, items: 3)) == [.goodsShipped(order: 2)])
    #expect(stock.goods == 0)
  }

  @Test("Two changes of one aggregate in one transaction are two versions, from its last state")
  func changesTwice() {
    var database = ServiceDatabase()
    let versions = (1...2).map { state in
      database.change(1, to: state, in: 7, event: OutboxTests.event(1))
    }
    #expect(
      versions == [.changed(version: 1, eventID: 1), .changed(version: 2, eventID: 2)])
    database.commit(7)
    #expect(database.rows[1] == .init(version: 2, state: 2))
    #expect(database.outbox.map(\.event.version) == [1, 2] && database.checkInvariants() == nil)
  }

  @Test("A relay asks again when the database is silent, goes on at once after a full batch")
  func relayTimes() {
    var options = OutboxRelay.Options()
    options.batchSize = 1
    var relay = OutboxRelay(options, at: .zero)
    let claim = OutboxRelay.Output.claim(1, above: nil)
    #expect(relay.step(.wake, at: .zero) == [claim, .wakeMe(.zero + options.timeout)])
    let early = relay.step(.wake, at: .zero + options.timeout - .nanoseconds(1))
    #expect(!early.contains(claim))
    let asked = Instant.zero + options.timeout
    #expect(relay.step(.wake, at: asked).contains(claim))
    var database = ServiceDatabase()
    _ = database.change(1, to: 1, in: 1, event: OutboxTests.event(1))
    database.commit(1)
    let rows = database.claim(1, for: 0, by: .all, lasting: .seconds(1), at: asked)
    #expect(relay.step(.rows(rows), at: asked).contains(.publish(rows[0])))
    // An acknowledgement of somebody else's row changes nothing.
    let stray = relay.step(.acknowledged(99), at: asked)
    #expect(!stray.contains { if case .mark = $0 { true } else { false } })
    let outputs = relay.step(.acknowledged(1), at: asked)
    #expect(outputs.prefix(2) == [.mark([1]), claim])
  }
}
