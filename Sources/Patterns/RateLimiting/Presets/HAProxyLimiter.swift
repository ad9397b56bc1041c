import Kernel

/// `http_req_rate` of an HAProxy stick table, with a rule that denies above a number.
enum HAProxyLimiter {
  static let tool = ToolPreset(
    id: RateLimiterPreset.haproxy.rawValue, title: "HAProxy stick table, http_req_rate",
    knobs: knobs,
    leavesOut: [
      "HAProxy has no default for either number: they are ours.",
      "A request is counted before the rule looks, so refused ones count too.",
    ])

  private static let knobs = [
    Knob(
      "http_req_rate", .span(.seconds(1)...(.hours(24))), standard: .span(.seconds(10)),
      "The period of the rate."),
    Knob(
      "deny.above", .integer(1...100_000), standard: .integer(20),
      "Requests in a period above which the rule denies."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .slidingCounter
    options.rate = RateLimit(settings.integer("deny.above"), per: settings.span("http_req_rate"))
    options.anchor = .firstRequest
    options.isCountingDenied = true
    return options
  }
}
