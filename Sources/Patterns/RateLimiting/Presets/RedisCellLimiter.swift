import Kernel

/// redis-cell's `CL.THROTTLE key max_burst count period [quantity]` under its own names.
enum RedisCellLimiter {
  private static let source = "github.com/brandur/redis-cell README.md, its example"

  static let tool = ToolPreset(
    id: RateLimiterPreset.redisCell.rawValue, title: "redis-cell CL.THROTTLE", knobs: knobs,
    leavesOut: [
      "The command has no defaults but a quantity of 1: the numbers are those of its README.",
      "Times are kept to the nanosecond here.",
    ])

  private static let knobs = [
    Knob(
      "max_burst", .integer(0...100_000), standard: .integer(15), source: source,
      "Requests that may come at once, on top of one."),
    Knob(
      "count", .integer(1...100_000), standard: .integer(30), source: source,
      "Requests in each period."),
    Knob(
      "period", .span(.seconds(1)...(.hours(24))), standard: .span(.seconds(60)),
      source: source, "The period that the count is for."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .gcra
    options.rate = RateLimit(settings.integer("count"), per: settings.span("period"))
    options.burst = settings.integer("max_burst")
    return options
  }
}
