import Kernel

/// A count in each window of time, which begins at 0 again with the next window.
///
/// **At most `limit` in a window, but up to twice that in a time as long as one**, around its edge.
public struct FixedWindow: Sendable, Hashable {
  /// Requests in each window.
  public let rate: RateLimit
  /// Where windows begin.
  public let anchor: WindowAnchor
  /// Whether refused requests count too, as `INCR` before the comparison does.
  public let isCountingDenied: Bool
  /// What was counted in the window that began last.
  public private(set) var count = 0
  private var began: Instant?

  /// A window nobody has used.
  public init(_ rate: RateLimit, anchor: WindowAnchor = .clock, isCountingDenied: Bool = false) {
    self.rate = rate
    self.anchor = anchor
    self.isCountingDenied = isCountingDenied
  }

  /// The beginning of the window at `now` and what is counted in it.
  private func window(at now: Instant) -> (began: Instant, count: Int) {
    if let began, now < began + rate.period { return (began, count) }
    switch anchor {
    case .firstRequest: return (now, 0)
    case .clock:
      return (now - .nanoseconds(now.nanoseconds % rate.period.nanoseconds), 0)
    }
  }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let window = window(at: now)
    let left = rate.permits - window.count
    let end = window.began + rate.period - now
    if cost <= left { return .allow(remaining: left - cost, resetAfter: end) }
    return .deny(retryAfter: cost <= rate.permits ? end : nil)
  }

  mutating func commit(cost: Int, at now: Instant) {
    let window = window(at: now)
    began = window.began
    count = window.count + cost
  }
}
