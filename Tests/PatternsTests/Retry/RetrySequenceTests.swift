import Kernel
import Patterns
import Testing

@Suite struct RetrySequenceTests {
  private static let kinds: [CallFailure] = CallFailure.allCases

  /// Attempts, deadline, classification and order of time hold for any policy and any failures.
  @Test(arguments: 0..<60)
  func keepsItsPromises(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "sequence")
    let policy = RetryPolicy(
      maxAttempts: 1 + random.below(6),
      backoff: Backoff(
        growth: .exponential(factor: 2), jitter: .full, base: .milliseconds(100), cap: .seconds(2)),
      retriable: CallFailures(rawValue: UInt8(random.below(32))))
    for _ in 0..<50 {
      var now = Instant.zero + .seconds(Int64(random.below(10)))
      let deadline = now + .milliseconds(Int64(random.below(4_000)))
      let isIdempotent = random.chance(0.5)
      var sequence = RetrySequence(deadline: deadline, isIdempotent: isIdempotent)
      var budget = RetryBudget()
      var mayHaveExecuted = false
      running: while true {
        let failure = Self.kinds[random.below(Self.kinds.count)]
        mayHaveExecuted = mayHaveExecuted || failure.mayHaveExecuted
        let decision = sequence.failed(
          failure, retryAfter: random.chance(0.2) ? .milliseconds(300) : nil, at: now,
          policy: policy, budget: &budget, random: &random)
        switch decision {
        case .retry(let at):
          #expect(now <= at && at < deadline)
          #expect(Int(sequence.attempts) <= policy.maxAttempts)
          #expect(policy.retriable.contains(failure))
          #expect(isIdempotent || !mayHaveExecuted)
          now = at
        case .giveUp(let reason):
          if reason == .attempts { #expect(Int(sequence.attempts) == policy.maxAttempts) }
          break running
        }
      }
    }
  }

  @Test func serverChoosesTheWait() {
    var random = RandomStream(seed: 1, name: "after")
    var budget = RetryBudget()
    let policy = RetryPolicy(
      maxAttempts: 9, backoff: Backoff(growth: .exponential(factor: 2), base: .seconds(1)),
      isGrowthResetByRetryAfter: true)
    var sequence = RetrySequence()
    func next(_ after: TimeSpan?) -> RetrySequence.Decision {
      sequence.failed(
        .throttled, retryAfter: after, at: .zero, policy: policy, budget: &budget,
        random: &random)
    }
    #expect(next(nil) == .retry(at: .zero + .seconds(1)))
    #expect(next(nil) == .retry(at: .zero + .seconds(2)))
    #expect(next(.seconds(7)) == .retry(at: .zero + .seconds(7)))
    #expect(next(nil) == .retry(at: .zero + .seconds(1)), "gRPC begins its growth again")
  }

  @Test func retryNeverStartsAtTheDeadline() {
    var random = RandomStream(seed: 1, name: "deadline")
    var budget = RetryBudget()
    let policy = RetryPolicy(maxAttempts: 9, backoff: Backoff(growth: .fixed, base: .seconds(1)))
    func decision(_ deadline: Instant) -> RetrySequence.Decision {
      var sequence = RetrySequence(deadline: deadline)
      return sequence.failed(
        .error, at: .zero, policy: policy, budget: &budget, random: &random)
    }
    #expect(decision(.zero + .seconds(1)) == .giveUp(.deadline))
    #expect(decision(.zero + .seconds(1) + .nanoseconds(1)) == .retry(at: .zero + .seconds(1)))
  }
}
