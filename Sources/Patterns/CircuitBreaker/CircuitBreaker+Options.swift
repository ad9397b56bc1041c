import Kernel

extension CircuitBreaker {
  /// Everything that can be set on a circuit breaker; presets fill it from a tool's own knobs.
  public struct Options: Sendable, Hashable {
    /// What the breaker remembers of the recent past while it is closed.
    public var window = OutcomeWindow.Shape.calls(100)
    /// When the window is looked at.
    public var judgement = Judgement.everyResult
    /// Calls the window must hold before it is judged at all; at least 1.
    public var minimumCalls = 20
    /// The share of failed calls that opens, above 0 up to 1; nil for never.
    public var failureThreshold: Double? = 0.5
    /// The share of slow calls that opens, above 0 up to 1; nil for never.
    public var slowThreshold: Double?
    /// A call that took longer than this is slow.
    public var slowAfter = TimeSpan.seconds(60)
    /// So many failures in a row open, whatever the window says; nil for never.
    public var consecutiveFailures: Int?

    /// How long the breaker stays open the first time.
    public var openFor = TimeSpan.seconds(60)
    /// Factor on `openFor` for each further opening without a closing between; 1 for none.
    public var openGrowth = 1.0
    /// The longest the breaker stays open, however often it opened.
    public var openMaximum = TimeSpan.hours(24)
    /// Share of the open time by which chance lengthens or shortens it, 0 to 1.
    public var openJitter = 0.0
    /// Whether a call at the very end of the open time is let through already.
    public var isOpenEndIncluded = true
    /// Whether a timer ends the open time, rather than the first call after it.
    public var isHalfOpenAutomatic = false

    /// Calls let through while half open; at least 1.
    public var trialCalls = 1
    /// What decides the half-open state.
    public var trialRule = TrialRule.firstResult
    /// The longest the breaker stays half open; nil for no limit.
    public var trialLimit: TimeSpan?
    /// Whether the breaker closes when `trialLimit` is over, rather than opens again.
    public var isTrialLimitClosing = false
    /// What a call that was cancelled or whose outcome is ignored does.
    public var withoutOutcome = WithoutOutcome.releases
    /// Whether results of calls let through before the last change of state are counted.
    public var isLateResultCounted = false

    /// How long after closing the admitted share rises from `rampFloor` to all; zero for at once.
    public var rampFor = TimeSpan.zero
    /// The share admitted right after closing, when there is a ramp.
    public var rampFloor = 0.1
    /// Whether the states beneath go on while the breaker is forced, and are resumed after.
    public var isForcingResumed = false

    /// A wrong way to build the breaker, for drills; nil for the right one.
    public var shortcut: BreakerShortcut?

    /// The options of the `plain` preset.
    public init() {}
  }

  /// When the window is looked at.
  public enum Judgement: Sendable, Hashable {
    /// After every recorded call: resilience4j.
    case everyResult
    /// After every recorded failure; a success never opens: Polly.
    case everyFailure
    /// When a bucket is complete, by a timer, whoever calls: Hystrix.
    case snapshots
  }

  /// What decides the half-open state.
  public enum TrialRule: Sendable, Hashable {
    /// The first result: a success closes, a failure opens.
    case firstResult
    /// The thresholds of the closed state, as soon as enough trial results are in.
    case thresholds
    /// The breaker closes when all trial calls succeeded and opens on the first failure.
    case allSucceed
  }

  /// What a call does that was let through but ended without an outcome that counts.
  public enum WithoutOutcome: Sendable, Hashable {
    /// It gives its permit back, as if it had never been: resilience4j.
    case releases
    /// It opens a half-open breaker again and is not counted while closed: Hystrix.
    case reopens
    /// It counts as a success: Polly.
    case succeeds
  }
}
