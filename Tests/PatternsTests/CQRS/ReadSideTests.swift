import Kernel
import OrderedCollections
import Testing

@testable import Patterns

@Suite("The edges of the read side") struct ReadSideTests {
  @Test(
    "A reader may rely on what every segment has done, and on no more", arguments: 1...10)
  func coverage(_ seed: Int) {
    let store = ProjectionTests.store(seed)
    var random = RandomStream(seed: UInt64(seed), name: "coverage")
    var projection = Projection(.init(segments: 3, batch: 6))
    for _ in 0..<60 {
      let segment = random.below(3)
      if let batch = projection.batch(segment, from: store.events.log) {
        #expect(batch.events.count <= 6)
        _ = projection.commit(batch)
      }
      for recorded in store.events.log {
        let own = projection.segment(of: recorded.stream, position: recorded.position)
        let isDone = recorded.position < projection.segments[own].next
        let isCovered = projection.covers(recorded.position)
        #expect(!isCovered || isDone)
        #expect(isCovered == projection.segments.allSatisfy { $0.next > recorded.position })
      }
    }
  }

  @Test("A segment stands still before the poison, and the poison is not done")
  func stopsBefore() {
    let store = ProjectionTests.store(3, poison: true)
    let first = store.events.log.first { !$0.event.isReadable }?.position
    let stopped = ProjectionTests.work(.init(errors: .stop), on: store, seed: 1, crashes: false)
    #expect(stopped.checkpoint == first && stopped.segments[0].stoppedAt == first)
  }

  @Test("The place of several facts is that of the last one, also when they are sent again")
  func places() {
    var store = CommandStore(isDeduplicating: true)
    let facts = [CommandTests.event(.opened, 1), CommandTests.event(.deposited(4), 1)]
    _ = store.append(facts, of: 1, to: "other", expecting: .noStream)
    let result = store.append(facts, of: 2, to: "a", expecting: .noStream)
    #expect(result == .appended(version: 1, position: 3))
    let again = store.append(facts, of: 2, to: "a", expecting: .noStream)
    #expect(again == .repeated(version: 1, position: 3))
  }

  @Test("A table built anew begins empty, and is switched to at ten behind but not at eleven")
  func switches() {
    let store = ProjectionTests.store(2)
    let live = ProjectionTests.work(.init(), on: store, seed: 1, crashes: false)
    var model = ReadModelSwitch(live, within: 10)
    model.rebuild(.sideBySide)
    #expect(model.shadow?.checkpoint == 0 && model.shadow?.table.rows.isEmpty == true)
    for (behind, isReady) in [(11, false), (10, true)] {
      var shadow = Projection(.init(batch: store.head - behind))
      if let batch = shadow.batch(0, from: store.events.log) { _ = shadow.commit(batch) }
      model.shadow = shadow
      let hasSwitched = model.switchIfReady(head: store.head)
      #expect(hasSwitched == isReady && model.gapAtSwitch == (isReady ? 10 : nil))
    }
  }

  @Test("New code writes its own snapshot although the old code's is fresh, and loads all events")
  func revisionsOfSnapshots() {
    var store = CommandStore(isDeduplicating: false)
    var snapshots = SnapshotStore(.init(every: 5))
    for id in 0..<7 {
      let fact: SourcedAccount.Event = id == 0 ? .opened : .deposited(10)
      _ = store.append([CommandTests.event(fact, id)], of: id, to: "a", expecting: .any)
      snapshots.appended(to: "a", of: store.events, revision: id < 6 ? 1 : 2)
      let loaded = snapshots.load("a", from: store.events, revision: 1)
      #expect(loaded.version == id)
    }
    #expect(snapshots["a"]?.revision == 2 && snapshots["a"]?.version == 6)
  }
}
