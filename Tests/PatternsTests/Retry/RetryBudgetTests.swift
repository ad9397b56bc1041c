import Kernel
import Patterns
import Testing

@Suite struct RetryBudgetTests {
  /// Calls that all fail until no retry is granted any more; returns the retries granted.
  private func exhaust(_ rule: RetryBudget.Rule, failure: CallFailure, limit: Int = 10_000) -> Int {
    var budget = RetryBudget(rule)
    var granted = 0
    for _ in 0..<limit {
      budget.attemptStarted(.first, at: .zero)
      budget.attemptEnded(.first, failure: failure, cost: 0, at: .zero)
      guard let cost = budget.withdraw(for: failure, at: .zero) else { return granted }
      granted += 1
      budget.attemptStarted(.retry, at: .zero)
      budget.attemptEnded(.retry, failure: failure, cost: cost, at: .zero)
    }
    return granted
  }

  @Test func grpcStopsAtHalfItsTokens() {
    // 10 tokens: failures 1, 2, 3 ... take one each; retries are refused from 5 tokens on.
    #expect(exhaust(.throttle(maxTokens: 10, tokenRatio: 0.1), failure: .error) == 2)
    var budget = RetryBudget(.throttle(maxTokens: 10, tokenRatio: 0.1))
    for _ in 0..<5 { budget.attemptEnded(.first, failure: .error, cost: 0, at: .zero) }
    #expect(budget.withdraw(for: .error, at: .zero) == nil)
    budget.attemptEnded(.first, failure: nil, cost: 0, at: .zero)
    #expect(budget.balance == 5_100)
    #expect(budget.withdraw(for: .error, at: .zero) != nil, "a tenth of a token above half")
  }

  @Test func awsQuotaLastsForAHundredRetriesOrFiftyTimeouts() {
    let rule = RetryBudget.Rule.quota(capacity: 500, cost: 5, timeoutCost: 10, increment: 1)
    #expect(exhaust(rule, failure: .error) == 100)
    #expect(exhaust(rule, failure: .timedOut) == 50)
  }

  @Test func awsSuccessGivesBackWhatItsRetryTook() {
    var budget = RetryBudget(.quota(capacity: 500, cost: 5, timeoutCost: 10, increment: 1))
    let cost = budget.withdraw(for: .timedOut, at: .zero) ?? 0
    #expect(budget.balance == 490)
    budget.attemptEnded(.retry, failure: nil, cost: cost, at: .zero)
    #expect(budget.balance == 500)
    _ = budget.withdraw(for: .error, at: .zero)
    budget.attemptEnded(.first, failure: nil, cost: 0, at: .zero)
    #expect(budget.balance == 496)
  }

  @Test(arguments: [(100, 20), (5, 3), (0, 3), (19, 3), (20, 4)])
  func envoyAllowsAFifthOfTheCallsInProgress(active: Int, allowed: Int) {
    var budget = RetryBudget(.concurrency(share: 0.2, minimum: 3))
    for _ in 0..<active { budget.attemptStarted(.first, at: .zero) }
    var granted = 0
    while budget.withdraw(for: .error, at: .zero) != nil { granted += 1 }
    #expect(granted == allowed)
  }

  @Test func finagleReservesTenASecondAndAddsAFifth() {
    let rule = RetryBudget.Rule.deposits(ttl: .seconds(10), minimumPerSecond: 10, share: 0.2)
    var budget = RetryBudget(rule)
    func drain(_ budget: inout RetryBudget, at now: Instant) -> Int {
      var granted = 0
      while budget.withdraw(for: .error, at: now) != nil { granted += 1 }
      return granted
    }
    #expect(drain(&budget, at: .zero) == 100, "the reserve of one lifetime")
    for _ in 0..<50 { budget.attemptStarted(.first, at: .zero + .seconds(1)) }
    #expect(drain(&budget, at: .zero + .seconds(1)) == 10, "a fifth of 50 requests")
    #expect(drain(&budget, at: .zero + .seconds(30)) == 100, "what was taken has expired too")
  }

  /// Whatever happens, a caller's retries stay below its share plus the reserve of each lifetime.
  @Test(arguments: 0..<30)
  func finagleBoundsTheLoad(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "deposits")
    let share = Double(1 + random.below(10)) / 10
    let minimum = random.below(5)
    var budget = RetryBudget(
      .deposits(ttl: .seconds(10), minimumPerSecond: minimum, share: share))
    var now = Instant.zero
    var requests = 0
    var retries = 0
    for _ in 0..<5_000 {
      now += .milliseconds(Int64(random.below(30)))
      if random.chance(0.3) {
        requests += 1
        budget.attemptStarted(.first, at: now)
        budget.attemptEnded(.first, failure: .error, cost: 0, at: now)
      } else if budget.withdraw(for: .error, at: now) != nil {
        retries += 1
      }
    }
    let lifetimes = (now.seconds / 10).rounded(.up) + 1
    #expect(Double(retries) <= share * Double(requests) + Double(minimum * 10) * lifetimes)
    #expect(retries > 0 || minimum == 0)
  }

  /// gRPC's rule against a count kept in plain numbers.
  @Test(arguments: 0..<20)
  func grpcAgreesWithItsText(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "tokens")
    let maxTokens = 1 + random.below(30)
    var budget = RetryBudget(.throttle(maxTokens: maxTokens, tokenRatio: 0.125))
    var tokens = Double(maxTokens)
    for _ in 0..<2_000 {
      if random.chance(0.7) {
        budget.attemptEnded(.first, failure: nil, cost: 0, at: .zero)
        tokens = min(Double(maxTokens), tokens + 0.125)
      } else {
        budget.attemptEnded(.first, failure: .error, cost: 0, at: .zero)
        tokens = max(0, tokens - 1)
      }
      let isGranted = budget.withdraw(for: .error, at: .zero) != nil
      #expect(isGranted == (tokens > Double(maxTokens) / 2))
    }
  }
}
