import Kernel

/// How long to wait before the next try.
///
/// The growth gives an upper span e for each retry, the jitter draws the wait from it. Without
/// jitter, callers that failed together come back together.
///
/// Source: the simulator behind "Exponential Backoff And Jitter", AWS Architecture Blog
/// (github.com/aws-samples/aws-arch-backoff-simulator), and the libraries named by the presets.
public struct Backoff: Sendable, Hashable {
  /// How the span grows from one retry to the next.
  public enum Growth: Sendable, Hashable {
    /// No waiting at all.
    case none
    /// The same span each time.
    case fixed
    /// The base span times the number of the retry.
    case linear
    /// The base span times the factor to the power of the retries before.
    case exponential(factor: Double)
  }

  /// How chance shapes the wait out of the span e.
  public enum Jitter: Sendable, Hashable {
    /// Exactly e.
    case none
    /// Anything from 0 to e.
    case full
    /// Half of e, and anything up to half of e more.
    case equal
    /// Anything from the base to three times the wait before, whatever the growth says.
    case decorrelated
    /// e, and up to this share of e less or more.
    case spread(Double)
    /// Polly's formula: the time until the retry, not the wait, is near e in the median, and
    /// waits do not cluster.
    case pollyDecorrelated
  }

  /// How the span grows.
  public var growth: Growth
  /// How chance shapes the wait.
  public var jitter: Jitter
  /// The span before the first retry.
  public var base: TimeSpan
  /// The longest span; nil for no limit.
  public var cap: TimeSpan?
  /// Waits are whole multiples of this, rounded down.
  public var step: TimeSpan
  /// Whether the span is rounded to `step` at each growth, as resilience4j does, and not only once.
  public var isRoundedWhileGrowing: Bool

  /// A back-off.
  public init(
    growth: Growth, jitter: Jitter = .none, base: TimeSpan, cap: TimeSpan? = nil,
    step: TimeSpan = .nanoseconds(1), isRoundedWhileGrowing: Bool = false
  ) {
    precondition(step > .zero, "the step of a back-off must be above 0")
    self.growth = growth
    self.jitter = jitter
    self.base = base
    self.cap = cap
    self.step = step
    self.isRoundedWhileGrowing = isRoundedWhileGrowing
  }

  /// What one request has to remember from wait to wait.
  public struct Memory: Sendable, Hashable {
    /// The wait before; nil before the first.
    public var last: TimeSpan?
    /// The value of Polly's formula for the retry before.
    public var pollyValue = 0.0

    /// Nothing remembered yet.
    public init() {}
  }

  /// The span e before retry number `retry`, from 1, without chance.
  public func span(retry: Int) -> TimeSpan {
    let grown: TimeSpan
    switch growth {
    case .none: grown = .zero
    case .fixed: grown = base
    case .linear: grown = base * retry
    case .exponential(let factor): grown = exponential(retry: retry, factor: factor)
    }
    return cap.map { min($0, grown) } ?? grown
  }

  /// The wait before retry number `retry`, from 1.
  public func wait(
    retry: Int, memory: inout Memory, random: inout RandomStream
  ) -> TimeSpan {
    let span = span(retry: retry)
    var wait: TimeSpan
    switch jitter {
    case .none: wait = span
    case .full: wait = random.span(.zero, to: span)
    case .equal: wait = span / 2 + random.span(.zero, to: span - span / 2)
    case .decorrelated:
      let high = max(base, (memory.last ?? base) * 3)
      wait = random.span(base, to: high)
    case .spread(let share):
      let delta = span * share
      wait = span - delta + random.span(.zero, to: delta * 2)
    case .pollyDecorrelated:
      wait = pollyWait(retry: retry, memory: &memory, random: &random)
    }
    if let cap { wait = min(wait, cap) }
    wait = rounded(wait)
    memory.last = wait
    return wait
  }

  private func rounded(_ span: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: span.nanoseconds / step.nanoseconds * step.nanoseconds)
  }

  private func exponential(retry: Int, factor: Double) -> TimeSpan {
    var span = base
    let limit = cap ?? .hours(24 * 365)
    for _ in 1..<max(retry, 1) where span < limit {
      span = span * factor
      if isRoundedWhileGrowing { span = rounded(span) }
    }
    return min(span, limit)
  }

  /// Polly: with t the retries before plus chance, f(t) = 2^t tanh(sqrt(4 t)); the wait is the
  /// growth of f since the retry before, over 1.4, times the base.
  private func pollyWait(
    retry: Int, memory: inout Memory, random: inout RandomStream
  ) -> TimeSpan {
    let t = Double(retry - 1) + random.unit()
    let root = (4 * t).squareRoot()
    let shrinking = PortableMath.exp(-2 * root)
    let value = PortableMath.power(2, t) * (1 - shrinking) / (1 + shrinking)
    let growth = value - memory.pollyValue
    memory.pollyValue = value
    return base * max(0, growth / 1.4)
  }
}
