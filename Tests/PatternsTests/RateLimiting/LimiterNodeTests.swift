import Kernel
import Patterns
import Testing

@Suite struct LimiterNodeTests {
  private let limit = RateLimit(100, per: .seconds(1))

  private func options(_ mode: LimiterNode.Mode, nodes: Int = 4) -> LimiterNode.Options {
    var options = LimiterNode.Options(limit: limit, nodes: nodes)
    options.mode = mode
    return options
  }

  /// Requests admitted in one window by four nodes that get 1,000, a millisecond apart.
  private func admitted(_ mode: LimiterNode.Mode, seed: UInt64, skewed: Bool = false) -> Int {
    var nodes = (0..<4).map { _ in LimiterNode(options(mode)) }
    var store = LimitStore(limit)
    var random = RandomStream(seed: seed, name: "spread")
    var count = 0
    for id in 0..<999 {
      let now = Instant.zero + .milliseconds(Int64(id))
      let place = skewed ? 0 : random.below(4)
      var inputs: [LimiterNode.Input] = [.wake, .request(id: id, cost: 1)]
      while !inputs.isEmpty {
        for output in nodes[place].step(inputs.removeFirst(), at: now) {
          switch output {
          case .decided(_, let decision, _): count += decision.isAdmitted ? 1 : 0
          case .ask(let id, let cost):
            inputs.append(.answered(id: id, store.acquire(cost: cost, at: now)))
          case .lease(let permits):
            let lease = store.lease(permits, at: now)
            inputs.append(.leased(permits: lease.permits, until: lease.until))
          case .report(let used):
            let total = store.report(used, at: now)
            inputs.append(.counted(total: total.total, until: total.until))
          case .wakeMe: break
          }
        }
        #expect(nodes[place].checkInvariants() == nil)
      }
    }
    return count
  }

  @Test(arguments: UInt64(1)...5)
  func eachWayKeepsItsBound(seed: UInt64) {
    #expect(admitted(.central, seed: seed) == 100)
    #expect(admitted(.split, seed: seed) == 100)
    #expect(admitted(.leased(batch: 10), seed: seed) <= 100)
    #expect(admitted(.leased(batch: 10), seed: seed) >= 100 - 4 * 10)
    let synced = admitted(.synced(every: .milliseconds(100)), seed: seed)
    #expect(synced > 100 && synced <= 100 + 100, "what comes between two syncs: \(synced)")
  }

  @Test func anEvenSplitIsUnfairToSkewedTraffic() {
    #expect(admitted(.split, seed: 1, skewed: true) == 25)
    #expect(admitted(.leased(batch: 10), seed: 1, skewed: true) == 100)
  }

  @Test(arguments: [(LimiterNode.Fallback.open, 60), (.closed, 0), (.local, 25)])
  func aSilentStoreIsDecidedAbout(fallback: LimiterNode.Fallback, admitted: Int) {
    var options = options(.central)
    options.fallback = fallback
    var node = LimiterNode(options)
    for id in 0..<60 {
      let asked = node.step(.request(id: id, cost: 1), at: .zero)
      #expect(asked.first == .ask(id: id, cost: 1))
    }
    #expect(node.step(.wake, at: .zero + .milliseconds(49)).isEmpty)
    let outputs = node.step(.wake, at: .zero + .milliseconds(50))
    let passed = outputs.count {
      if case .decided(_, let decision, .fallback) = $0 { decision.isAdmitted } else { false }
    }
    #expect(outputs.count == 60 && passed == admitted)
    let late = node.step(.answered(id: 3, .allow(remaining: 1, resetAfter: .zero)), at: .zero)
    #expect(late.isEmpty, "an answer that comes too late changes nothing")
  }
}
