import Kernel

/// The circuit breaker of resilience4j 2 under its own names.
///
/// Kept as in the library: the minimum is capped to the size of a count window; the rates are
/// judged after every recorded call; the open time must be over, not just reached; half open is
/// judged over its permitted calls by the same thresholds as soon as `minimumNumberOfCalls` of them
/// (or all, when they are fewer) are in; results carry no mark of the state they started in, so
/// late ones count in the state that finds them; a cancelled call gives its permit back.
enum Resilience4jBreaker {
  private static let config =
    "github.com/resilience4j/resilience4j circuitbreaker/CircuitBreakerConfig.java"
  private static let backoff =
    "github.com/resilience4j/resilience4j spring configuration, core/IntervalFunction.java"

  static let tool = ToolPreset(
    id: CircuitBreakerPreset.resilience4j.rawValue, title: "resilience4j 2 CircuitBreaker",
    knobs: windowKnobs + stateKnobs + backoffKnobs,
    leavesOut: [
      "The random part of a randomized open time is drawn from our own generator.",
      "Predicates on exceptions and results are up to the caller: an outcome is given as "
        + "success, failure or ignored.",
      "Events and metrics for monitoring are left out.",
    ])

  private static let windowKnobs = [
    Knob(
      "slidingWindowType", .choice(["COUNT_BASED", "TIME_BASED"]),
      standard: .word("COUNT_BASED"), source: config,
      "Whether the window holds calls or seconds."),
    Knob(
      "slidingWindowSize", .integer(1...100_000), standard: .integer(100), source: config,
      "The size of the window: calls when it is count based, seconds when it is time based."),
    Knob(
      "minimumNumberOfCalls", .integer(1...100_000), standard: .integer(100), source: config,
      "Calls the window must hold before a rate is calculated; capped to a count window's size."),
    Knob(
      "failureRateThreshold", .number(0.001...100, .count), standard: .number(50),
      source: config, "The failure rate in percent that opens when it is reached."),
    Knob(
      "slowCallRateThreshold", .number(0.001...100, .count), standard: .number(100),
      source: config, "The share of slow calls in percent that opens when it is reached."),
    Knob(
      "slowCallDurationThreshold", .span(.nanoseconds(1)...(.hours(24))),
      standard: .span(.seconds(60)), source: config, "A call that took longer is slow."),
  ]

  private static let stateKnobs = [
    Knob(
      "waitDurationInOpenState", .span(.milliseconds(1)...(.hours(24))),
      standard: .span(.seconds(60)), source: config, "How long the breaker stays open."),
    Knob(
      "automaticTransitionFromOpenToHalfOpenEnabled", .flag, standard: .flag(false),
      source: config, "Whether a timer makes it half open, rather than the next call."),
    Knob(
      "permittedNumberOfCallsInHalfOpenState", .integer(1...100_000), standard: .integer(10),
      source: config, "Calls let through while half open."),
    Knob(
      "maxWaitDurationInHalfOpenState", .span(.zero...(.hours(24))), standard: .span(.zero),
      source: config, "The longest half-open time; 0s waits until the permitted calls are done."),
    Knob(
      "transitionToStateAfterWaitDuration", .choice(["OPEN", "CLOSED"]), standard: .word("OPEN"),
      source: config, "The state after the longest half-open time."),
  ]

  private static let backoffKnobs = [
    Knob(
      "enableExponentialBackoff", .flag, standard: .flag(false), source: backoff,
      "Whether the open time grows with each opening before it has closed."),
    Knob(
      "exponentialBackoffMultiplier", .number(1...100, .ratio), standard: .number(1.5),
      source: backoff, "The factor by which the open time grows."),
    Knob(
      "enableRandomizedWait", .flag, standard: .flag(false), source: backoff,
      "Whether chance lengthens or shortens the open time."),
    Knob(
      "randomizedWaitFactor", .number(0...1, .ratio), standard: .number(0.5), source: backoff,
      "The share by which chance may change the open time."),
  ]

  static func options(_ settings: Settings) -> CircuitBreaker.Options {
    var options = CircuitBreaker.Options()
    let size = settings.integer("slidingWindowSize")
    options.window =
      settings.word("slidingWindowType") == "COUNT_BASED"
      ? .calls(size) : .clockBuckets(count: size, width: .seconds(1))
    options.judgement = .everyResult
    options.minimumCalls = settings.integer("minimumNumberOfCalls")
    options.failureThreshold = settings.number("failureRateThreshold") / 100
    options.slowThreshold = settings.number("slowCallRateThreshold") / 100
    options.slowAfter = settings.span("slowCallDurationThreshold")
    options.openFor = settings.span("waitDurationInOpenState")
    if settings.flag("enableExponentialBackoff") {
      options.openGrowth = settings.number("exponentialBackoffMultiplier")
    }
    if settings.flag("enableRandomizedWait") {
      options.openJitter = settings.number("randomizedWaitFactor")
    }
    options.isOpenEndIncluded = false
    options.isHalfOpenAutomatic = settings.flag("automaticTransitionFromOpenToHalfOpenEnabled")
    options.trialCalls = settings.integer("permittedNumberOfCallsInHalfOpenState")
    options.trialRule = .thresholds
    let limit = settings.span("maxWaitDurationInHalfOpenState")
    options.trialLimit = limit < .milliseconds(1) ? nil : limit
    options.isTrialLimitClosing = settings.word("transitionToStateAfterWaitDuration") == "CLOSED"
    options.withoutOutcome = .releases
    options.isLateResultCounted = true
    return options
  }
}
