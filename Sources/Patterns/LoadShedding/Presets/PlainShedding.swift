import Kernel

/// Every mechanism under plain names.
enum PlainShedding {
  static let row = PresetRow<SheddingDesign>(
    "Plain load shedding", knobs: limitKnobs + shareKnobs + queueKnobs + throttleKnobs,
    seeded: { design($0, seed: $1, shortcut: nil) })

  /// A limit that nobody reaches.
  static let unlimited = 1_000_000

  private static let limitKnobs = [
    Knob(
      "limit", .choice(["none", "fixed", "aimd", "vegas", "gradient2", "envoy"]),
      standard: .word("none"),
      "How many calls the server lets in at a time: any number, or a limit found by a rule."),
    Knob(
      "limit.fixed", .integer(1...100_000), standard: .integer(200), "The limit (fixed)."),
    Knob(
      "limit.min", .integer(1...1_000), standard: .integer(5),
      "The least limit (aimd, gradient2, envoy)."),
    Knob(
      "limit.max", .integer(1...10_000), standard: .integer(200),
      source: "github.com/Netflix/concurrency-limits Gradient2Limit: 200",
      "The greatest limit a rule may find."),
    Knob(
      "limit.window", .span(.zero...(.seconds(30))), standard: .span(.milliseconds(500)),
      "How long times are gathered before a rule gets their average; 0s hands on each call."),
    Knob(
      "limit.timeout", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(200)),
      "A time above this counts as a loss (aimd)."),
    Knob(
      "limit.tolerance", .number(1...10, .ratio), standard: .number(1.5),
      source: "github.com/Netflix/concurrency-limits Gradient2Limit: 1.5",
      "How many times the usual time calls may take before the limit shrinks (gradient2)."),
    Knob(
      "limit.measure", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(60)),
      "The time between two measurements of calls without a line (envoy)."),
  ]

  private static let shareKnobs = [
    Knob(
      "share.normal", .number(0.05...1, .fraction), standard: .number(1),
      "The share of the limit up to which normal calls are let in."),
    Knob(
      "share.sheddable", .number(0.05...1, .fraction), standard: .number(1),
      "The share of the limit up to which sheddable calls are let in."),
  ]

  private static let queueKnobs = [
    Knob(
      "queue", .integer(0...100_000), standard: .integer(5_000),
      "Calls in line before the server refuses more."),
    Knob(
      "queue.order", .choice(["fifo", "lifo", "adaptive"]), standard: .word("fifo"),
      source: "Maurer, Fail at Scale, ACM Queue 2015 (adaptive)",
      "Who is next: the oldest, the newest, or the newest while a line stands."),
    Knob(
      "queue.codel", .flag, standard: .flag(false),
      "Whether calls that waited long are dropped while a line stands."),
    Knob(
      "queue.codel.target", .span(.milliseconds(1)...(.seconds(10))),
      standard: .span(.milliseconds(5)), source: "github.com/facebook/folly Codel.cpp: 5 ms",
      "The wait that is fine even if a line stands."),
    Knob(
      "queue.codel.interval", .span(.milliseconds(2)...(.minutes(1))),
      standard: .span(.milliseconds(100)), source: "github.com/facebook/folly Codel.cpp: 100 ms",
      "How long a line must stand before calls are dropped."),
    Knob(
      "queue.deadline", .flag, standard: .flag(false),
      "Whether calls carry their deadline, so that the server drops those that nobody waits for."),
  ]

  private static let throttleKnobs = [
    Knob(
      "throttle", .flag, standard: .flag(false),
      "Whether each client refuses calls itself when the server accepts too few."),
    Knob(
      "throttle.k", .number(1...10, .ratio), standard: .number(2),
      source: "sre.google/sre-book/handling-overload: K = 2",
      "Requests for each accepted one before a client refuses."),
    Knob(
      "throttle.window", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(10)),
      "How far a client looks back."),
  ]

  static func design(
    _ settings: Settings, seed: UInt64, shortcut: LoadSheddingShortcut?
  ) -> SheddingDesign {
    let codel = Codel(
      target: settings.span("queue.codel.target"), interval: settings.span("queue.codel.interval"))
    return SheddingDesign(
      limiter: ConcurrencyLimiter.Options(
        rule: rule(settings, seed: seed),
        shares: [1, settings.number("share.normal"), settings.number("share.sheddable")],
        window: settings.span("limit.window"), shortcut: shortcut),
      queue: AdmissionQueue.Options(
        capacity: settings.integer("queue"),
        order: AdmissionQueue.Order(rawValue: settings.word("queue.order")) ?? .fifo,
        codel: settings.flag("queue.codel") ? codel : nil,
        isDeadlineChecked: settings.flag("queue.deadline")),
      throttle: settings.flag("throttle")
        ? AdaptiveThrottle.Options(
          window: settings.span("throttle.window"), multiplier: settings.number("throttle.k"),
          shortcut: shortcut) : nil)
  }

  private static func rule(_ settings: Settings, seed: UInt64) -> ConcurrencyLimiter.Rule {
    let most = settings.integer("limit.max")
    let least = min(most, settings.integer("limit.min"))
    let start = min(most, max(least, 20))
    switch settings.word("limit") {
    case "fixed": return .fixed(settings.integer("limit.fixed"))
    case "aimd":
      return .aimd(
        AIMDLimit(
          initialLimit: start, minLimit: least, maxLimit: most,
          timeout: settings.span("limit.timeout")))
    case "vegas":
      return .vegas(
        VegasLimit(
          initialLimit: start, maxConcurrency: most,
          random: RandomStream(seed: seed, name: "limit")))
    case "gradient2":
      return .gradient2(
        Gradient2Limit(
          initialLimit: start, minLimit: least, maxConcurrency: most,
          rttTolerance: settings.number("limit.tolerance")))
    case "envoy":
      var options = MinRTTGradient.Options()
      options.maxConcurrencyLimit = most
      options.minConcurrency = least
      options.interval = settings.span("limit.measure")
      let window = settings.span("limit.window")
      options.concurrencyUpdateInterval = window == .zero ? .milliseconds(100) : window
      return .gradient(MinRTTGradient(options, random: RandomStream(seed: seed, name: "limit")))
    default: return .fixed(unlimited)
    }
  }
}
