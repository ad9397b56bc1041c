import Kernel
import Patterns
import Testing

@Suite("Consumers of events") struct ConsumerTests {
  static func event(_ id: Int, _ aggregate: Int, _ version: Int) -> DomainEvent {
    DomainEvent(id: id, aggregate: aggregate, version: version, type: "changed")
  }

  @Test("With an inbox a repeat changes nothing; without one the effect happens twice")
  func inbox() {
    for hasInbox in [true, false] {
      var database = ConsumerDatabase(hasInbox: hasInbox, rule: .overwrite)
      let event = Self.event(7, 1, 1)
      #expect(database.apply(event, state: 5) == .applied([7]))
      #expect((database.apply(event, state: 5) == .repeated) == hasInbox)
      #expect(database.effects[7] == (hasInbox ? 1 : 2))
    }
  }

  @Test("A replica applies the next version, drops what is not newer, and sees a gap")
  func versions() {
    var replica = VersionedReplica(.park)
    #expect(replica.take(1, version: 1, state: 10) == .applied([1]))
    #expect(replica.take(1, version: 1, state: 10) == .superseded)
    #expect(replica.take(1, version: 3, state: 30) == .parked)
    #expect(replica.rows[1]?.state == 10 && replica.parkedCount == 1)
    #expect(replica.take(1, version: 2, state: 20) == .applied([2, 3]))
    #expect(replica.rows[1]?.state == 30 && replica.parkedCount == 0)
    var fetching = VersionedReplica(.fetch)
    #expect(fetching.take(1, version: 2, state: 20) == .needsSnapshot)
    let isNews = fetching.load(1, version: 4, state: 40)
    let isNewsAgain = fetching.load(1, version: 4, state: 99)
    #expect(isNews && !isNewsAgain)
    #expect(fetching.take(1, version: 3, state: 30) == .superseded)
    #expect(fetching.rows[1]?.state == 40)
  }

  @Test(
    "Repeated and shuffled, every rule but overwrite ends at the newest state",
    arguments: 1...40 as ClosedRange<UInt64>)
  func converges(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "deliveries")
    let versions = 2 + random.below(20)
    var deliveries = (1...versions).flatMap { version in
      Array(repeating: version, count: 1 + random.below(3))
    }
    random.shuffle(&deliveries)
    for rule in [VersionedReplica.Rule.newest, .park, .fetch] {
      var replica = VersionedReplica(rule)
      var applied: [Int] = []
      for version in deliveries {
        switch replica.take(1, version: version, state: version * 10) {
        case .applied(let list): applied += list
        case .needsSnapshot: _ = replica.load(1, version: version, state: version * 10)
        case .superseded, .parked: break
        }
      }
      #expect(replica.rows[1]?.state == versions * 10)
      #expect(replica.parkedCount == 0)
      if rule == .park { #expect(applied == Array(1...versions)) }
      if rule == .newest { #expect(applied == applied.sorted()) }
    }
  }

  @Test(
    "A log replayed and repeated at will gives the same state as once in order",
    arguments: 1...20 as ClosedRange<UInt64>)
  func replay(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "log")
    var versions: [Int: Int] = [:]
    let log = (0..<80).map { id in
      let aggregate = random.below(4)
      versions[aggregate, default: 0] += 1
      return Self.event(id, aggregate, versions[aggregate] ?? 0)
    }
    var once = ConsumerDatabase(hasInbox: true, rule: .park)
    for event in log { _ = once.apply(event, state: event.version) }
    var often = ConsumerDatabase(hasInbox: true, rule: .park)
    var copies = log + log
    random.shuffle(&copies)
    for event in copies { _ = often.apply(event, state: event.version) }
    #expect(once.effects == often.effects)
    #expect(once.replica.rows == often.replica.rows)
  }
}
