import Kernel

/// The mechanism under plain names, with every option it has.
enum PlainBreaker {
  static let tool = ToolPreset(
    id: CircuitBreakerPreset.plain.rawValue, title: "A plain circuit breaker",
    knobs: windowKnobs + openKnobs + trialKnobs, leavesOut: [])

  private static let windowKnobs = [
    Knob(
      "breaker.window", .choice(["calls", "time"]), standard: .word("time"),
      "Whether the breaker looks back over a number of calls or over a span of time."),
    Knob(
      "breaker.window.calls", .integer(1...10_000), standard: .integer(100),
      "How many calls a window of calls holds."),
    Knob(
      "breaker.window.span", .span(.milliseconds(100)...(.minutes(10))),
      standard: .span(.seconds(10)), "How far a window of time looks back, in ten buckets."),
    Knob(
      "breaker.minimum", .integer(1...10_000), standard: .integer(20),
      "How many calls the window must hold before it is judged."),
    Knob(
      "breaker.failures", .number(0.001...1, .fraction), standard: .number(0.5),
      "The share of failed calls that opens."),
    Knob(
      "breaker.slow", .number(0.001...1, .fraction), standard: .number(1),
      "The share of slow calls that opens."),
    Knob(
      "breaker.slow.after", .span(.milliseconds(1)...(.minutes(10))),
      standard: .span(.seconds(60)), "A call that took longer than this is slow."),
    Knob(
      "breaker.consecutive", .integer(0...10_000), standard: .integer(0),
      "So many failures in a row open at once; 0 for never."),
  ]

  private static let openKnobs = [
    Knob(
      "breaker.open", .span(.milliseconds(10)...(.hours(1))), standard: .span(.seconds(5)),
      "How long the breaker stays open."),
    Knob(
      "breaker.open.growth", .number(1...10, .ratio), standard: .number(1),
      "Factor on the open time for each further opening before it has closed."),
    Knob(
      "breaker.open.maximum", .span(.milliseconds(10)...(.hours(24))),
      standard: .span(.minutes(1)), "The longest open time that growth leads to."),
    Knob(
      "breaker.open.jitter", .number(0...1, .fraction), standard: .number(0),
      "Share by which chance shortens or lengthens the open time."),
    Knob(
      "breaker.open.timer", .flag, standard: .flag(false),
      "Whether a timer makes it half open when the open time is over, rather than the next call."),
  ]

  private static let trialKnobs = [
    Knob(
      "breaker.trials", .integer(1...10_000), standard: .integer(1),
      "Calls let through while half open."),
    Knob(
      "breaker.trials.rule", .choice(["first", "all", "thresholds"]), standard: .word("first"),
      "What closes: the first success, only successes, or the thresholds of the closed state."),
    Knob(
      "breaker.trials.limit", .span(.zero...(.hours(1))), standard: .span(.zero),
      "The longest half-open time before it opens again; 0s for no limit."),
    Knob(
      "breaker.late", .choice(["ignore", "count"]), standard: .word("ignore"),
      "Whether results of calls from before the last change of state count."),
    Knob(
      "breaker.ramp", .span(.zero...(.minutes(10))), standard: .span(.zero),
      "How long after closing the admitted share rises from a tenth to all; 0s for at once."),
  ]

  static func options(_ settings: Settings) -> CircuitBreaker.Options {
    var options = CircuitBreaker.Options()
    let span = settings.span("breaker.window.span")
    options.window =
      settings.word("breaker.window") == "calls"
      ? .calls(settings.integer("breaker.window.calls"))
      : .clockBuckets(count: 10, width: span / 10)
    options.minimumCalls = settings.integer("breaker.minimum")
    options.failureThreshold = settings.number("breaker.failures")
    options.slowThreshold = settings.number("breaker.slow")
    options.slowAfter = settings.span("breaker.slow.after")
    let row = settings.integer("breaker.consecutive")
    options.consecutiveFailures = row == 0 ? nil : row
    options.openFor = settings.span("breaker.open")
    options.openGrowth = settings.number("breaker.open.growth")
    options.openMaximum = settings.span("breaker.open.maximum")
    options.openJitter = settings.number("breaker.open.jitter")
    options.isHalfOpenAutomatic = settings.flag("breaker.open.timer")
    options.trialCalls = settings.integer("breaker.trials")
    options.trialRule = trialRule(settings.word("breaker.trials.rule"))
    let limit = settings.span("breaker.trials.limit")
    options.trialLimit = limit == .zero ? nil : limit
    options.isLateResultCounted = settings.word("breaker.late") == "count"
    options.rampFor = settings.span("breaker.ramp")
    return options
  }

  private static func trialRule(_ word: String) -> CircuitBreaker.TrialRule {
    switch word {
    case "first": .firstResult
    case "all": .allSucceed
    default: .thresholds
    }
  }
}
