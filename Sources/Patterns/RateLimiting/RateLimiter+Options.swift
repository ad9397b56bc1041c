import Kernel

extension RateLimiter {
  /// Everything that can be set on a limiter; presets fill it from a tool's own knobs.
  public struct Options: Sendable, Hashable {
    /// How it decides.
    public var kind = Kind.tokenBucket
    /// Permits in each period.
    public var rate = RateLimit(10, per: .seconds(1))
    /// Tokens a bucket holds, requests that GCRA and nginx take on top of one, places in a queue,
    /// or requests in progress: what may come at once.
    public var burst = 10
    /// For nginx: requests of excess that are not delayed; nil delays none.
    public var delayAbove: Int? = 0
    /// Where windows begin.
    public var anchor = WindowAnchor.clock
    /// Whether windows and logs count refused requests too.
    public var isCountingDenied = false
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: RateShortcut?

    /// A token bucket of 10 that is refilled with 10 a second.
    public init() {}
  }

  /// The ways to decide.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Tokens that are refilled continuously.
    case tokenBucket = "token-bucket"
    /// The generic cell rate algorithm.
    case gcra
    /// nginx's limit_req.
    case leakyMeter = "limit-req"
    /// A queue that leaves at an even rate.
    case leakyQueue = "leaky-queue"
    /// A count in each window.
    case fixedWindow = "fixed-window"
    /// The times of all admitted requests.
    case slidingLog = "sliding-log"
    /// Two counts that stand for a sliding window.
    case slidingCounter = "sliding-counter"
    /// Requests in progress.
    case concurrency
    /// No limit.
    case unlimited
  }

  /// A fresh limiter with these options.
  public init(_ options: Options) {
    let rate = options.rate
    let algorithm: Algorithm =
      switch options.kind {
      case .tokenBucket:
        .tokenBucket(
          TokenBucket(rate, capacity: max(1, options.burst), shortcut: options.shortcut))
      case .gcra: .gcra(GCRA(rate, burst: options.burst))
      case .leakyMeter:
        .leakyMeter(
          LeakyBucketMeter(
            milliRate: max(1, Self.milliRate(rate)), burst: options.burst,
            delayAbove: options.delayAbove))
      case .leakyQueue: .leakyQueue(LeakyBucketQueue(rate, places: options.burst))
      case .fixedWindow:
        .fixedWindow(
          FixedWindow(
            rate, anchor: options.anchor, isCountingDenied: options.isCountingDenied))
      case .slidingLog:
        .slidingLog(SlidingLog(rate, isLoggingDenied: options.isCountingDenied))
      case .slidingCounter:
        .slidingCounter(
          SlidingWindowCounter(
            rate, anchor: options.anchor, isCountingDenied: options.isCountingDenied))
      case .concurrency: .concurrency(ConcurrencyLimit(max(1, options.burst)))
      case .unlimited: .unlimited
      }
    self.init(algorithm, shortcut: options.shortcut)
  }

  /// Thousandths of a request in a second, rounded down as nginx does.
  private static func milliRate(_ rate: RateLimit) -> Int {
    Int(Double(rate.permits) * 1e12 / Double(rate.period.nanoseconds))
  }
}
