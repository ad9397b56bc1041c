import Kernel

/// resilience4j's `RateLimiter`: permits that come back with each refresh.
enum Resilience4jLimiter {
  private static let source =
    "github.com/resilience4j/resilience4j RateLimiterConfig.java @af9e7c979"

  static let tool = ToolPreset(
    id: RateLimiterPreset.resilience4j.rawValue, title: "resilience4j RateLimiter", knobs: knobs,
    leavesOut: [
      "Callers do not wait here for a permit of a later cycle (timeoutDuration, 5 s by default)."
    ])

  private static let knobs = [
    Knob(
      "limitForPeriod", .integer(1...100_000), standard: .integer(50), source: source,
      "Permits in each cycle."),
    Knob(
      "limitRefreshPeriod", .span(.nanoseconds(1)...(.hours(24))),
      standard: .span(.nanoseconds(500)), source: source, "The length of a cycle."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .fixedWindow
    options.rate = RateLimit(
      settings.integer("limitForPeriod"), per: settings.span("limitRefreshPeriod"))
    return options
  }
}
