import Kernel
import Patterns
import Testing

@Suite("Event sourcing") struct EventSourcingTests {
  typealias Store = EventStore<SourcedAccount.Event>

  static func account(_ store: Store, _ stream: String) -> SourcedAccount {
    store.fold(stream, from: SourcedAccount()) { $0.apply($1) }
  }

  @Test("Opened, +100, -30, +5: balance 75 at version 3; the wrong version is refused")
  func vector() throws {
    var store = Store()
    let history: [SourcedAccount.Event] = [.opened, .deposited(100), .withdrawn(30), .deposited(5)]
    #expect(store.append(history, to: "a", expecting: .noStream) == .appended(3))
    let account = Self.account(store, "a")
    #expect(account.balance == 75)
    #expect(throws: SourcedAccount.Refusal.overdrawn) { try account.decide(.withdraw(80)) }
    let all = try account.decide(.withdraw(75))
    #expect(store.append(all, to: "a", expecting: .exactly(2)) == .wrongExpectedVersion(3))
    #expect(store.append(all, to: "a", expecting: .exactly(3)) == .appended(4))
    #expect(Self.account(store, "a").balance == 0)
    #expect(store.append(all, to: "b", expecting: .streamExists) == .wrongExpectedVersion(nil))
    #expect(store.append(all, to: "a", expecting: .noStream) == .wrongExpectedVersion(4))
  }

  @Test("Of two writers that read version 5 the first wins; the second reads 6 and goes on")
  func twoWriters() {
    var store = Store()
    let history: [SourcedAccount.Event] = [.opened] + Array(repeating: .deposited(1), count: 5)
    #expect(store.append(history, to: "a", expecting: .any) == .appended(5))
    #expect(store.append([.deposited(2)], to: "a", expecting: .exactly(5)) == .appended(6))
    let second = store.append([.deposited(3)], to: "a", expecting: .exactly(5))
    #expect(second == .wrongExpectedVersion(6))
    #expect(store.append([.deposited(3)], to: "a", expecting: .exactly(6)) == .appended(7))
  }

  @Test(
    "A fold from any point on is the fold from the start; versions and positions have no gaps",
    arguments: 1...30 as ClosedRange<UInt64>)
  func folds(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "commands")
    var store = Store()
    for _ in 0..<200 {
      let stream = "a\(random.below(3))"
      let account = Self.account(store, stream)
      let command: SourcedAccount.Command =
        account.isOpen
        ? (random.chance(0.5) ? .deposit(random.below(50)) : .withdraw(random.below(80))) : .open
      guard let events = try? account.decide(command) else { continue }
      let expected = store.version(of: stream).map(Store.ExpectedVersion.exactly) ?? .noStream
      let result = store.append(events, to: stream, expecting: expected)
      #expect(result == .appended((store.version(of: stream) ?? 0)))
      #expect(Self.account(store, stream).balance >= 0)
    }
    #expect(store.log.map(\.position) == Array(0..<store.log.count))
    for stream in ["a0", "a1", "a2"] {
      let events = store.events(of: stream)
      #expect(events.map(\.version) == Array(0..<events.count))
      let whole = Self.account(store, stream)
      let cut = random.below(events.count + 1)
      var snapshot = SourcedAccount()
      for recorded in events.prefix(cut) { snapshot.apply(recorded.event) }
      let folded = store.fold(stream, from: snapshot, at: cut) { $0.apply($1) }
      #expect(folded == whole)
    }
  }
}

@Suite("Schemas of events") struct EventSchemaTests {
  static let first = EventSchema(version: 1, fields: [.init("order"), .init("total")])
  static let optional = EventSchema(
    version: 2, fields: [.init("order"), .init("total"), .init("coupon", fallback: 0)])
  static let renamed = EventSchema(version: 2, fields: [.init("order"), .init("total_cents")])

  @Test("A registry takes what its rule allows", arguments: SchemaRegistry.Compatibility.allCases)
  func registry(_ rule: SchemaRegistry.Compatibility) throws {
    var registry = SchemaRegistry(rule, first: Self.first)
    try registry.register(Self.optional)
    registry = SchemaRegistry(rule, first: Self.first)
    if rule == .none {
      try registry.register(Self.renamed)
    } else {
      #expect(throws: SchemaRegistry.Refusal.self) { try registry.register(Self.renamed) }
    }
    #expect(registry.schemas.count == (rule == .none ? 2 : 1))
    // A field that old readers need goes away: only new readers are happy.
    let smaller = EventSchema(version: 2, fields: [.init("order")])
    registry = SchemaRegistry(rule, first: Self.first)
    if [.none, .backward, .backwardTransitive].contains(rule) {
      try registry.register(smaller)
    } else {
      let refusal = SchemaRegistry.Refusal(reader: 1, writer: 2, missing: ["total"])
      #expect(throws: refusal) { try registry.register(smaller) }
    }
  }

  @Test("Strict readers take their version, tolerant ones what has their fields, converters more")
  func readers() throws {
    let new = DomainEvent(
      id: 1, aggregate: 4, version: 1, type: "placed", schema: 2,
      payload: [.init("order", 4), .init("total", 9), .init("coupon", 3)])
    let old = DomainEvent(
      id: 2, aggregate: 4, version: 1, type: "placed", schema: 1,
      payload: [.init("order", 4), .init("total", 9)])
    #expect(throws: EventReader.Unreadable.version(2)) {
      try EventReader(Self.first, isStrict: true).read(new)
    }
    #expect(try EventReader(Self.first).read(new) == old.payload)
    #expect(try EventReader(Self.optional).read(old).last == .init("coupon", 0))
    #expect(throws: EventReader.Unreadable.missing(["total_cents"])) {
      try EventReader(Self.renamed).read(old)
    }
    let upcaster = EventReader.Converter(
      from: 1, to: 2, [.rename("total", to: "total_cents"), .scale("total_cents", by: 100)])
    let reader = EventReader(Self.renamed, isStrict: true, converters: [upcaster])
    #expect(try reader.read(old) == [.init("order", 4), .init("total_cents", 900)])
  }

  @Test("What a registry with a rule takes, the readers of that rule can read")
  func agree() throws {
    for rule in [SchemaRegistry.Compatibility.backward, .forward, .full] {
      for candidate in [Self.optional, Self.renamed, EventSchema(version: 2, fields: [])] {
        var registry = SchemaRegistry(rule, first: Self.first)
        guard (try? registry.register(candidate)) != nil else { continue }
        func event(_ schema: EventSchema) -> DomainEvent {
          DomainEvent(
            id: 1, aggregate: 1, version: 1, type: "placed", schema: schema.version,
            payload: schema.fields.map { .init($0.name, 1) })
        }
        if rule != .forward {
          #expect(throws: Never.self) { try EventReader(candidate).read(event(Self.first)) }
        }
        if rule != .backward {
          #expect(throws: Never.self) { try EventReader(Self.first).read(event(candidate)) }
        }
      }
    }
  }
}

@Suite("Choreography") struct ChoreographyTests {
  @Test(
    "In any order and with repeats each order ends shipped and paid, or cancelled and paid back",
    arguments: 1...60 as ClosedRange<UInt64>)
  func everyOrderEnds(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "events")
    var orders = OrderChoreography.Orders()
    var payments = OrderChoreography.Payments(purse: 500)
    var stock = OrderChoreography.Stock(goods: 20)
    var waiting: [(service: Int, event: OrderChoreography.Event)] = []
    func tell(_ events: [OrderChoreography.Event]) {
      for event in events {
        for service in 0..<3 {
          for _ in 0..<(1 + random.below(2)) { waiting.append((service, event)) }
        }
      }
    }
    for order in 0..<30 {
      tell(orders.place(order, items: 1 + random.below(3), amount: 10 + random.below(30)))
    }
    while !waiting.isEmpty {
      let next = waiting.remove(at: random.below(waiting.count))
      switch next.service {
      case 0: tell(orders.hear(next.event))
      case 1: tell(payments.hear(next.event))
      default: tell(stock.hear(next.event))
      }
    }
    for order in 0..<30 {
      let isShipped = stock.shipped[order] != nil
      #expect(isShipped == (payments.taken[order] != nil))
      #expect(orders.statuses[order] == (isShipped ? .completed : .cancelled))
    }
    #expect(payments.purse + payments.taken.values.reduce(0, +) == 500)
    #expect(stock.goods + stock.shipped.values.reduce(0, +) == 20)
    #expect(Set(orders.statuses.values).count == 2)
  }
}
