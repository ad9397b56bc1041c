import Kernel

/// Polly's concurrency limiter: it counts calls in progress, not calls in a time.
enum PollyLimiter {
  private static let source = "github.com/App-vNext/Polly RateLimiterConstants.cs @173d6d1d"

  static let tool = ToolPreset(
    id: RateLimiterPreset.polly.rawValue, title: "Polly 8 concurrency limiter", knobs: knobs,
    leavesOut: ["Calls do not queue here: QueueLimit is 0, as by default."])

  private static let knobs = [
    Knob(
      "PermitLimit", .integer(1...100_000), standard: .integer(1_000), source: source,
      "Calls in progress at most.")
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .concurrency
    options.burst = settings.integer("PermitLimit")
    return options
  }
}
