import Kernel
import Testing

@testable import Patterns

@Suite("Commands on an event store") struct CommandTests {
  static func event(_ fact: SourcedAccount.Event, _ command: Int, schema: Int = 1) -> LedgerEvent {
    LedgerEvent(fact, command: command, at: .zero, schema: schema)
  }

  /// A store with the account of the published vector: opened, 100 in, 30 out, 5 in.
  static func vector() -> CommandStore {
    var store = CommandStore(isDeduplicating: true)
    let facts: [SourcedAccount.Event] = [.opened, .deposited(100), .withdrawn(30), .deposited(5)]
    for (id, fact) in facts.enumerated() {
      _ = store.append([event(fact, id)], of: id, to: "a", expecting: .any)
    }
    return store
  }

  @Test("The vector: balance 75 at version 3; 80 is refused, 75 leads to version 4 and nothing")
  func published() {
    var store = Self.vector()
    var snapshots = SnapshotStore()
    let loaded = snapshots.load("a", from: store.events, revision: 1)
    #expect(loaded.state.balance == 75 && loaded.version == 3 && loaded.eventsRead == 4)
    var greedy = CommandHandler(.withdraw(80), options: .init())
    let refusal = greedy.loaded(loaded.state, version: 3)
    #expect(refusal == .reply(.refused(.overdrawn)))
    let late = store.append(
      [Self.event(.withdrawn(1), 9)], of: 9, to: "a", expecting: .exactly(2))
    #expect(late == .conflict(3))
    var exact = CommandHandler(.withdraw(75), options: .init())
    let step = exact.loaded(loaded.state, version: 3)
    #expect(step == .append([.withdrawn(75)], .exactly(3)))
    let result = store.append(
      [Self.event(.withdrawn(75), 10)], of: 10, to: "a", expecting: .exactly(3))
    #expect(result == .appended(version: 4, position: 4))
    #expect(snapshots.load("a", from: store.events, revision: 1).state.balance == 0)
  }

  @Test("A command's id appends once, whatever version is expected")
  func deduplicates() {
    var store = Self.vector()
    let again = store.append([Self.event(.deposited(5), 3)], of: 3, to: "a", expecting: .any)
    #expect(again == .repeated(version: 3, position: 3))
    #expect(store.head == 4)
  }

  @Test("A conflict is decided again, and given up after the retries")
  func retries() {
    var handler = CommandHandler(.withdraw(1), options: .init(conflictRetries: 2))
    var account = SourcedAccount()
    account.apply(.opened)
    account.apply(.deposited(9))
    for version in 1...2 {
      #expect(
        handler.loaded(account, version: version) == .append([.withdrawn(1)], .exactly(version)))
      #expect(handler.appended(.conflict(version + 1)) == .load)
    }
    _ = handler.loaded(account, version: 3)
    #expect(handler.appended(.conflict(4)) == .reply(.conflict))
  }

  @Test("Deposits that commute demand nothing, withdrawals their version")
  func commutes() {
    var account = SourcedAccount()
    account.apply(.opened)
    account.apply(.deposited(9))
    var deposit = CommandHandler(.deposit(1), options: .init(concurrency: .commute))
    #expect(deposit.loaded(account, version: 1) == .append([.deposited(1)], .streamExists))
    var withdrawal = CommandHandler(.withdraw(1), options: .init(concurrency: .commute))
    #expect(withdrawal.loaded(account, version: 1) == .append([.withdrawn(1)], .exactly(1)))
  }

  @Test("Racing handlers never overdraw an account with exact versions", arguments: 1...20)
  func races(_ seed: Int) {
    var random = RandomStream(seed: UInt64(seed), name: "race")
    var store = CommandStore(isDeduplicating: false)
    _ = store.append([Self.event(.opened, -2)], of: -2, to: "a", expecting: .noStream)
    _ = store.append([Self.event(.deposited(50), -1)], of: -1, to: "a", expecting: .exactly(0))
    var snapshots = SnapshotStore(.init(every: 3))
    var waiting: [(CommandHandler, [SourcedAccount.Event], EventStore<LedgerEvent>.ExpectedVersion)]
    waiting = []
    for id in 0..<200 {
      if random.chance(0.5) || waiting.isEmpty {
        let wish: SourcedAccount.Command =
          random.chance(0.3) ? .deposit(1 + random.below(20)) : .withdraw(1 + random.below(30))
        var handler = CommandHandler(wish, options: .init(conflictRetries: 0))
        let loaded = snapshots.load("a", from: store.events, revision: 1)
        if case .append(let facts, let expected) = handler.loaded(
          loaded.state, version: loaded.version)
        {
          waiting.append((handler, facts, expected))
        }
      } else {
        let (_, facts, expected) = waiting.remove(at: random.below(waiting.count))
        _ = store.append(facts.map { Self.event($0, id) }, of: id, to: "a", expecting: expected)
        snapshots.appended(to: "a", of: store.events, revision: 1)
      }
      let truth = store.events.fold("a", from: 0) { $0 += $1.cents }
      #expect(truth >= 0)
      #expect(snapshots.load("a", from: store.events, revision: 1).state.balance * 100 == truth)
    }
  }

  @Test("A snapshot every 100 of 250 events: at 99 and 199, and a load reads 50")
  func snapshotVector() {
    var store = CommandStore(isDeduplicating: false)
    var snapshots = SnapshotStore(.init(every: 100))
    var versions: [Int] = []
    for id in 0..<250 {
      let fact: SourcedAccount.Event = id == 0 ? .opened : .deposited(1)
      _ = store.append([Self.event(fact, id)], of: id, to: "a", expecting: .any)
      let before = snapshots.written
      snapshots.appended(to: "a", of: store.events, revision: 1)
      if snapshots.written > before { versions.append(id) }
    }
    #expect(versions == [99, 199])
    #expect(snapshots.load("a", from: store.events, revision: 1).eventsRead == 50)
  }

  @Test("Code of another revision passes over a snapshot, or is misled by it")
  func revisions() {
    for isChecked in [true, false] {
      var store = CommandStore(isDeduplicating: false)
      var snapshots = SnapshotStore(.init(every: 5, isRevisionChecked: isChecked))
      for id in 0..<6 {
        let fact: SourcedAccount.Event = id == 0 ? .opened : .deposited(10)
        _ = store.append([Self.event(fact, id)], of: id, to: "a", expecting: .any)
        snapshots.appended(to: "a", of: store.events, revision: 1)
      }
      let loaded = snapshots.load("a", from: store.events, revision: 2)
      #expect((loaded.state.balance == 5_000) == isChecked)
      #expect(snapshots.misses == (isChecked ? 1 : 0))
    }
  }
}
