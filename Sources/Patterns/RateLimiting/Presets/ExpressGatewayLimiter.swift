import Kernel

/// Express Gateway's `rate-limit` policy: a fixed window in memory.
enum ExpressGatewayLimiter {
  private static let source = "github.com/ExpressGateway/express-gateway rate-limit policy @a294cac"

  static let tool = ToolPreset(
    id: RateLimiterPreset.expressGateway.rawValue, title: "Express Gateway rate-limit",
    knobs: knobs,
    leavesOut: ["The status of a refusal (429 by default) only changes the answer."])

  private static let knobs = [
    Knob(
      "windowMs", .integer(1...86_400_000), standard: .integer(60_000), source: source,
      "The window in milliseconds."),
    Knob(
      "max", .integer(1...100_000), standard: .integer(5), source: source,
      "Requests in each window."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .fixedWindow
    options.rate = RateLimit(
      settings.integer("max"), per: .milliseconds(Int64(settings.integer("windowMs"))))
    return options
  }
}
