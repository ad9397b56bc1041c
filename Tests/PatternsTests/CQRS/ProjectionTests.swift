import Kernel
import OrderedCollections
import Testing

@testable import Patterns

@Suite("Projections") struct ProjectionTests {
  /// Events of a few accounts in random order; every 40th cannot be read when `poison` says so.
  static func store(_ seed: Int, poison: Bool = false) -> CommandStore {
    var random = RandomStream(seed: UInt64(seed), name: "events")
    var store = CommandStore(isDeduplicating: false)
    for id in 0..<200 {
      let stream = "account-\(random.below(7))"
      let isNew = store.events.version(of: stream) == nil
      let fact: SourcedAccount.Event = isNew ? .opened : .deposited(1 + random.below(50))
      let event = LedgerEvent(
        fact, command: id, at: .zero, isReadable: isNew || !poison || id % 40 != 39)
      _ = store.append([event], of: id, to: stream, expecting: .any)
    }
    return store
  }

  /// The row that the events of a stream up to `version` add up to.
  static func truth(_ store: CommandStore, _ stream: String, _ version: Int) -> Int {
    store.events.events(of: stream).prefix(version + 1).reduce(0) { $0 + $1.event.cents }
  }

  static func wrong(_ projection: Projection, _ store: CommandStore) -> Int {
    projection.table.rows.reduce(0) { sum, row in
      let isRight = row.value.balance == truth(store, row.key, row.value.version)
      return sum + (isRight && row.value.movements == row.value.version ? 0 : 1)
    }
  }

  /// Lets segments work in random order, with crashes between the two writes.
  static func work(
    _ options: Projection.Options, on store: CommandStore, seed: Int, crashes: Bool
  ) -> Projection {
    var random = RandomStream(seed: UInt64(seed), name: "work")
    var projection = Projection(options)
    for _ in 0..<5_000 {
      let segment = random.below(projection.segments.count)
      guard let batch = projection.batch(segment, from: store.events.log) else { continue }
      let dies = crashes && random.chance(0.2)
      switch options.actualCheckpointing {
      case .together: if !dies { _ = projection.commit(batch) }
      case .after:
        let report = projection.apply(batch)
        if !dies { projection.store(batch, report) }
      case .before:
        projection.store(batch, Projection.Report())
        if !dies { _ = projection.apply(batch) }
      }
    }
    return projection
  }

  @Test(
    "What is committed together, or guarded, survives any crash as the fold of the events",
    arguments: 1...10)
  func keepsRows(_ seed: Int) {
    let store = Self.store(seed)
    let safe = [
      Projection.Options(segments: 4, batch: 7),
      Projection.Options(segments: 3, batch: 5, checkpointing: .after, rowGuard: .newest),
      Projection.Options(segments: 3, routing: .position, batch: 3, rowGuard: .next),
      Projection.Options(segments: 1, batch: 9, checkpointing: .after, rowGuard: .next),
    ]
    for options in safe {
      #expect(options.keepsRows)
      let projection = Self.work(options, on: store, seed: seed, crashes: true)
      #expect(projection.checkpoint == store.head)
      #expect(Self.wrong(projection, store) == 0)
      // Nothing waits for ever behind a gap that was closed.
      for (stream, row) in projection.table.rows {
        #expect(row.version == store.events.version(of: stream))
      }
    }
  }

  @Test("Two transactions and a crash between them repeat or lose; the bug that hides them too")
  func breaksRows() {
    let store = Self.store(1)
    let unsafe = [
      Projection.Options(batch: 5, checkpointing: .after),
      Projection.Options(batch: 5, checkpointing: .before),
      Projection.Options(batch: 5, shortcut: .checkpointApart),
      Projection.Options(segments: 4, routing: .position, batch: 3, rowGuard: .newest),
    ]
    for options in unsafe {
      let projection = Self.work(options, on: store, seed: 3, crashes: true)
      #expect(Self.wrong(projection, store) > 0)
    }
  }

  @Test("A poison event stops all, is skipped, or is parked with its sequence", arguments: 1...5)
  func poison(_ seed: Int) {
    let store = Self.store(seed, poison: true)
    let stopped = Self.work(.init(errors: .stop), on: store, seed: seed, crashes: false)
    #expect(stopped.checkpoint < store.head && Self.wrong(stopped, store) == 0)
    let skipped = Self.work(.init(errors: .skip), on: store, seed: seed, crashes: false)
    #expect(skipped.checkpoint == store.head)
    let parked = Self.work(
      .init(segments: 3, errors: .park), on: store, seed: seed, crashes: true)
    #expect(parked.checkpoint == store.head && Self.wrong(parked, store) == 0)
    for stream in parked.parked.keys.sorted() {
      let versions = store.events.events(of: stream).map(\.version)
      let row = parked.table[stream]?.version ?? -1
      #expect(parked.parked[stream]?.count == versions.count - 1 - row)
    }
    let bug = Self.work(
      .init(errors: .park, shortcut: .parksOneEvent), on: store, seed: seed, crashes: false)
    #expect(Self.wrong(bug, store) > 0)
  }

  @Test("A table built anew equals the one that grew; it is switched to only when it is near")
  func rebuilds() {
    let store = Self.store(2)
    let live = Self.work(.init(segments: 2, batch: 4), on: store, seed: 1, crashes: false)
    var model = ReadModelSwitch(live, within: 10)
    model.rebuild(.sideBySide)
    var steps = 0
    while model.shadow != nil {
      guard var shadow = model.shadow else { break }
      for segment in 0..<2 {
        if let batch = shadow.batch(segment, from: store.events.log) { _ = shadow.commit(batch) }
      }
      model.shadow = shadow
      #expect(model.live == live)
      _ = model.switchIfReady(head: store.head)
      steps += 1
      if steps > 1_000 { break }
    }
    #expect(model.checkInvariants() == nil)
    #expect(store.head - model.live.checkpoint <= 10)
    var early = ReadModelSwitch(live, within: 10, shortcut: .switchesEarly)
    early.rebuild(.sideBySide)
    var shadow = Projection(.init(batch: 120))
    if let batch = shadow.batch(0, from: store.events.log) { _ = shadow.commit(batch) }
    early.shadow = shadow
    let hasSwitched = early.switchIfReady(head: store.head)
    #expect(hasSwitched)
    #expect(early.checkInvariants() != nil)
  }

  @Test("Every event belongs to one segment, and the events of a stream to the same")
  func segments() {
    let projection = Projection(.init(segments: 16))
    for account in 0..<50 {
      let places = Set((0..<20).map { projection.segment(of: "account-\(account)", position: $0) })
      #expect(places.count == 1)
    }
  }
}
