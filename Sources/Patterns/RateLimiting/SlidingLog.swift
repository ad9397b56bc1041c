import Kernel

/// The times of the last admitted requests: exact, at the price of one time for each permit.
///
/// **At most `limit` in any time as long as the window.** When refused requests are kept too, a
/// client that never stops asking is never admitted again.
public struct SlidingLog: Sendable, Hashable {
  /// Requests in any window.
  public let rate: RateLimit
  /// Whether refused requests are kept too.
  public let isLoggingDenied: Bool
  private var times: [Instant]
  private var first = 0
  private var count = 0

  /// An empty log.
  public init(_ rate: RateLimit, isLoggingDenied: Bool = false) {
    self.rate = rate
    self.isLoggingDenied = isLoggingDenied
    times = Array(repeating: .zero, count: rate.permits)
  }

  private func time(_ index: Int) -> Instant { times[(first + index) % times.count] }

  /// How many of the oldest are no longer in the window that ends at `now`.
  private func outdated(at now: Instant) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if time(middle) + rate.period <= now { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let old = outdated(at: now)
    let held = count - old
    if held + cost <= rate.permits {
      let newest = cost > 0 ? now : (held > 0 ? time(count - 1) : now - rate.period)
      return .allow(
        remaining: rate.permits - held - cost, resetAfter: newest + rate.period - now)
    }
    guard cost <= rate.permits else { return .deny(retryAfter: nil) }
    let freeing = time(old + held + cost - rate.permits - 1)
    return .deny(retryAfter: freeing + rate.period - now)
  }

  mutating func commit(cost: Int, at now: Instant) {
    let old = outdated(at: now)
    first = (first + old) % times.count
    count -= old
    for _ in 0..<min(cost, times.count) {
      if count == times.count {
        first = (first + 1) % times.count
        count -= 1
      }
      times[(first + count) % times.count] = now
      count += 1
    }
  }
}
