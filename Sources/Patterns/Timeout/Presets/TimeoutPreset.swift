import Kernel

/// The time limits of some tools, under their own names.
public enum TimeoutPreset: String, Hashable, PresetTable {
  /// resilience4j 2 TimeLimiter.
  case resilience4j
  /// Hystrix 1.5 execution timeout.
  case hystrix
  /// Polly 8 timeout strategy.
  case polly
  /// Envoy route timeout and per-try timeout.
  case envoy

  /// The row of the tool.
  public var row: PresetRow<TimeoutPolicy> {
    switch self {
    case .resilience4j: Self.resilience4jRow
    case .hystrix: Self.hystrixRow
    case .polly: Self.pollyRow
    case .envoy: Self.envoyRow
    }
  }

  private static let resilience4jRow = PresetRow(
    "resilience4j 2 TimeLimiter", knobs: resilience4jKnobs,
    leavesOut: ["A thread that does not react to its interruption goes on working."]
  ) { settings in
    TimeoutPolicy(
      perTry: settings.span("timeoutDuration"), isCancelling: settings.flag("cancelRunningFuture"))
  }

  private static let hystrixRow = PresetRow(
    "Hystrix 1.5 execution timeout", knobs: hystrixKnobs,
    leavesOut: ["The interrupt reaches the caller's thread only, not the dependency."]
  ) { settings in
    let limit = Int64(settings.integer("execution.isolation.thread.timeoutInMilliseconds"))
    let isOn = settings.flag("execution.timeout.enabled")
    return TimeoutPolicy(
      perTry: isOn ? .milliseconds(limit) : nil,
      isCancelling: settings.flag("execution.isolation.thread.interruptOnTimeout"))
  }

  private static let pollyRow = PresetRow("Polly 8 timeout strategy", knobs: pollyKnobs) {
    TimeoutPolicy(perTry: $0.span("Timeout"), isCancelling: true)
  }

  private static let envoyRow = PresetRow(
    "Envoy route timeouts", knobs: envoyKnobs, leavesOut: ["Idle and stream timeouts are left out."]
  ) { settings in
    let perTry = settings.span("per_try_timeout")
    let total = settings.span("timeout")
    // A per-try timeout that is not below the route's is ignored.
    let isUsed = perTry > .zero && (total == .zero || perTry < total)
    return TimeoutPolicy(
      perTry: isUsed ? perTry : nil, total: total == .zero ? nil : total, isCancelling: true)
  }

  private static let resilience4jKnobs = [
    Knob(
      "timeoutDuration", .span(.zero...(.hours(24))), standard: .span(.seconds(1)),
      source: "github.com/resilience4j/resilience4j timelimiter/TimeLimiterConfig.java",
      "The longest wait for the result."),
    Knob(
      "cancelRunningFuture", .flag, standard: .flag(true),
      source: "github.com/resilience4j/resilience4j timelimiter/TimeLimiterConfig.java",
      "Whether the running future is cancelled when the time is over."),
  ]

  private static let hystrixKnobs = [
    Knob(
      "execution.isolation.thread.timeoutInMilliseconds", .integer(1...3_600_000),
      standard: .integer(1_000), source: "github.com/Netflix/Hystrix HystrixCommandProperties.java",
      "Milliseconds after which the caller gets a timeout."),
    Knob(
      "execution.timeout.enabled", .flag, standard: .flag(true),
      source: "github.com/Netflix/Hystrix HystrixCommandProperties.java",
      "Whether there is a timeout at all."),
    Knob(
      "execution.isolation.thread.interruptOnTimeout", .flag, standard: .flag(true),
      source: "github.com/Netflix/Hystrix HystrixCommandProperties.java",
      "Whether the executing thread is interrupted."),
  ]

  private static let pollyKnobs = [
    Knob(
      "Timeout", .span(.milliseconds(10)...(.hours(24))), standard: .span(.seconds(30)),
      source: "github.com/App-vNext/Polly src/Polly.Core/Timeout/TimeoutStrategyOptions.cs",
      "The longest time for the callback; cancellation is cooperative.")
  ]

  private static let envoyKnobs = [
    Knob(
      "timeout", .span(.zero...(.hours(24))), standard: .span(.seconds(15)),
      source: "github.com/envoyproxy/data-plane-api envoy/config/route/v3/route_components.proto",
      "The longest time for the request with its retries; 0s for none."),
    Knob(
      "per_try_timeout", .span(.zero...(.hours(24))), standard: .span(.zero),
      source: "github.com/envoyproxy/data-plane-api envoy/config/route/v3/route_components.proto",
      "The longest time for one try; 0s uses the route's timeout."),
  ]
}
