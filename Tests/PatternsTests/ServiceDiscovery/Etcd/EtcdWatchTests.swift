import Kernel
import Testing

@testable import Patterns

/// Watches of every start and filter: no gap, no event twice, revisions whole and in order.
@Suite("etcd's watches")
struct EtcdWatchTests {
  struct Client {
    let request: EtcdWatchRequest
    let openedAt: Int
    var events: [EtcdEvent] = []
    var sequence = 0
    var canceledAt: Int?
  }

  @Test("deliver every revision once and in order", arguments: 0..<60 as Range<UInt64>)
  func deliver(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "watches")
    var state = EtcdState(minimumTTL: 2)
    var hub = EtcdWatchHub()
    var clients: [Client] = []
    var all: [EtcdBatch] = []
    var now = Instant.zero
    func hear(_ words: [EtcdWatchHub.Word]) {
      for word in words {
        let place = word.key.call
        #expect(word.response.sequence == clients[place].sequence)
        clients[place].sequence += 1
        switch word.response.body {
        case .events(let events): clients[place].events += events
        case .canceled(let revision): clients[place].canceledAt = revision
        case .created, .failed: break
        }
      }
    }
    for step in 0..<150 {
      now += .milliseconds(10)
      switch random.below(12) {
      case 0:
        var request = EtcdWatchRequest(
          random.chance(0.5) ? .prefix("a") : EtcdKeyRange("b"),
          from: random.below(state.store.revision + 4))
        request.omitsDeletes = random.chance(0.2)
        clients.append(Client(request: request, openedAt: state.store.revision))
        let key = EtcdWatchHub.Key(client: NodeID(0), call: clients.count - 1)
        hear([hub.open(request, for: key, on: state.store, at: now)])
      case 1: hear(hub.catchUp(on: state.store, at: now))
      case 2 where state.store.revision > state.store.compactRevision + 1:
        let span = state.store.revision - state.store.compactRevision
        let target = state.store.compactRevision + 1 + random.below(span)
        _ = state.apply(EtcdStateTests.command(.compact(target)))
      default:
        let keys = ["a1", "a2", "b", "c"].filter { _ in random.chance(0.4) }
        let operations: [EtcdOperation] = keys.map {
          random.chance(0.7) ? .put($0, "v\(step)") : .delete(EtcdKeyRange($0))
        }
        let before = state.store.revision
        _ = state.apply(
          EtcdStateTests.command(
            .operation(.transaction(EtcdTransaction(if: [], then: operations)))))
        if state.store.revision > before, let batch = state.store.batches.last {
          all.append(batch)
          hear(hub.serve(batch, on: state.store, at: now))
        }
      }
    }
    hear(hub.catchUp(on: state.store, at: now))
    for client in clients { check(client, all) }
  }

  private func check(_ client: Client, _ all: [EtcdBatch]) {
    let start = client.request.startRevision
    let from = start > 0 ? start : client.openedAt + 1
    let expected = all.filter { $0.revision >= from }.flatMap(\.events).filter {
      client.request.keys.contains($0.keyValue.key)
        && !($0.kind == .delete && client.request.omitsDeletes)
    }
    guard let compacted = client.canceledAt else {
      // What was deleted at the very revision of a compaction may be missing (as in 3.4).
      let puts = expected.filter { $0.kind == .put }
      #expect(client.events.filter { $0.kind == .put } == puts)
      #expect(Set(client.events).isSubset(of: expected))
      let revisions = client.events.map(\.keyValue.modRevision)
      #expect(revisions == revisions.sorted())
      return
    }
    #expect(client.events.isEmpty && compacted > from)
  }
}
