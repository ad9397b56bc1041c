import Kernel

/// The throttle of an Amazon API Gateway account: a token bucket.
enum AWSGatewayLimiter {
  private static let source = "API Gateway developer guide, limits.md"

  static let tool = ToolPreset(
    id: RateLimiterPreset.awsAPIGateway.rawValue, title: "Amazon API Gateway throttling",
    knobs: knobs,
    leavesOut: ["Usage plans, methods and stages have throttles of their own, below the account's."]
  )

  private static let knobs = [
    Knob(
      "rateLimit", .integer(1...100_000), standard: .integer(10_000), source: source,
      "Requests in a second."),
    Knob(
      "burstLimit", .integer(1...100_000), standard: .integer(5_000), source: source,
      "Requests that may come at once."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .tokenBucket
    options.rate = RateLimit(settings.integer("rateLimit"), per: .seconds(1))
    options.burst = settings.integer("burstLimit")
    return options
  }
}
