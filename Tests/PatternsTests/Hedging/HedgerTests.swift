import Kernel
import Patterns
import Testing

@Suite struct HedgerTests {
  /// Whatever is measured, the digest is at most a sixteenth too high, and never too low.
  @Test(arguments: 0..<20)
  func digestAgreesWithSorting(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "digest")
    let service = Distribution.lognormal(p50: .milliseconds(20), p99: .milliseconds(200))
    var digest = LatencyDigest(window: 5_000)
    var all: [TimeSpan] = []
    for _ in 0..<1 + random.below(4_000) {
      let span =
        random.chance(0.1) ? .nanoseconds(Int64(random.below(64))) : service.sample(&random)
      digest.record(span)
      all.append(span)
    }
    all.sort()
    for q in [0.01, 0.5, 0.9, 0.95, 0.99, 1] {
      let exact = all[max(1, Int((q * Double(all.count)).rounded(.up))) - 1]
      let estimate = try #require(digest.quantile(q))
      #expect(estimate >= exact)
      #expect(Double(estimate.nanoseconds) <= Double(exact.nanoseconds) * 17 / 16 + 1)
    }
  }

  @Test func oldTimesFade() throws {
    var digest = LatencyDigest(window: 100)
    for _ in 0..<1_000 { digest.record(.seconds(1)) }
    for _ in 0..<1_000 { digest.record(.milliseconds(1)) }
    #expect(try #require(digest.quantile(0.95)) < .milliseconds(2))
    #expect(digest.count < 200)
  }

  /// The budget as a naive count: a share of first calls, and a burst of ten at the start.
  @Test(arguments: 0..<20)
  func copiesStayWithinTheBudget(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "hedger")
    let share = Double(1 + random.below(30)) / 100
    var hedger = Hedger(Hedger.Options(delay: .fixed(.zero), budget: share))
    for _ in 0..<2_000 {
      _ = hedger.started()
      if random.chance(0.5) { _ = hedger.hedges(after: 0) }
      #expect(hedger.checkInvariants() == nil)
    }
    #expect(hedger.refusedCount > 0)
    var wrong = Hedger(
      Hedger.Options(delay: .fixed(.zero), budget: share, shortcut: .neverCharges))
    for _ in 0..<2_000 {
      _ = wrong.started()
      _ = wrong.hedges(after: 0)
    }
    #expect(wrong.checkInvariants() != nil)
  }

  @Test func percentileIsNotTrustedTooEarly() {
    var hedger = Hedger(Hedger.Options(delay: .quantile(0.95)))
    for _ in 0..<19 { hedger.answered(after: .milliseconds(10)) }
    #expect(hedger.started() == nil)
    hedger.answered(after: .milliseconds(10))
    #expect(hedger.started() != nil)
  }
}
