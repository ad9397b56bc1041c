import Kernel
import Testing
import Verification

@Suite struct CausalConsistencyTests {
  @Test("on 10,000 small histories both levels are the ones by definition")
  func agreesWithDefinition() {
    var counts = (none: 0, causal: 0, convergent: 0)
    for seed in 0..<10_000 as Range<UInt64> {
      let operations = SmallCausalHistory(seed: seed).operations
      let naive = NaiveCausality(operations)
      let isCausal = naive.isCausal
      let isConvergent = isCausal && naive.isConvergent
      guard
        CausalConsistency.check(operations).holds == isCausal,
        CausalConsistency.check(operations, .convergent).holds == isConvergent
      else {
        Issue.record("seed \(seed): naive \(isCausal) \(isConvergent), \(operations)")
        return
      }
      if isConvergent {
        counts.convergent += 1
      } else if isCausal {
        counts.causal += 1
      } else {
        counts.none += 1
      }
    }
    #expect(counts.none > 300 && counts.causal > 20 && counts.convergent > 300, "\(counts)")
  }

  @Test("each pattern is named with its operations")
  func patterns() {
    typealias Step = (Int, Datum, VersionedOperation.Kind, Int)
    func witness(_ steps: Step...) -> CausalWitness? {
      CausalConsistency.check(
        steps.map { VersionedOperation(session: $0.0, key: $0.1, kind: $0.2, version: $0.3) },
        .convergent
      ).witness
    }
    let thinAir = witness((0, "x", .read, 7))
    #expect(thinAir?.pattern == .thinAirRead && thinAir?.operations == [0])
    let cycle = witness((0, "x", .read, 1), (0, "x", .write, 1))
    #expect(cycle?.pattern == .cyclicCausality && cycle?.operations.sorted() == [0, 1])
    // The answer to a question is seen, the question is not.
    let initial = witness(
      (0, "question", .write, 1), (1, "question", .read, 1), (1, "answer", .write, 1),
      (2, "answer", .read, 1), (2, "question", .read, 0))
    #expect(initial?.pattern == .initialReadAfterWrite && initial?.operations == [0, 4])
    let replaced = witness((0, "x", .write, 1), (0, "x", .write, 2), (0, "x", .read, 1))
    #expect(replaced?.pattern == .replacedRead && replaced?.operations == [0, 1, 2])
    // Each writes, then sees the other's write replace its own.
    let conflict = witness(
      (0, "x", .write, 1), (1, "x", .write, 2), (0, "x", .read, 2), (1, "x", .read, 1))
    #expect(conflict?.pattern == .cyclicConflict && conflict?.operations.sorted() == [0, 1])
  }
}

/// Three sessions that write and read two keys at random.
struct SmallCausalHistory {
  let seed: UInt64

  var operations: [VersionedOperation] {
    var stream = RandomStream(seed: seed, name: "causal")
    let count = 3 + stream.below(4)
    let isWrite = (0..<count).map { _ in stream.chance(0.5) }
    let keys = (0..<count).map { _ -> Datum in stream.chance(0.7) ? "x" : "y" }
    return (0..<count).map { place in
      let versions =
        [0] + (0..<count).filter { isWrite[$0] && keys[$0] == keys[place] }.map { $0 + 1 }
      return VersionedOperation(
        session: stream.below(3), key: keys[place], kind: isWrite[place] ? .write : .read,
        version: isWrite[place] ? place + 1 : versions[stream.below(versions.count)])
    }
  }
}

/// The definitions, tried out on every order of the operations.
struct NaiveCausality {
  private let operations: [VersionedOperation]
  /// Whether one operation causes another.
  private var causes: [[Bool]]

  init(_ operations: [VersionedOperation]) {
    self.operations = operations
    let all = operations.indices
    causes = all.map { first in
      all.map { second in
        let (one, other) = (operations[first], operations[second])
        let isRead =
          one.kind == .write && other.kind == .read && one.key == other.key
          && one.version == other.version
        return isRead || (one.session == other.session && first < second)
      }
    }
    for middle in all {
      for first in all where causes[first][middle] {
        for second in all where causes[middle][second] { causes[first][second] = true }
      }
    }
  }

  /// Whether causes form no circle and every read can be the last of an order of its past in which
  /// it is right.
  var isCausal: Bool {
    let all = operations.indices
    guard all.allSatisfy({ !causes[$0][$0] }) else { return false }
    return all.allSatisfy { read in
      guard operations[read].kind == .read else { return true }
      let past = all.filter { causes[$0][read] }
      return orders(of: past).contains { result(of: read, after: $0) }
    }
  }

  /// Whether in one order of everything every read is right after its past.
  var isConvergent: Bool {
    orders(of: Array(operations.indices)).contains { order in
      operations.indices.allSatisfy { read in
        operations[read].kind == .write
          || result(of: read, after: order.filter { causes[$0][read] })
      }
    }
  }

  private func result(of read: Int, after order: [Int]) -> Bool {
    let last = order.last {
      operations[$0].kind == .write && operations[$0].key == operations[read].key
    }
    return operations[read].version == last.map { operations[$0].version } ?? 0
  }

  private func orders(of members: [Int]) -> [[Int]] {
    guard !members.isEmpty else { return [[]] }
    return members.filter { last in members.allSatisfy { !causes[last][$0] } }.flatMap { last in
      orders(of: members.filter { $0 != last }).map { $0 + [last] }
    }
  }
}
