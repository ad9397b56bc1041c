import Kernel

/// Every option of the mechanism under plain names.
enum PlainLimiter {
  static let tool = ToolPreset(
    id: RateLimiterPreset.plain.rawValue, title: "Rate limiter", knobs: knobs, leavesOut: [])

  private static let knobs = [
    Knob(
      "algorithm", .choice(RateLimiter.Kind.allCases.map(\.rawValue)),
      standard: .word(RateLimiter.Kind.tokenBucket.rawValue), "How the limiter decides."),
    Knob("limit", .integer(1...100_000), standard: .integer(10), "Permits in each window."),
    Knob(
      "window", .span(.milliseconds(1)...(.hours(24))), standard: .span(.seconds(1)),
      "The period that the limit is for."),
    Knob(
      "limit.burst", .integer(0...100_000), standard: .integer(10),
      "What may come at once: tokens of a bucket, extra requests of gcra and limit-req, places of "
        + "a queue, requests in progress."),
    Knob(
      "delay", .integer(0...100_000), standard: .integer(0),
      "For limit-req: requests of excess that are not delayed."),
    Knob(
      "anchor", .choice(WindowAnchor.allCases.map(\.rawValue)), standard: .word("clock"),
      "Where windows begin: by the clock, or with the first request."),
    Knob(
      "counts.denied", .flag, standard: .flag(false),
      "Whether windows and logs count refused requests too."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = RateLimiter.Kind(rawValue: settings.word("algorithm")) ?? .tokenBucket
    options.rate = RateLimit(settings.integer("limit"), per: settings.span("window"))
    options.burst = settings.integer("limit.burst")
    options.delayAbove = settings.integer("delay")
    options.anchor = WindowAnchor(rawValue: settings.word("anchor")) ?? .clock
    options.isCountingDenied = settings.flag("counts.denied")
    return options
  }
}
