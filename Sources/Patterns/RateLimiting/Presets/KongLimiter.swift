import Kernel

/// Kong's `rate-limiting` plugin, one of its periods, at `policy=local` on one node.
enum KongLimiter {
  static let tool = ToolPreset(
    id: RateLimiterPreset.kong.rawValue, title: "Kong rate-limiting", knobs: knobs,
    leavesOut: [
      "Several periods at once (config.second, minute, hour and more) are a composite limit.",
      "The plugin has no default limit: 5 a minute are ours.",
      "Its policy (local), limit_by (consumer), sync_rate (-1), error_code (429) and "
        + "fault_tolerant (true) are about nodes and answers, not about one counter.",
    ])

  private static let knobs = [
    Knob("config.minute", .integer(1...100_000), standard: .integer(5), "Requests in a minute.")
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .fixedWindow
    options.rate = RateLimit(settings.integer("config.minute"), per: .minutes(1))
    return options
  }
}
