import Kernel

/// The limits of Netflix's library, which sit at the door of a server or of a client.
enum NetflixLimits {
  private static let leavesOut = [
    "Partitions of the limit by name are left out.",
    "The library has no line: what it lets in goes on to the server's threads.",
  ]

  /// The knobs of a limit, all with the class in which their defaults stand.
  private static func knobs(
    _ name: String, _ knobs: (name: String, kind: Knob.Kind, standard: Setting, summary: String)...
  ) -> [Knob] {
    knobs.map { knob in
      Knob(
        knob.name, knob.kind, standard: knob.standard,
        source: "github.com/Netflix/concurrency-limits @78a74b9 limit/\(name).java", knob.summary)
    }
  }

  private static func start(_ name: String) -> [Knob] {
    knobs(
      name,
      ("initialLimit", .integer(1...10_000), .integer(20), "The limit that it begins with."))
  }

  private static func row(
    _ name: String, _ knobs: [Knob],
    _ rule: @escaping @Sendable (_ settings: Settings, _ seed: UInt64) -> ConcurrencyLimiter.Rule
  ) -> PresetRow<SheddingDesign> {
    PresetRow(
      "Netflix concurrency-limits, \(name)", knobs: start(name) + knobs, leavesOut: leavesOut,
      seeded: { settings, seed in
        var limiter = ConcurrencyLimiter.Options(rule: rule(settings, seed), window: .zero)
        if knobs.contains(where: { $0.name == "minWindowTime" }) {
          limiter.window = settings.span("minWindowTime")
          limiter.windowSamples = settings.integer("windowSize")
        }
        return SheddingDesign(limiter: limiter, queue: CallerSideShedding.line)
      })
  }

  private static let window = knobs(
    "WindowedLimit",
    (
      "minWindowTime", .span(.milliseconds(100)...(.minutes(1))), .span(.seconds(1)),
      "How long times are gathered."
    ),
    ("windowSize", .integer(10...10_000), .integer(10), "Calls that a window needs to count."))

  static let gradient2 = row(
    "Gradient2Limit",
    knobs(
      "Gradient2Limit",
      ("minLimit", .integer(1...10_000), .integer(20), "The least limit."),
      ("maxConcurrency", .integer(1...10_000), .integer(200), "The greatest limit."),
      (
        "smoothing", .number(0...1, .ratio), .number(0.2),
        "How much of a new estimate is taken over."
      ),
      (
        "queueSize", .integer(0...1_000), .integer(4),
        "What the limit grows by while calls are fast."
      ),
      (
        "rttTolerance", .number(1...10, .ratio), .number(1.5),
        "Times the usual time before it shrinks."
      ),
      (
        "longWindow", .integer(1...100_000), .integer(600),
        "Updates that the usual time looks back on."
      )) + window
  ) { settings, _ in
    let most = settings.integer("maxConcurrency")
    return .gradient2(
      Gradient2Limit(
        initialLimit: settings.integer("initialLimit"),
        minLimit: min(most, settings.integer("minLimit")), maxConcurrency: most,
        smoothing: settings.number("smoothing"), queueSize: settings.integer("queueSize"),
        rttTolerance: settings.number("rttTolerance"),
        longWindow: settings.integer("longWindow")))
  }

  static let vegas = row(
    "VegasLimit",
    knobs(
      "VegasLimit",
      ("maxConcurrency", .integer(1...10_000), .integer(1_000), "The greatest limit."),
      (
        "smoothing", .number(0...1, .ratio), .number(1), "How much of a new estimate is taken over."
      ),
      (
        "probeMultiplier", .integer(1...1_000), .integer(30),
        "The shortest time is measured anew after so many times the limit updates."
      ))
  ) { settings, seed in
    .vegas(
      VegasLimit(
        initialLimit: settings.integer("initialLimit"),
        maxConcurrency: settings.integer("maxConcurrency"),
        smoothing: settings.number("smoothing"),
        probeMultiplier: settings.integer("probeMultiplier"),
        random: RandomStream(seed: seed, name: "limit")))
  }

  static let aimd = row(
    "AIMDLimit",
    knobs(
      "AIMDLimit",
      ("minLimit", .integer(1...10_000), .integer(20), "The least limit."),
      ("maxLimit", .integer(1...10_000), .integer(200), "The greatest limit."),
      (
        "backoffRatio", .number(0.5...0.999, .ratio), .number(0.9),
        "What is left of the limit after a loss."
      ),
      (
        "timeout", .span(.milliseconds(1)...(.minutes(10))), .span(.seconds(5)),
        "A call that took longer counts as lost."
      ))
  ) { settings, _ in
    let most = settings.integer("maxLimit")
    return .aimd(
      AIMDLimit(
        initialLimit: settings.integer("initialLimit"),
        minLimit: min(most, settings.integer("minLimit")), maxLimit: most,
        backoffRatio: settings.number("backoffRatio"), timeout: settings.span("timeout")))
  }
}
