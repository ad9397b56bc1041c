import Kernel
import Testing
import Verification

@Suite struct StalenessTests {
  @Test("on 2,000 histories stale reads are those by definition")
  func agreesWithDefinition() {
    var stale = 0
    for seed in 0..<2_000 as Range<UInt64> {
      let operations = RandomVersions(seed: seed, count: 14).operations
      let found = BoundedStaleness.staleReads(operations)
      let expected = operations.indices.compactMap { read -> [Int64]? in
        guard operations[read].kind == .read else { return nil }
        let newer = operations.filter {
          $0.kind == .write && $0.key == operations[read].key
            && $0.version > operations[read].version
            && $0.returnedAt < operations[read].invokedAt
        }
        guard let first = newer.map(\.returnedAt).min() else { return nil }
        let age = operations[read].invokedAt - first
        return [Int64(read), age.nanoseconds, Int64(newer.count)]
      }
      stale += expected.count
      #expect(
        found.map { [Int64($0.read), $0.age.nanoseconds, Int64($0.versionsBehind)] } == expected,
        "seed \(seed)")
      let oldest = found.map(\.age).max() ?? .zero
      #expect(BoundedStaleness.check(operations, within: .time(oldest)).holds)
      let most = found.map(\.versionsBehind).max() ?? 0
      #expect(BoundedStaleness.check(operations, within: .versions(most)).holds)
      guard most > 0 else { continue }
      let tight = BoundedStaleness.check(operations, within: .versions(most - 1))
      #expect(tight.witness?.versionsBehind == most)
      let tighter = BoundedStaleness.Bound.time(oldest - .nanoseconds(1))
      #expect(BoundedStaleness.check(operations, within: tighter).witness?.age == oldest)
    }
    #expect(stale > 1_000)
  }

  @Test("replicas have converged when reads in quiet times see one version")
  func convergence() {
    func read(_ session: Int, _ version: Int, at second: Int64) -> VersionedOperation {
      VersionedOperation(
        session: session, key: "x", kind: .read, version: version,
        invokedAt: .zero + .seconds(second), returnedAt: .zero + .seconds(second))
    }
    let write = VersionedOperation(
      session: 0, key: "x", kind: .write, version: 1, invokedAt: .zero,
      returnedAt: .zero + .seconds(1))
    let quiet = Instant.zero + .seconds(5)
    let early = [write, read(1, 0, at: 2)]
    #expect(Convergence.check(early + [read(1, 1, at: 6), read(2, 1, at: 7)], from: quiet).holds)
    let parted = Convergence.check(early + [read(1, 1, at: 6), read(2, 0, at: 7)], from: quiet)
    let witness = parted.witness
    #expect(witness?.read == 2 && witness?.other == 3)
    #expect(isUnknown(Convergence.check(early, from: quiet)))
    #expect(isUnknown(Convergence.check(early, from: .zero + .seconds(1))))
  }

  private func isUnknown<Witness>(_ verdict: Verdict<Witness>) -> Bool {
    if case .unknown = verdict { true } else { false }
  }
}
