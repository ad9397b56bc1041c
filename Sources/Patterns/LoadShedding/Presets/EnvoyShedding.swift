import Kernel

/// Envoy's two filters against overload.
enum EnvoyShedding {
  private static let adaptive =
    "github.com/envoyproxy/envoy api/envoy/extensions/filters/http/adaptive_concurrency/v3/"
    + "adaptive_concurrency.proto @149521d8"
  private static let admission =
    "github.com/envoyproxy/envoy api/envoy/extensions/filters/http/admission_control/v3/"
    + "admission_control.proto @292030a3"

  static let adaptiveConcurrency = PresetRow<SheddingDesign>(
    "Envoy adaptive concurrency filter",
    knobs: [
      Knob(
        "sample_aggregate_percentile", .number(0...1, .fraction), standard: .number(0.5),
        source: adaptive, "The percentile that sums up a window."),
      Knob(
        "max_concurrency_limit", .integer(1...100_000), standard: .integer(1_000),
        source: adaptive, "The greatest limit."),
      Knob(
        "concurrency_update_interval", .span(.milliseconds(1)...(.minutes(1))),
        standard: .span(.milliseconds(100)), source: "ours: required in Envoy, without a default",
        "How long a window is."),
      Knob(
        "min_rtt_calc_params.interval", .span(.milliseconds(1)...(.hours(1))),
        standard: .span(.seconds(60)), source: "ours: without a default in Envoy",
        "The time between two measurements of calls without a line."),
      Knob(
        "min_rtt_calc_params.request_count", .integer(1...10_000), standard: .integer(50),
        source: adaptive, "Calls that a measurement takes."),
      Knob(
        "min_rtt_calc_params.jitter", .number(0...1, .fraction), standard: .number(0.15),
        source: adaptive, "How much longer, by chance, the interval may be."),
      Knob(
        "min_rtt_calc_params.min_concurrency", .integer(1...1_000), standard: .integer(3),
        source: adaptive, "The limit while it measures."),
      Knob(
        "min_rtt_calc_params.buffer", .number(0...5, .fraction), standard: .number(0.25),
        source: adaptive, "What is added to the measured time, as a share of it."),
    ],
    leavesOut: [
      "fixed_value, and min_concurrency_limit apart from min_concurrency, are left out.",
      "A refusal is always a 503; the status cannot be chosen.",
    ],
    seeded: { settings, seed in
      var options = MinRTTGradient.Options()
      options.sampleAggregatePercentile = settings.number("sample_aggregate_percentile")
      options.maxConcurrencyLimit = settings.integer("max_concurrency_limit")
      options.concurrencyUpdateInterval = settings.span("concurrency_update_interval")
      options.interval = settings.span("min_rtt_calc_params.interval")
      options.requestCount = settings.integer("min_rtt_calc_params.request_count")
      options.jitter = settings.number("min_rtt_calc_params.jitter")
      options.minConcurrency = min(
        options.maxConcurrencyLimit, settings.integer("min_rtt_calc_params.min_concurrency"))
      options.buffer = settings.number("min_rtt_calc_params.buffer")
      return SheddingDesign(
        limiter: ConcurrencyLimiter.Options(
          rule: .gradient(MinRTTGradient(options, random: RandomStream(seed: seed, name: "limit")))),
        queue: CallerSideShedding.line)
    })

  static let admissionControl = PresetRow<SheddingDesign>(
    "Envoy admission control filter",
    knobs: [
      Knob(
        "sampling_window", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(30)),
        source: admission, "How far it looks back."),
      Knob(
        "aggression", .number(1...100, .ratio), standard: .number(1), source: admission,
        "How steeply refusal rises once the success rate falls below the threshold."),
      Knob(
        "sr_threshold", .number(0.01...1, .fraction), standard: .number(0.95), source: admission,
        "The success rate below which it begins to refuse."),
      Knob(
        "rps_threshold", .integer(0...1_000_000), standard: .integer(0), source: admission,
        "Requests a second below which it never refuses."),
      Knob(
        "max_rejection_probability", .number(0...1, .fraction), standard: .number(0.8),
        source: admission, "The greatest chance of refusal."),
    ],
    leavesOut: ["What counts as a success cannot be chosen: an answer, and no refusal."]
  ) { settings in
    SheddingDesign(
      limiter: CallerSideShedding.openDoor, queue: CallerSideShedding.line,
      throttle: AdaptiveThrottle.Options(
        window: settings.span("sampling_window"), multiplier: 1 / settings.number("sr_threshold"),
        aggression: settings.number("aggression"),
        most: settings.number("max_rejection_probability"),
        leastRate: Double(settings.integer("rps_threshold")), countsOwnRefusals: false))
  }
}
