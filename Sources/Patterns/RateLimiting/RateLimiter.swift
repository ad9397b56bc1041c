import Kernel

/// A rate limiter of one key: which algorithm it is, and its state.
///
///     request ──▶ acquire(cost, now) ──▶ allow(remaining, resetAfter)
///                                    ──▶ delay(span)        meters and queues
///                                    ──▶ deny(retryAfter)   state unchanged
///
/// A refused request changes nothing, unless the algorithm counts refused ones on purpose. All state
/// is whole numbers, so a replay gives the same decisions on any machine.
public struct RateLimiter: Sendable, Hashable {
  /// The algorithms with their state.
  public enum Algorithm: Sendable, Hashable {
    /// Tokens that are refilled continuously.
    case tokenBucket(TokenBucket)
    /// The same decisions out of one timestamp.
    case gcra(GCRA)
    /// nginx's limit_req.
    case leakyMeter(LeakyBucketMeter)
    /// A queue that leaves at an even rate.
    case leakyQueue(LeakyBucketQueue)
    /// A count in each window.
    case fixedWindow(FixedWindow)
    /// The times of all admitted requests in a window.
    case slidingLog(SlidingLog)
    /// Two counts that stand for a sliding window.
    case slidingCounter(SlidingWindowCounter)
    /// Requests in progress.
    case concurrency(ConcurrencyLimit)
    /// No limit at all.
    case unlimited
  }

  /// The algorithm with its state.
  public private(set) var algorithm: Algorithm
  /// A wrong way to build the limiter, for drills; nil for the right one.
  public let shortcut: RateShortcut?

  /// A limiter that decides by `algorithm`.
  public init(_ algorithm: Algorithm, shortcut: RateShortcut? = nil) {
    self.algorithm = algorithm
    self.shortcut = shortcut
  }

  /// Decides about a request of `cost`, and accounts for it when it is admitted.
  public mutating func acquire(cost: Int = 1, at now: Instant) -> RateDecision {
    let decision = peek(cost: cost, at: now)
    if decision.isAdmitted || isCountingDenied || shortcut == .chargesDenied {
      commit(cost: cost, at: now)
    }
    return decision
  }

  /// What `acquire` would say; changes nothing.
  public func peek(cost: Int = 1, at now: Instant) -> RateDecision {
    precondition(cost >= 0, "a cost is 0 or more")
    let decision: RateDecision =
      switch algorithm {
      case .tokenBucket(let bucket): bucket.decision(cost: cost, at: now)
      case .gcra(let gcra): gcra.decision(cost: cost, at: now)
      case .leakyMeter(let meter): meter.decision(cost: cost, at: now)
      case .leakyQueue(let queue): queue.decision(cost: cost, at: now)
      case .fixedWindow(let window): window.decision(cost: cost, at: now)
      case .slidingLog(let log): log.decision(cost: cost, at: now)
      case .slidingCounter(let counter): counter.decision(cost: cost, at: now)
      case .concurrency(let limit): limit.decision(cost: cost)
      case .unlimited: .allow(remaining: .max, resetAfter: .zero)
      }
    guard shortcut == .hurriesRetry, case .deny(let after?) = decision else { return decision }
    return .deny(retryAfter: max(.zero, after - .seconds(1)))
  }

  /// A request of `cost` has ended; only a concurrency limit cares.
  public mutating func release(_ cost: Int = 1) {
    guard case .concurrency(var limit) = algorithm else { return }
    limit.release(cost)
    algorithm = .concurrency(limit)
  }

  private var isCountingDenied: Bool {
    switch algorithm {
    case .fixedWindow(let window): window.isCountingDenied
    case .slidingLog(let log): log.isLoggingDenied
    case .slidingCounter(let counter): counter.isCountingDenied
    case .tokenBucket, .gcra, .leakyMeter, .leakyQueue, .concurrency, .unlimited: false
    }
  }

  /// Accounts for a request, whatever the decision was.
  mutating func commit(cost: Int, at now: Instant) {
    // Taken out and replaced first, so that a log is not copied with every request.
    let old = algorithm
    algorithm = .unlimited
    switch consume old {
    case .tokenBucket(var bucket):
      bucket.commit(cost: cost, at: now)
      algorithm = .tokenBucket(bucket)
    case .gcra(var gcra):
      gcra.commit(cost: cost, at: now)
      algorithm = .gcra(gcra)
    case .leakyMeter(var meter):
      meter.commit(cost: cost, at: now)
      algorithm = .leakyMeter(meter)
    case .leakyQueue(var queue):
      queue.commit(cost: cost, at: now)
      algorithm = .leakyQueue(queue)
    case .fixedWindow(var window):
      window.commit(cost: cost, at: now)
      algorithm = .fixedWindow(window)
    case .slidingLog(var log):
      log.commit(cost: cost, at: now)
      algorithm = .slidingLog(log)
    case .slidingCounter(var counter):
      counter.commit(cost: cost, at: now)
      algorithm = .slidingCounter(counter)
    case .concurrency(var limit):
      limit.commit(cost: cost)
      algorithm = .concurrency(limit)
    case .unlimited: break
    }
  }
}
