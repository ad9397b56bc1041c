import Kernel

/// Several limits at once: a request must pass all of them.
///
/// All are asked first; only when all admit it is the request accounted for, in every one. A request
/// that one limit refuses does not drain the others, as in nginx.
public struct CompositeLimiter: Sendable, Hashable {
  /// The limits.
  public private(set) var limiters: [RateLimiter]

  /// Limits that must all be passed; at least one.
  public init(_ limiters: [RateLimiter]) {
    precondition(!limiters.isEmpty, "a composite limit has at least one part")
    self.limiters = limiters
  }

  /// Decides about a request: the longest wait of all, the fewest that remain.
  public mutating func acquire(cost: Int = 1, at now: Instant) -> RateDecision {
    var wait = TimeSpan.zero
    var remaining = Int.max
    var reset = TimeSpan.zero
    var retry = TimeSpan.zero
    var isDenied = false
    var isHopeless = false
    for limiter in limiters {
      switch limiter.peek(cost: cost, at: now) {
      case .allow(let left, let after):
        remaining = min(remaining, left)
        reset = max(reset, after)
      case .delay(let span): wait = max(wait, span)
      case .deny(let after):
        isDenied = true
        if let after { retry = max(retry, after) } else { isHopeless = true }
      }
    }
    if isDenied { return .deny(retryAfter: isHopeless ? nil : retry) }
    for index in limiters.indices { limiters[index].commit(cost: cost, at: now) }
    return wait > .zero ? .delay(wait) : .allow(remaining: remaining, resetAfter: reset)
  }

  /// A request of `cost` has ended.
  public mutating func release(_ cost: Int = 1) {
    for index in limiters.indices { limiters[index].release(cost) }
  }
}
