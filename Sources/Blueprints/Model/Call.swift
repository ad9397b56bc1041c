import Kernel
import Patterns

/// What one component asks of another, and how it guards itself while it waits.
public struct Call: Sendable, Equatable {
  /// Who asks, by place.
  public var source: Int
  /// Who answers, by place.
  public var target: Int
  /// Calls of the same step go out together; steps follow each other.
  public var step = 0
  /// The share of requests that need it, from 0 to 1.
  public var share = 1.0
  /// The operations that need it; empty for all.
  public var operations: [String] = []
  /// Whether it is made only after the cache before it had nothing; its answer then fills the cache.
  public var isAfterMiss = false
  /// Calls made for each request, to different instances (or shards).
  public var fanOut = 1
  /// How many of them must succeed; nil for all.
  public var need: Int?
  /// Whether nobody waits for the answer.
  public var isAsync = false
  /// Whether the source can do without the answer: a fallback.
  public var hasFallback = false
  /// How important it is where calls queue by priority, from 0, the most important.
  public var priority = 1

  /// How long the source waits for one attempt; nil for as long as the connection lives.
  public var timeout: TimeSpan?
  /// Whether the time that is left goes along, so that nobody works for a caller who has left.
  public var passesDeadline = false
  /// Which failures are tried again, how often, after what wait.
  public var retry = RetryPolicy(
    maxAttempts: 1,
    backoff: Backoff(
      growth: .exponential(factor: 2), jitter: .full, base: .milliseconds(50), cap: .seconds(20)))
  /// What bounds the retries of all requests together.
  public var budget = RetryBudget.Rule.unlimited
  /// The breaker that each instance of the source keeps; nil for none.
  public var breaker: CircuitBreaker.Options?
  /// The most calls in progress that each instance of the source allows itself; nil for no limit.
  public var bulkhead: Int?
  /// After which wait a second copy goes to another instance; nil for never.
  public var hedgeAfter: TimeSpan?
  /// How an instance is chosen.
  public var balancing = BalancingAlgorithm.roundRobin
  /// Whether instances of the own zone are preferred while there are any.
  public var staysInZone = false

  /// A plain call.
  public init(from source: Int, to target: Int) {
    self.source = source
    self.target = target
  }
}
