import Kernel

/// The circuit breaker strategy of Polly 8 under its own names.
///
/// Kept as in the library: ten windows that begin with an outcome, not on the clock; only a handled
/// outcome (a failure) can break the circuit; one trial after `BreakDuration`, from that very
/// instant on; any outcome that comes in while half open decides; an outcome that is not handled
/// counts as a success, which includes a call that was cancelled, so that cancelling the trial
/// closes the circuit. `trip` and forcing open are the manual control's isolation.
enum PollyBreaker {
  private static let optionsFile =
    "github.com/App-vNext/Polly src/Polly.Core/CircuitBreaker/CircuitBreakerStrategyOptions.cs"

  static let tool = ToolPreset(
    id: CircuitBreakerPreset.polly.rawValue, title: "Polly 8 circuit breaker strategy",
    knobs: [
      Knob(
        "FailureRatio", .number(0.000_001...1, .ratio), standard: .number(0.1),
        source: optionsFile, "The ratio of failures that breaks when it is reached."),
      Knob(
        "MinimumThroughput", .integer(2...1_000_000), standard: .integer(100),
        source: optionsFile,
        "Outcomes the sampling duration must hold before the circuit can break."),
      Knob(
        "SamplingDuration", .span(.milliseconds(500)...(.hours(24))),
        standard: .span(.seconds(30)), source: optionsFile,
        "How far back the ratio is assessed."),
      Knob(
        "BreakDuration", .span(.milliseconds(500)...(.hours(24))), standard: .span(.seconds(5)),
        source: optionsFile, "How long the circuit stays broken."),
    ],
    leavesOut: [
      "BreakDurationGenerator, which computes the break duration, is left out.",
      "Which outcomes are handled is up to the caller: failure is handled, success and ignored "
        + "are not.",
    ])

  static func options(_ settings: Settings) -> CircuitBreaker.Options {
    var options = CircuitBreaker.Options()
    let sampling = settings.span("SamplingDuration")
    options.window = .eventBuckets(count: 10, width: sampling / 10)
    options.judgement = .everyFailure
    options.minimumCalls = settings.integer("MinimumThroughput")
    options.failureThreshold = settings.number("FailureRatio")
    options.slowThreshold = nil
    options.openFor = settings.span("BreakDuration")
    options.isOpenEndIncluded = true
    options.trialCalls = 1
    options.trialRule = .firstResult
    options.withoutOutcome = .succeeds
    options.isLateResultCounted = true
    return options
  }
}
