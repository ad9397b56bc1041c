import Kernel

/// Two counts stand for a sliding window: the running window's, and a part of the one before.
///
/// The estimate takes the earlier requests as evenly spread: `before x (1 - elapsed / window) + now`.
/// It is exact for even traffic only. The whole part of the estimate is compared with the limit.
public struct SlidingWindowCounter: Sendable, Hashable {
  /// Requests in each window.
  public let rate: RateLimit
  /// Where windows begin: by the clock, or with the first request (HAProxy's `http_req_rate`).
  public let anchor: WindowAnchor
  /// Whether refused requests count too, as HAProxy counts before it compares.
  public let isCountingDenied: Bool
  private var began: Instant?
  private var current = 0
  private var previous = 0

  /// A counter nobody has used.
  public init(_ rate: RateLimit, anchor: WindowAnchor = .clock, isCountingDenied: Bool = false) {
    self.rate = rate
    self.anchor = anchor
    self.isCountingDenied = isCountingDenied
  }

  /// A counter in the middle of its work, for published examples.
  public init(_ rate: RateLimit, began: Instant, current: Int, previous: Int) {
    self.init(rate)
    self.began = began
    self.current = current
    self.previous = previous
  }

  private func windows(at now: Instant) -> (began: Instant, current: Int, previous: Int) {
    let width = rate.period.nanoseconds
    let fresh = anchor == .clock ? now - .nanoseconds(now.nanoseconds % width) : now
    guard let began else { return (fresh, 0, 0) }
    let passed = now - began
    if passed < rate.period { return (began, current, previous) }
    if passed < rate.period * 2 { return (began + rate.period, 0, current) }
    return (fresh, 0, 0)
  }

  /// The part of the window's length, in nanoseconds, that the window before still counts for.
  private func rest(_ began: Instant, _ now: Instant) -> Int64 {
    min(rate.period.nanoseconds, (began + rate.period - now).nanoseconds)
  }

  /// The whole part of the estimate at `now`.
  public func estimate(at now: Instant) -> Int {
    let windows = windows(at: now)
    // HAProxy does not let a single request flap between 0 and 1.
    if anchor == .firstRequest, windows.current == 0, windows.previous <= 1 {
      return windows.previous
    }
    let part = Int64(windows.previous) * rest(windows.began, now) / rate.period.nanoseconds
    return windows.current + Int(part)
  }

  func decision(cost: Int, at now: Instant) -> RateDecision {
    let left = rate.permits - estimate(at: now)
    let windows = windows(at: now)
    if cost <= left {
      return .allow(
        remaining: left - cost, resetAfter: windows.began + rate.period * 2 - now)
    }
    guard cost <= rate.permits else { return .deny(retryAfter: nil) }
    return .deny(retryAfter: wait(cost: cost, windows, at: now))
  }

  /// The time after which nothing but waiting lets `cost` in.
  private func wait(
    cost: Int, _ windows: (began: Instant, current: Int, previous: Int), at now: Instant
  ) -> TimeSpan {
    let room = rate.permits - cost
    if windows.current <= room, windows.previous > 0 {
      return Self.fall(windows.previous, to: room - windows.current, from: windows.began, rate)
        - now
    }
    // Not in this window: what is current now counts in part in the next one.
    return Self.fall(windows.current, to: room, from: windows.began + rate.period, rate) - now
  }

  /// When the part of `count` for a window that began at `began` is below `room + 1`.
  private static func fall(
    _ count: Int, to room: Int, from began: Instant, _ rate: RateLimit
  ) -> Instant {
    guard count > room else { return began }
    let width = rate.period.nanoseconds
    // The greatest rest with count * rest < (room + 1) * width.
    let rest = (Int64(room + 1) * width - 1) / Int64(count)
    return began + .nanoseconds(max(0, width - rest))
  }

  mutating func commit(cost: Int, at now: Instant) {
    let windows = windows(at: now)
    began = windows.began
    current = windows.current + cost
    previous = windows.previous
  }
}
