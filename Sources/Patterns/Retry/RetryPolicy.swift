import Kernel

/// Which failed calls are tried again, how often, and after what wait.
///
/// A policy is shared by all requests of a caller; a `RetrySequence` is one request's way through
/// it, and a `RetryBudget` bounds all of them together.
public struct RetryPolicy: Sendable, Hashable {
  /// The most calls for one request, the first included; 1 for no retry.
  public var maxAttempts: Int
  /// How long to wait before each retry.
  public var backoff: Backoff
  /// The kinds of failure that are worth another try.
  public var retriable: CallFailures
  /// Whether a wait that the server asks for replaces the computed one.
  public var isRetryAfterHonoured: Bool
  /// Whether the growth begins again after a wait that the server asked for: gRPC.
  public var isGrowthResetByRetryAfter: Bool
  /// A wrong way to build retries, for drills; nil for the right one.
  public var shortcut: RetryShortcut?

  /// A policy.
  public init(
    maxAttempts: Int, backoff: Backoff,
    retriable: CallFailures = [.refused, .throttled, .error, .timedOut],
    isRetryAfterHonoured: Bool = true, isGrowthResetByRetryAfter: Bool = false
  ) {
    precondition(maxAttempts >= 1, "a request has at least one attempt")
    self.maxAttempts = maxAttempts
    self.backoff = backoff
    self.retriable = retriable
    self.isRetryAfterHonoured = isRetryAfterHonoured
    self.isGrowthResetByRetryAfter = isGrowthResetByRetryAfter
  }

  /// A policy that never tries again.
  public static let never = RetryPolicy(
    maxAttempts: 1, backoff: Backoff(growth: .none, base: .zero))
}

/// One request on its way through a retry policy.
///
///     attempt ──failed, worth it, in time, in budget──▶ wait ──▶ attempt
///        │                                                         │
///        └── succeeded, or gave up: attempts | deadline | budget | not retriable
///
/// **Attempts never exceed the policy's. A retry never starts at or after the deadline. A call
/// that may have had its effect is repeated only when it is idempotent.**
public struct RetrySequence: Sendable, Hashable {
  /// What to do after a failure.
  public enum Decision: Sendable, Hashable {
    /// Try again at this instant.
    case retry(at: Instant)
    /// Tell the client that the request failed.
    case giveUp(Reason)
  }

  /// Why a request is not tried again.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// The policy's attempts are used up.
    case attempts
    /// The next try would begin too late.
    case deadline
    /// The budget that all requests share is used up.
    case budget
    /// Another try could not help, or could do harm.
    case notRetriable = "not retriable"
  }

  /// Calls begun so far.
  public private(set) var attempts: Int32 = 1
  /// When the answer is of no use any more; the distant future for never.
  public let deadline: Instant
  /// Whether the request may have its effect twice.
  public let isIdempotent: Bool
  /// What the retry in progress cost the budget; 0 while the first call is in progress.
  public private(set) var lastCost: Int32 = 0
  private var growth: Int32 = 0
  private var memory = Backoff.Memory()

  /// A request whose first call begins now.
  public init(deadline: Instant = .distantFuture, isIdempotent: Bool = true) {
    self.deadline = deadline
    self.isIdempotent = isIdempotent
  }

  /// Decides what follows the failure of the current call.
  ///
  /// The budget has been told of the failure by `attemptEnded`; a retry withdraws from it here.
  public mutating func failed(
    _ failure: CallFailure, retryAfter: TimeSpan? = nil, at now: Instant, policy: RetryPolicy,
    budget: inout RetryBudget, random: inout RandomStream
  ) -> Decision {
    let most = policy.maxAttempts + (policy.shortcut == .miscounts ? 1 : 0)
    guard Int(attempts) < most else { return .giveUp(.attempts) }
    guard policy.retriable.contains(failure), isIdempotent || !failure.mayHaveExecuted else {
      return .giveUp(.notRetriable)
    }
    let wait: TimeSpan
    if let retryAfter, policy.isRetryAfterHonoured {
      wait = retryAfter
      if policy.isGrowthResetByRetryAfter {
        growth = 0
        memory = Backoff.Memory()
      }
    } else {
      growth += 1
      wait =
        policy.shortcut == .waitsWithoutChance
        ? policy.backoff.span(retry: Int(growth))
        : policy.backoff.wait(retry: Int(growth), memory: &memory, random: &random)
    }
    guard now + wait < deadline else { return .giveUp(.deadline) }
    guard let cost = budget.withdraw(for: failure, at: now) else { return .giveUp(.budget) }
    lastCost = Int32(cost)
    attempts += 1
    return .retry(at: now + wait)
  }
}
