import Kernel

/// When a process that died is started again.
///
/// The wait doubles from `base` to `cap`; a life longer than `resetAfter` makes it forget. With a
/// burst limit, more than `burst` starts within `interval` end it: a supervisor gives up.
///
/// Sources: Kubernetes CrashLoopBackOff (at once, then 10 s doubling to 5 min, forgotten after
/// 10 min), kubernetes/enhancements KEP-4603; systemd RestartSec, StartLimitBurst,
/// StartLimitIntervalSec.
public struct RestartPolicy: Sendable, Hashable {
  /// The wait after the second death in a row, or after each where it does not grow.
  public var base: TimeSpan
  /// The longest wait.
  public var cap: TimeSpan
  /// Whether the wait doubles.
  public var grows: Bool
  /// Whether the first restart waits too.
  public var waitsFirst: Bool
  /// A life of that length makes the policy forget.
  public var resetAfter: TimeSpan
  /// The most starts within `interval`; nil is any number.
  public var burst: Int?
  /// The window that starts are counted in.
  public var interval: TimeSpan

  /// A policy.
  public init(
    base: TimeSpan = .seconds(10), cap: TimeSpan = .minutes(5), grows: Bool = true,
    waitsFirst: Bool = false, resetAfter: TimeSpan = .minutes(10), burst: Int? = nil,
    interval: TimeSpan = .seconds(10)
  ) {
    self.base = base
    self.cap = cap
    self.grows = grows
    self.waitsFirst = waitsFirst
    self.resetAfter = resetAfter
    self.burst = burst
    self.interval = interval
  }
}

/// The lives of one process under a policy.
public struct RestartHistory: Sendable, Hashable {
  /// Deaths since the policy last forgot.
  public private(set) var deaths = 0
  /// When it was started, as far as the burst limit looks back.
  private var starts: [Instant]

  /// A process that starts at `now`.
  public init(startedAt now: Instant) { starts = [now] }

  /// The process died; returns when to start it, or nil when the policy gives up.
  public mutating func died(at now: Instant, _ policy: RestartPolicy) -> Instant? {
    if let last = starts.last, now - last >= policy.resetAfter { deaths = 0 }
    deaths += 1
    var wait = policy.base
    if deaths == 1, !policy.waitsFirst {
      wait = .zero
    } else if policy.grows {
      let doublings = min(deaths - (policy.waitsFirst ? 1 : 2), 30)
      wait = min(policy.cap, policy.base * (1 << max(0, doublings)))
    }
    let at = now + wait
    if let burst = policy.burst {
      let recent = starts.filter { at - $0 < policy.interval }
      guard recent.count < burst else { return nil }
      starts = recent
    }
    starts = starts.suffix(64) + [at]
    return at
  }
}
