import Kernel
import Patterns
import Testing

@Suite("Outbox and relay") struct OutboxTests {
  static func event(_ aggregate: Int) -> (Int, Int) -> DomainEvent {
    { DomainEvent(id: $0, aggregate: aggregate, version: $1, type: "changed") }
  }

  @Test("Ids are in the order of inserts, the outbox in the order of commits")
  func commitOrder() {
    var database = ServiceDatabase()
    let first = database.change(1, to: 5, in: 100, event: Self.event(1))
    let second = database.change(2, to: 6, in: 200, event: Self.event(2))
    #expect(first == .changed(version: 1, eventID: 1))
    #expect(second == .changed(version: 1, eventID: 2))
    #expect(database.change(1, to: 9, in: 300) == .locked)
    database.commit(200)
    #expect(database.outbox.map(\.id) == [2])
    // A reader that goes on from id 2 never sees what commits now.
    database.commit(100)
    #expect(database.outbox.map(\.id) == [2, 1])
    #expect(database.rows(above: 2, limit: 10).isEmpty)
    #expect(database.checkInvariants() == nil)
  }

  @Test("A rollback leaves no row, no event and no lock")
  func rollback() {
    var database = ServiceDatabase()
    _ = database.change(1, to: 5, in: 1, event: Self.event(1))
    database.rollBack(1)
    #expect(database.rows.isEmpty && database.outbox.isEmpty)
    #expect(database.change(1, to: 7, in: 2) == .changed(version: 1, eventID: 2))
    let isCommitted = database.commit(1)
    #expect(!isCommitted)
  }

  @Test("SKIP LOCKED gives the second relay the rows behind; a claim ends by itself")
  func skipLocked() {
    var database = ServiceDatabase()
    for number in 1...4 {
      _ = database.change(1, to: number, in: number, event: Self.event(1))
      database.commit(number)
    }
    func claim(_ relay: Int, at second: Int64) -> [Int] {
      database.claim(
        2, for: relay, by: .skipLocked, lasting: .seconds(10), at: .zero + .seconds(second)
      ).map(\.event.version)
    }
    #expect(claim(0, at: 0) == [1, 2])
    #expect(claim(1, at: 0) == [3, 4])
    #expect(claim(1, at: 9) == [3, 4])
    #expect(claim(1, at: 10) == [1, 2])
    database.markPublished([1, 2])
    #expect(database.pendingCount == 2)
  }

  @Test("By key each relay sees the aggregates of its remainder")
  func byKey() {
    var database = ServiceDatabase()
    for number in 1...6 {
      _ = database.change(number, to: 1, in: number, event: Self.event(number))
      database.commit(number)
    }
    let taken = (0...1).map { index in
      database.claim(
        9, for: index, by: .byKey(index: index, of: 2), lasting: .seconds(1), at: .zero
      ).map(\.event.aggregate)
    }
    #expect(taken == [[2, 4, 6], [1, 3, 5]])
  }

  @Test(
    "Relays that crash, and brokers that are silent, publish everything, first times in order",
    arguments: 1...40 as ClosedRange<UInt64>)
  func everythingInOrder(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "relay")
    var world = RelayWorld(relays: 1 + random.below(3), random: random)
    for _ in 0..<600 { world.turn() }
    world.settle()
    #expect(world.database.pendingCount == 0)
    #expect(world.violation == nil)
    let events = world.database.outbox.map(\.event.id)
    #expect(Set(world.broker) == Set(events) && events.count > 50)
    var firsts: [Int: [Int]] = [:]
    var seen: Set<Int> = []
    for id in world.broker where seen.insert(id).inserted {
      guard let event = world.database.outbox.first(where: { $0.event.id == id })?.event else {
        continue
      }
      firsts[event.aggregate, default: []].append(event.version)
    }
    for versions in firsts.values { #expect(versions == versions.sorted()) }
  }

  @Test("A relay that marks before the acknowledgement loses events when it crashes")
  func marksTooEarly() {
    let lost = (1...10 as ClosedRange<UInt64>).count { seed in
      let random = RandomStream(seed: seed, name: "relay")
      var world = RelayWorld(relays: 1, random: random, shortcuts: [.marksBeforeAck])
      for _ in 0..<600 { world.turn() }
      world.settle()
      return Set(world.broker) != Set(world.database.outbox.map(\.event.id))
    }
    #expect(lost > 5)
  }

  @Test("A relay that goes by the highest id misses what commits late")
  func readsPast() {
    let lost = (1...20 as ClosedRange<UInt64>).count { seed in
      let random = RandomStream(seed: seed, name: "relay")
      var world = RelayWorld(relays: 1, random: random, shortcuts: [.readsPastHighestID])
      for _ in 0..<600 { world.turn() }
      world.settle()
      return Set(world.broker) != Set(world.database.outbox.map(\.event.id))
    }
    #expect(lost > 4)
  }
}

/// A database, relays partitioned by key and a broker that may be silent, turned by chance.
struct RelayWorld {
  var database = ServiceDatabase()
  var relays: [OutboxRelay]
  var broker: [Int] = []
  var violation: InvariantViolation?
  private var now = Instant.zero
  private var due: [Instant]
  /// The highest id that was marked, which a new life of a relay goes on from.
  private var cursor = 0
  private var open: [Int] = []
  private var next = 0
  private var random: RandomStream
  private var hasFaults = true
  private let options: OutboxRelay.Options

  init(relays count: Int, random: RandomStream, shortcuts: Set<OutboxRelay.Shortcut> = []) {
    var options = OutboxRelay.Options()
    options.batchSize = 4
    options.shortcuts = shortcuts
    self.options = options
    self.random = random
    relays = (0..<count).map { _ in OutboxRelay(options, at: .zero) }
    due = Array(repeating: .zero, count: count)
  }

  mutating func turn() {
    now += .milliseconds(Int64(random.below(300)))
    switch random.below(8) {
    case 0..<3:
      next += 1
      let aggregate = random.below(5)
      let event = OutboxTests.event(aggregate)
      if case .changed = database.change(aggregate, to: next, in: next, event: event) {
        open.append(next)
      }
    case 3..<5:
      guard !open.isEmpty else { return }
      let transaction = open.remove(at: random.below(open.count))
      if random.chance(0.2) {
        database.rollBack(transaction)
      } else {
        database.commit(transaction)
      }
    case 5 where random.chance(0.2):
      let place = random.below(relays.count)
      relays[place] = OutboxRelay(options, at: now, after: cursor)
      due[place] = now
    default: wake()
    }
    violation = violation ?? database.checkInvariants()
  }

  mutating func settle() {
    for transaction in open { database.commit(transaction) }
    hasFaults = false
    for _ in 0..<400 {
      now += .seconds(3)
      wake()
    }
  }

  private mutating func wake() {
    for place in relays.indices where due[place] <= now { feed(place, .wake) }
  }

  private mutating func feed(_ place: Int, _ input: OutboxRelay.Input) {
    let outputs = relays[place].step(input, at: now)
    violation = violation ?? relays[place].checkInvariants()
    for output in outputs {
      switch output {
      case .claim(let limit, let above):
        let rows =
          above.map { database.rows(above: $0, limit: limit) }
          ?? database.claim(
            limit, for: place, by: .byKey(index: place, of: relays.count), lasting: .seconds(10),
            at: now)
        feed(place, .rows(rows))
      case .publish(let row):
        let isLost = hasFaults && random.chance(0.3)
        if !isLost { broker.append(row.event.id) }
        let isSilent = hasFaults && random.chance(0.2)
        if !isLost, !isSilent { feed(place, .acknowledged(row.id)) }
      case .mark(let ids):
        // A crash before the mark.
        if hasFaults, random.chance(0.1) {
          relays[place] = OutboxRelay(options, at: now, after: cursor)
          due[place] = now
          return
        }
        database.markPublished(ids)
        cursor = max(cursor, ids.max() ?? 0)
      case .wakeMe(let instant): due[place] = instant
      }
    }
  }
}
