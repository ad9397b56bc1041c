import Kernel

/// The retries of Envoy, the AWS SDKs and gRPC, each with its budget.
enum ProtocolRetry {
  private static let route =
    "github.com/envoyproxy/data-plane-api envoy/config/route/v3/route_components.proto"
  private static let breaker =
    "github.com/envoyproxy/data-plane-api envoy/config/cluster/v3/circuit_breaker.proto"

  /// Retry N waits anything below min(25 ms x 2^(N-1), 250 ms), in whole milliseconds, as in
  /// Envoy's backoff_strategy.cc; its documentation names the older bound (2^N - 1) x 25 ms.
  static let envoy = ToolPreset(
    id: RetryPreset.envoy.rawValue, title: "Envoy route retry policy",
    knobs: [
      Knob(
        "num_retries", .integer(0...100), standard: .integer(1), source: route,
        "The most retries, the first call not counted."),
      Knob(
        "retry_back_off.base_interval", .span(.milliseconds(1)...(.minutes(10))),
        standard: .span(.milliseconds(25)), source: route,
        "The span that bounds the first wait."),
      Knob(
        "retry_back_off.max_interval", .span(.milliseconds(1)...(.minutes(10))),
        standard: .span(.milliseconds(250)), source: route,
        "The longest wait; ten times the base interval unless it is set."),
      Knob(
        "retry_budget", .flag, standard: .flag(false), source: breaker,
        "Whether the cluster has a retry budget; without one max_retries holds."),
      Knob(
        "retry_budget.budget_percent", .number(0...100, .count), standard: .number(20),
        source: breaker, "Retries at a time in percent of calls in progress and pending."),
      Knob(
        "retry_budget.min_retry_concurrency", .integer(0...10_000), standard: .integer(3),
        source: breaker, "Retries at a time that are always allowed."),
      Knob(
        "max_retries", .integer(0...100_000), standard: .integer(3), source: breaker,
        "Retries at a time for the whole cluster when there is no budget."),
    ],
    leavesOut: [
      "Retry conditions (retry_on) are taken to be 5xx and reset, and per-try timeouts among them.",
      "Host selection predicates and rate-limited back-off are left out.",
    ])

  static func envoyPolicy(_ settings: Settings) -> RetryPolicy {
    RetryPolicy(
      maxAttempts: settings.integer("num_retries") + 1,
      backoff: Backoff(
        growth: .exponential(factor: 2), jitter: .full,
        base: settings.span("retry_back_off.base_interval"),
        cap: settings.span("retry_back_off.max_interval"), step: .milliseconds(1)),
      retriable: [.refused, .error, .timedOut], isRetryAfterHonoured: false)
  }

  static func envoyBudget(_ settings: Settings) -> RetryBudget.Rule {
    guard settings.flag("retry_budget") else {
      return .concurrency(share: 0, minimum: settings.integer("max_retries"))
    }
    return .concurrency(
      share: settings.number("retry_budget.budget_percent") / 100,
      minimum: settings.integer("retry_budget.min_retry_concurrency"))
  }

  private static let botocore = "github.com/boto/botocore retries/standard.py, retries/quota.py"

  /// Waits are anything up to min(2^(retry - 1), 20) seconds.
  static let aws = ToolPreset(
    id: RetryPreset.aws.rawValue, title: "AWS SDK standard retry mode",
    knobs: [
      Knob(
        "max_attempts", .integer(1...100), standard: .integer(3), source: botocore,
        "The most calls, the first included.")
    ],
    leavesOut: [
      "The quota of 500, its costs of 5 and of 10 after a timeout, and the longest wait of 20 s are "
        + "fixed in the SDK and here.",
      "Newer, per-service variants of the mode and the adaptive mode's rate limiter are left out.",
    ])

  static func awsPolicy(_ settings: Settings) -> RetryPolicy {
    RetryPolicy(
      maxAttempts: settings.integer("max_attempts"),
      backoff: Backoff(
        growth: .exponential(factor: 2), jitter: .full, base: .seconds(1), cap: .seconds(20)),
      isRetryAfterHonoured: false)
  }

  static let awsBudget = RetryBudget.Rule.quota(
    capacity: 500, cost: 5, timeoutCost: 10, increment: 1)

  private static let a6 = "github.com/grpc/proposal A6-client-retries.md, its example values"

  /// Retry N waits anything up to min(initialBackoff x multiplier^(N-1), maxBackoff).
  static let grpc = ToolPreset(
    id: RetryPreset.grpc.rawValue, title: "gRPC retryPolicy and retryThrottling",
    knobs: [
      Knob(
        "maxAttempts", .integer(2...5), standard: .integer(4), source: a6,
        "The most calls, the first included; more than 5 are treated as 5."),
      Knob(
        "initialBackoff", .span(.milliseconds(1)...(.minutes(10))),
        standard: .span(.milliseconds(100)), source: a6, "The bound of the first wait."),
      Knob(
        "maxBackoff", .span(.milliseconds(1)...(.minutes(10))), standard: .span(.seconds(1)),
        source: a6, "The bound of the longest wait."),
      Knob(
        "backoffMultiplier", .number(0.001...100, .ratio), standard: .number(2), source: a6,
        "The factor from one bound to the next."),
      Knob(
        "retryThrottling.maxTokens", .integer(1...1_000), standard: .integer(10), source: a6,
        "The most tokens; retries stop when half of them or fewer are left."),
      Knob(
        "retryThrottling.tokenRatio", .number(0.001...1_000, .ratio), standard: .number(0.1),
        source: a6, "What a success brings back; a failure takes 1."),
    ],
    leavesOut: [
      "gRPC has no defaults for these values: a service config must give them.",
      "Retriable status codes are taken to be those of overload, errors and timeouts.",
      "Transparent retries and hedging are left out.",
    ])

  static func grpcPolicy(_ settings: Settings) -> RetryPolicy {
    RetryPolicy(
      maxAttempts: settings.integer("maxAttempts"),
      backoff: Backoff(
        growth: .exponential(factor: settings.number("backoffMultiplier")), jitter: .full,
        base: settings.span("initialBackoff"), cap: settings.span("maxBackoff")),
      retriable: [.refused, .throttled, .error, .timedOut], isRetryAfterHonoured: true,
      isGrowthResetByRetryAfter: true)
  }

  static func grpcBudget(_ settings: Settings) -> RetryBudget.Rule {
    .throttle(
      maxTokens: settings.integer("retryThrottling.maxTokens"),
      tokenRatio: settings.number("retryThrottling.tokenRatio"))
  }
}
