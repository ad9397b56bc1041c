import Kernel

/// A bulkhead as some tools build it, under their own names.
public enum BulkheadPreset: String, Hashable, PresetTable {
  /// Both kinds, under plain names.
  case plain
  /// resilience4j 2 Bulkhead: a semaphore.
  case resilience4j
  /// resilience4j 2 ThreadPoolBulkhead.
  case resilience4jPool = "resilience4j-pool"
  /// Hystrix 1.5: a pool of threads for each dependency.
  case hystrix
  /// Polly 8 concurrency limiter.
  case polly

  /// What a bulkhead is made of.
  public enum Design: Sendable, Hashable {
    /// Nothing: calls are not counted.
    case none
    /// A semaphore.
    case semaphore(SemaphoreBulkhead)
    /// A pool of threads.
    case pool(ThreadPoolBulkhead.Options)
  }

  /// The row of the tool.
  public var row: PresetRow<Design> {
    switch self {
    case .plain: Self.plainRow
    case .resilience4j: Self.semaphoreRow
    case .resilience4jPool: Self.poolRow
    case .hystrix: Self.hystrixRow
    case .polly: Self.pollyRow
    }
  }
}
