import Kernel

/// The limits of Netflix's library, which sit at the door of a server or of a client.
enum NetflixLimits {
  private static let folder = "github.com/Netflix/concurrency-limits @78a74b9 limit/"
  private static let leavesOut = [
    "Partitions of the limit by name are left out.",
    "The library has no line: what it lets in goes on to the server's threads.",
  ]

  private static func start(_ source: String) -> Knob {
    Knob(
      "initialLimit", .integer(1...10_000), standard: .integer(20), source: folder + source,
      "The limit that it begins with.")
  }

  private static let window = [
    Knob(
      "minWindowTime", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(1)),
      source: folder + "WindowedLimit.java", "How long times are gathered."),
    Knob(
      "windowSize", .integer(10...10_000), standard: .integer(10),
      source: folder + "WindowedLimit.java", "Calls that a window needs to count."),
  ]

  static let gradient2 = ToolPreset(
    id: LoadSheddingPreset.netflix.rawValue, title: "Netflix concurrency-limits, Gradient2Limit",
    knobs: [
      start("Gradient2Limit.java"),
      Knob(
        "minLimit", .integer(1...10_000), standard: .integer(20),
        source: folder + "Gradient2Limit.java", "The least limit."),
      Knob(
        "maxConcurrency", .integer(1...10_000), standard: .integer(200),
        source: folder + "Gradient2Limit.java", "The greatest limit."),
      Knob(
        "smoothing", .number(0...1, .ratio), standard: .number(0.2),
        source: folder + "Gradient2Limit.java", "How much of a new estimate is taken over."),
      Knob(
        "queueSize", .integer(0...1_000), standard: .integer(4),
        source: folder + "Gradient2Limit.java", "What the limit grows by while calls are fast."),
      Knob(
        "rttTolerance", .number(1...10, .ratio), standard: .number(1.5),
        source: folder + "Gradient2Limit.java", "Times the usual time before it shrinks."),
      Knob(
        "longWindow", .integer(1...100_000), standard: .integer(600),
        source: folder + "Gradient2Limit.java", "Updates that the usual time looks back on."),
    ] + window, leavesOut: leavesOut)

  static func gradient2Design(_ settings: Settings) -> SheddingDesign {
    let most = settings.integer("maxConcurrency")
    return design(
      .gradient2(
        Gradient2Limit(
          initialLimit: settings.integer("initialLimit"),
          minLimit: min(most, settings.integer("minLimit")), maxConcurrency: most,
          smoothing: settings.number("smoothing"), queueSize: settings.integer("queueSize"),
          rttTolerance: settings.number("rttTolerance"),
          longWindow: settings.integer("longWindow"))), settings)
  }

  static let vegas = ToolPreset(
    id: LoadSheddingPreset.netflixVegas.rawValue, title: "Netflix concurrency-limits, VegasLimit",
    knobs: [
      start("VegasLimit.java"),
      Knob(
        "maxConcurrency", .integer(1...10_000), standard: .integer(1_000),
        source: folder + "VegasLimit.java", "The greatest limit."),
      Knob(
        "smoothing", .number(0...1, .ratio), standard: .number(1),
        source: folder + "VegasLimit.java", "How much of a new estimate is taken over."),
      Knob(
        "probeMultiplier", .integer(1...1_000), standard: .integer(30),
        source: folder + "VegasLimit.java",
        "The shortest time is measured anew after so many times the limit updates."),
    ], leavesOut: leavesOut)

  static func vegasDesign(_ settings: Settings, seed: UInt64) -> SheddingDesign {
    SheddingDesign(
      limiter: ConcurrencyLimiter.Options(
        rule: .vegas(
          VegasLimit(
            initialLimit: settings.integer("initialLimit"),
            maxConcurrency: settings.integer("maxConcurrency"),
            smoothing: settings.number("smoothing"),
            probeMultiplier: settings.integer("probeMultiplier"),
            random: RandomStream(seed: seed, name: "limit"))), window: .zero),
      queue: CallerSideShedding.line)
  }

  static let aimd = ToolPreset(
    id: LoadSheddingPreset.netflixAIMD.rawValue, title: "Netflix concurrency-limits, AIMDLimit",
    knobs: [
      start("AIMDLimit.java"),
      Knob(
        "minLimit", .integer(1...10_000), standard: .integer(20),
        source: folder + "AIMDLimit.java", "The least limit."),
      Knob(
        "maxLimit", .integer(1...10_000), standard: .integer(200),
        source: folder + "AIMDLimit.java", "The greatest limit."),
      Knob(
        "backoffRatio", .number(0.5...0.999, .ratio), standard: .number(0.9),
        source: folder + "AIMDLimit.java", "What is left of the limit after a loss."),
      Knob(
        "timeout", .span(.milliseconds(1)...(.minutes(10))), standard: .span(.seconds(5)),
        source: folder + "AIMDLimit.java", "A call that took longer counts as lost."),
    ], leavesOut: leavesOut)

  static func aimdDesign(_ settings: Settings) -> SheddingDesign {
    let most = settings.integer("maxLimit")
    return SheddingDesign(
      limiter: ConcurrencyLimiter.Options(
        rule: .aimd(
          AIMDLimit(
            initialLimit: settings.integer("initialLimit"),
            minLimit: min(most, settings.integer("minLimit")), maxLimit: most,
            backoffRatio: settings.number("backoffRatio"), timeout: settings.span("timeout"))),
        window: .zero), queue: CallerSideShedding.line)
  }

  private static func design(
    _ rule: ConcurrencyLimiter.Rule, _ settings: Settings
  ) -> SheddingDesign {
    SheddingDesign(
      limiter: ConcurrencyLimiter.Options(
        rule: rule, window: settings.span("minWindowTime"),
        windowSamples: settings.integer("windowSize")), queue: CallerSideShedding.line)
  }
}
