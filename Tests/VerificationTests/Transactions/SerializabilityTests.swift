import Kernel
import Testing

@testable import Verification

@Suite struct SerializabilityTests {
  @Test("on 4,000 small histories a serial order exists exactly where no anomaly is found")
  func agreesWithDefinition() {
    var counts = (holds: 0, violated: 0)
    for seed in 0..<4_000 as Range<UInt64> {
      let history = RandomTransactions(seed: seed).history
      let isSerial = NaiveSerializability(history).isSerializable
      let verdict = Serializability.check(history)
      guard verdict.holds == isSerial, (verdict.witness != nil) == !isSerial else {
        Issue.record("seed \(seed): \(verdict), naive \(isSerial), \(history.operations)")
        return
      }
      if isSerial { counts.holds += 1 } else { counts.violated += 1 }
    }
    #expect(counts.holds > 400 && counts.violated > 400)
  }

  @Test("circles found are the smallest of their kind")
  func smallestCycles() {
    var found = 0
    for seed in 0..<4_000 as Range<UInt64> {
      let history = RandomTransactions(seed: seed).history
      let observations = ListObservations(history)
      let graph = DependencyGraph(observations, observations.lists.map(VersionOrder.init))
      let edges = graph.edges.map(graph.dependency)
      let smallest = NaiveCycles(edges, count: history.operations.count).lengths
      for anomaly in Serializability.check(history).witness ?? [] where !anomaly.cycle.isEmpty {
        found += 1
        let kind = anomaly.kind == .writeSkew ? .g2Item : anomaly.kind
        let cycle = anomaly.cycle
        let isClosed = cycle.indices.allSatisfy {
          cycle[$0].target == cycle[($0 + 1) % cycle.count].source && edges.contains(cycle[$0])
        }
        let isCircle = isClosed && Set(cycle.map(\.source)).count == cycle.count
        let isSmallest =
          smallest[kind] == cycle.count
          // A longer one may be reported where stronger anomalies are in the way.
          || kind == .g2Item && smallest[.gSingle] != nil
        guard isCircle, isSmallest else {
          Issue.record("seed \(seed): \(anomaly) against \(smallest)")
          return
        }
      }
      for kind in [.g0, .g1c, .gSingle] as [TransactionAnomaly.Kind] where smallest[kind] != nil {
        let kinds = (Serializability.check(history).witness ?? []).map(\.kind)
        #expect(kinds.contains(kind), "seed \(seed)")
      }
    }
    #expect(found > 500)
  }

  @Test("a long serial history holds")
  func longSerialHistory() {
    var random = RandomTransactions(seed: 1)
    random.isSerial = true
    random.transactionCount = 1_000
    #expect(Serializability.check(random.history).holds)
  }
}
