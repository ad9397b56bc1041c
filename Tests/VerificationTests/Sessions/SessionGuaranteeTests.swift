import Kernel
import Testing
import Verification

@Suite struct SessionGuaranteeTests {
  @Test("on 2,000 histories the first pair that breaks a guarantee is the one by definition")
  func agreesWithDefinition() {
    var broken = 0
    for seed in 0..<2_000 as Range<UInt64> {
      let operations = RandomVersions(seed: seed).operations
      for (guarantee, verdict) in SessionGuarantees.check(operations) {
        let later = firstBreach(of: guarantee, in: operations)
        broken += later == nil ? 0 : 1
        guard verdict.witness?.later == later, verdict.holds == (later == nil) else {
          Issue.record("seed \(seed): \(guarantee), \(verdict), \(operations)")
          return
        }
        if let witness = verdict.witness {
          #expect(breaks(guarantee, operations[witness.earlier], operations[witness.later]))
        }
      }
    }
    #expect(broken > 1_000)
  }

  @Test("each guarantee has its own pair")
  func oneEach() {
    func check(_ first: VersionedOperation.Kind, _ second: VersionedOperation.Kind)
      -> [SessionGuarantee]
    {
      let operations = [
        VersionedOperation(session: 1, key: "x", kind: first, version: 2),
        VersionedOperation(session: 1, key: "x", kind: second, version: 1),
      ]
      return SessionGuarantees.check(operations).filter { !$0.verdict.holds }.map(\.guarantee)
    }
    #expect(check(.write, .read) == [.readYourWrites])
    #expect(check(.read, .read) == [.monotonicReads])
    #expect(check(.write, .write) == [.monotonicWrites])
    #expect(check(.read, .write) == [.writesFollowReads])
  }

  /// The first operation that is the later one of a pair that breaks the guarantee.
  private func firstBreach(
    of guarantee: SessionGuarantee, in operations: [VersionedOperation]
  ) -> Int? {
    operations.indices.first { later in
      (0..<later).contains { breaks(guarantee, operations[$0], operations[later]) }
    }
  }

  private func breaks(
    _ guarantee: SessionGuarantee, _ first: VersionedOperation, _ second: VersionedOperation
  ) -> Bool {
    let kinds: (VersionedOperation.Kind, VersionedOperation.Kind) =
      switch guarantee {
      case .readYourWrites: (.write, .read)
      case .monotonicReads: (.read, .read)
      case .monotonicWrites: (.write, .write)
      case .writesFollowReads: (.read, .write)
      }
    return first.session == second.session && first.key == second.key && first.kind == kinds.0
      && second.kind == kinds.1 && first.version > second.version
  }
}
