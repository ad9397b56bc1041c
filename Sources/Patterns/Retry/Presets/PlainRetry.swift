import Kernel

/// The retry mechanism under plain names, with the budgets of all tools to choose from.
enum PlainRetry {
  static let tool = ToolPreset(
    id: RetryPreset.plain.rawValue, title: "Plain retries", knobs: policyKnobs + budgetKnobs,
    leavesOut: [])

  private static let policyKnobs = [
    Knob(
      "retry.attempts", .integer(1...10), standard: .integer(3),
      "The most calls for one request, the first included."),
    Knob(
      "retry.backoff", .choice(["none", "fixed", "linear", "exponential"]),
      standard: .word("exponential"), "How the wait grows from retry to retry."),
    Knob(
      "retry.base", .span(.zero...(.minutes(10))), standard: .span(.milliseconds(100)),
      source: "github.com/aws-samples/aws-arch-backoff-simulator",
      "The wait before the first retry, before chance."),
    Knob(
      "retry.cap", .span(.milliseconds(1)...(.minutes(10))), standard: .span(.seconds(10)),
      "The longest wait."),
    Knob(
      "retry.jitter", .choice(["none", "full", "equal", "decorrelated"]),
      standard: .word("none"), source: "github.com/aws-samples/aws-arch-backoff-simulator",
      "How chance shapes the wait."),
    Knob(
      "retry.rejected", .flag, standard: .flag(false),
      "Whether a call that the breaker refused is tried again."),
    Knob(
      "retry.after", .flag, standard: .flag(true),
      "Whether a wait that the server asks for replaces the computed one."),
  ]

  private static let budgetKnobs = [
    Knob(
      "retry.budget", .choice(["none", "share", "tokens", "quota", "concurrency"]),
      standard: .word("none"),
      "What bounds all retries of a caller: nothing, or the rule of Finagle, gRPC, AWS or Envoy."),
    Knob(
      "retry.budget.share", .number(0...1, .fraction), standard: .number(0.2),
      source: "Finagle RetryBudget, Envoy retry_budget: 20 %",
      "Retries as a share of requests (share) or of calls in progress (concurrency)."),
    Knob(
      "retry.budget.minimum", .integer(0...1_000), standard: .integer(3),
      source: "Envoy retry_budget.min_retry_concurrency: 3",
      "Retries that are always allowed: a second (share) or at a time (concurrency)."),
    Knob(
      "retry.budget.tokens", .integer(1...1_000), standard: .integer(10),
      source: "gRFC A6 retryThrottling.maxTokens, its example",
      "The most tokens; retries stop at half of them (tokens)."),
  ]

  static func policy(_ settings: Settings) -> RetryPolicy {
    let growth: Backoff.Growth =
      switch settings.word("retry.backoff") {
      case "none": .none
      case "fixed": .fixed
      case "linear": .linear
      default: .exponential(factor: 2)
      }
    let jitter: Backoff.Jitter =
      switch settings.word("retry.jitter") {
      case "full": .full
      case "equal": .equal
      case "decorrelated": .decorrelated
      default: .none
      }
    var retriable: CallFailures = [.refused, .throttled, .error, .timedOut]
    if settings.flag("retry.rejected") { retriable.insert(.shortCircuited) }
    return RetryPolicy(
      maxAttempts: settings.integer("retry.attempts"),
      backoff: Backoff(
        growth: growth, jitter: jitter, base: settings.span("retry.base"),
        cap: settings.span("retry.cap")),
      retriable: retriable, isRetryAfterHonoured: settings.flag("retry.after"))
  }

  static func budget(_ settings: Settings) -> RetryBudget.Rule {
    let share = settings.number("retry.budget.share")
    let minimum = settings.integer("retry.budget.minimum")
    return switch settings.word("retry.budget") {
    case "share": .deposits(ttl: .seconds(10), minimumPerSecond: minimum, share: share)
    case "tokens": .throttle(maxTokens: settings.integer("retry.budget.tokens"), tokenRatio: 0.1)
    case "quota": ProtocolRetry.awsBudget
    case "concurrency": .concurrency(share: share, minimum: minimum)
    default: .unlimited
    }
  }
}
