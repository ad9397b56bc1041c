import Kernel

/// Google's throttling client, folly's line, and what the other presets leave plain.
enum CallerSideShedding {
  /// A line as a tool without one has it behind it.
  static let line = AdmissionQueue.Options(capacity: 5_000)
  /// A door that is always open.
  static let openDoor = ConcurrencyLimiter.Options(rule: .fixed(PlainShedding.unlimited))

  static let googleSRE = PresetRow<SheddingDesign>(
    "Client-side throttling, Google SRE book, chapter 21",
    knobs: [
      Knob(
        "K", .number(1...10, .ratio), standard: .number(2),
        source: "sre.google/sre-book/handling-overload",
        "Requests for each accepted one before the client refuses."),
      Knob(
        "window", .span(.seconds(1)...(.minutes(10))), standard: .span(.minutes(2)),
        source: "sre.google/sre-book/handling-overload", "How far the client looks back."),
    ],
    leavesOut: ["The book keeps the counts for each criticality apart; here there is one count."]
  ) { settings in
    SheddingDesign(
      limiter: openDoor, queue: line,
      throttle: AdaptiveThrottle.Options(
        window: settings.span("window"), multiplier: settings.number("K")))
  }

  private static let codel = "github.com/facebook/folly folly/executors/Codel.cpp @1ad98e21"

  static let folly = PresetRow<SheddingDesign>(
    "folly Codel",
    knobs: [
      Knob(
        "codel_target_delay", .span(.milliseconds(1)...(.seconds(10))),
        standard: .span(.milliseconds(5)), source: codel,
        "The wait that is fine even if a line stands; twice as much is dropped."),
      Knob(
        "codel_interval", .span(.milliseconds(2)...(.minutes(1))),
        standard: .span(.milliseconds(100)), source: codel, "How long a line must stand."),
    ],
    leavesOut: ["Folly refuses a target above the interval; here both are free."]
  ) { settings in
    SheddingDesign(
      limiter: openDoor,
      queue: AdmissionQueue.Options(
        capacity: 5_000,
        codel: Codel(
          target: settings.span("codel_target_delay"), interval: settings.span("codel_interval"))))
  }
}
