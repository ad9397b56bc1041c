import Kernel

/// The retries of the libraries resilience4j and Polly, which have no budget.
enum LibraryRetry {
  private static let retryConfig = "github.com/resilience4j/resilience4j retry/RetryConfig.java"
  private static let interval =
    "github.com/resilience4j/resilience4j core/IntervalFunction.java @3e088d1e"

  /// Waits are whole milliseconds and are cut off to them at each growth: 500, 750, 1125, 1687.
  static let resilience4j = ToolPreset(
    id: RetryPreset.resilience4j.rawValue, title: "resilience4j 2 Retry",
    knobs: [
      Knob(
        "maxAttempts", .integer(1...1_000), standard: .integer(3), source: retryConfig,
        "The most calls, the first included: 3 means two retries."),
      Knob(
        "waitDuration", .span(.milliseconds(1)...(.hours(24))),
        standard: .span(.milliseconds(500)), source: retryConfig,
        "The wait before a retry, or before the first one when it grows."),
      Knob(
        "enableExponentialBackoff", .flag, standard: .flag(false), source: interval,
        "Whether the wait grows."),
      Knob(
        "exponentialBackoffMultiplier", .number(1...100, .ratio), standard: .number(1.5),
        source: interval, "The factor by which the wait grows."),
      Knob(
        "enableRandomizedWait", .flag, standard: .flag(false), source: interval,
        "Whether chance shortens or lengthens the wait."),
      Knob(
        "randomizedWaitFactor", .number(0...1, .ratio), standard: .number(0.5),
        source: interval, "The share by which chance may change the wait."),
    ],
    leavesOut: [
      "There is no retry budget and no Retry-After in the library.",
      "All exceptions are retried, those of its own circuit breaker included.",
    ])

  static func resilience4jPolicy(_ settings: Settings) -> RetryPolicy {
    let isGrowing = settings.flag("enableExponentialBackoff")
    let factor = settings.number("exponentialBackoffMultiplier")
    let isRandom = settings.flag("enableRandomizedWait")
    return RetryPolicy(
      maxAttempts: settings.integer("maxAttempts"),
      backoff: Backoff(
        growth: isGrowing ? .exponential(factor: factor) : .fixed,
        jitter: isRandom ? .spread(settings.number("randomizedWaitFactor")) : .none,
        base: settings.span("waitDuration"), step: .milliseconds(1),
        isRoundedWhileGrowing: true),
      retriable: [.refused, .throttled, .shortCircuited, .error, .timedOut],
      isRetryAfterHonoured: false)
  }

  private static let pollyOptions =
    "github.com/App-vNext/Polly src/Polly.Core/Retry/RetryStrategyOptions.TResult.cs @5d804037"

  /// Jitter on a constant or linear wait is a quarter up or down; on an exponential one it is the
  /// decorrelated formula of RetryHelper.cs.
  static let polly = ToolPreset(
    id: RetryPreset.polly.rawValue, title: "Polly 8 retry strategy",
    knobs: [
      Knob(
        "MaxRetryAttempts", .integer(0...1_000), standard: .integer(3), source: pollyOptions,
        "The most retries, the first call not counted: 3 means four calls."),
      Knob(
        "Delay", .span(.zero...(.hours(24))), standard: .span(.seconds(2)),
        source: pollyOptions, "The wait before the first retry."),
      Knob(
        "BackoffType", .choice(["Constant", "Linear", "Exponential"]),
        standard: .word("Constant"), source: pollyOptions, "How the wait grows."),
      Knob(
        "UseJitter", .flag, standard: .flag(false), source: pollyOptions,
        "Whether chance shapes the wait."),
      Knob(
        "MaxDelay", .span(.zero...(.hours(24))), standard: .span(.hours(24)),
        source: pollyOptions,
        "The longest wait; without a value in Polly, which is the longest one allowed here."),
    ],
    leavesOut: [
      "There is no retry budget in the library.",
      "DelayGenerator, which may read Retry-After, is left out.",
      "All exceptions but cancellation are retried, those of its own circuit breaker included.",
    ])

  static func pollyPolicy(_ settings: Settings) -> RetryPolicy {
    let isJittered = settings.flag("UseJitter")
    let growth: Backoff.Growth
    let jitter: Backoff.Jitter
    switch settings.word("BackoffType") {
    case "Linear":
      growth = .linear
      jitter = .spread(0.25)
    case "Exponential":
      growth = .exponential(factor: 2)
      jitter = .pollyDecorrelated
    default:
      growth = .fixed
      jitter = .spread(0.25)
    }
    return RetryPolicy(
      maxAttempts: settings.integer("MaxRetryAttempts") + 1,
      backoff: Backoff(
        growth: growth, jitter: isJittered ? jitter : .none, base: settings.span("Delay"),
        cap: settings.span("MaxDelay")),
      retriable: [.refused, .throttled, .shortCircuited, .error, .timedOut],
      isRetryAfterHonoured: false)
  }
}
