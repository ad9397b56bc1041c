import Kernel
import Patterns
import Testing

@Suite struct FailCountTests {
  private func count(_ change: (inout FailCount.Options) -> Void = { _ in }) -> FailCount {
    var options = FailCount.Options()
    change(&options)
    return FailCount(options)
  }

  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  @Test func byDefaultOnlyAStartBansANode() {
    var failures = count()
    for second in 0..<1_000 as Range<Int64> { failures.failed(.monitor, at: at(second)) }
    #expect(failures.count(at: at(1_000)) == 1_000 && !failures.isBanned(at: at(1_000)))
    failures.failed(.start, at: at(1_001))
    #expect(failures.count(at: at(1_001)) == FailCount.infinity)
    #expect(failures.isBanned(at: at(9_999_999)))
  }

  @Test func aSuccessForgetsNothing() {
    var failures = count { $0.threshold = 2 }
    failures.failed(.monitor, at: at(0))
    for _ in 0..<100 { failures.succeeded() }
    #expect(!failures.isBanned(at: at(86_400)))
    failures.failed(.monitor, at: at(86_400))
    #expect(failures.isBanned(at: at(86_400)))
  }

  /// migration-threshold=2 and failure-timeout=60s, the manual's own example.
  @Test func failuresTimeOutTogether() {
    var failures = count {
      $0.threshold = 2
      $0.timeout = .seconds(60)
    }
    failures.failed(.monitor, at: at(0))
    failures.failed(.monitor, at: at(59))
    #expect(failures.isBanned(at: at(118)))
    #expect(!failures.isBanned(at: at(119)) && failures.count(at: at(119)) == 0)
    failures.failed(.monitor, at: at(119))
    #expect(failures.count(at: at(120)) == 1)
  }

  @Test func aThresholdOfNothingNeverBans() {
    var failures = count { $0.threshold = 0 }
    failures.failed(.start, at: at(0))
    #expect(!failures.isBanned(at: at(0)))
    var lenient = count {
      $0.threshold = 3
      $0.isStartFatal = false
    }
    lenient.failed(.start, at: at(0))
    lenient.failed(.monitor, at: at(1))
    #expect(!lenient.isBanned(at: at(1)))
    lenient.failed(.start, at: at(2))
    #expect(lenient.isBanned(at: at(2)))
  }
}
