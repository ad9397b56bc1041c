import Kernel

/// nginx's `limit_req` under its own names.
enum NginxLimitReq {
  private static let source = "github.com/nginx/nginx.org ngx_http_limit_req_module.xml"

  static let tool = ToolPreset(
    id: RateLimiterPreset.nginx.rawValue, title: "nginx limit_req", knobs: knobs,
    leavesOut: [
      "The rate has no default in nginx; 10 requests a second are ours.",
      "limit_req_status (503 by default) and limit_req_dry_run (off) only change the answer.",
    ])

  private static let knobs = [
    Knob("rate", .integer(1...100_000), standard: .integer(10), "Requests in each rate.per."),
    Knob(
      "rate.per", .choice(["r/s", "r/m"]), standard: .word("r/s"), source: source,
      "Whether the rate is for a second or a minute."),
    Knob(
      "burst", .integer(0...100_000), standard: .integer(0), source: source,
      "Requests of excess that are not refused."),
    Knob(
      "delay", .integer(0...100_000), standard: .integer(0), source: source,
      "Requests of excess that are not delayed."),
    Knob(
      "nodelay", .flag, standard: .flag(false), source: source,
      "Whether no request within the burst is delayed."),
  ]

  static func options(_ settings: Settings) -> RateLimiter.Options {
    var options = RateLimiter.Options()
    options.kind = .leakyMeter
    let isMinute = settings.word("rate.per") == "r/m"
    options.rate = RateLimit(
      settings.integer("rate"), per: isMinute ? .minutes(1) : .seconds(1))
    options.burst = settings.integer("burst")
    options.delayAbove = settings.flag("nodelay") ? nil : settings.integer("delay")
    return options
  }
}
