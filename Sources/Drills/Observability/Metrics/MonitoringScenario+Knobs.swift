import Kernel
import Patterns

extension MonitoringScenario {
  private static let prometheus =
    "github.com/prometheus/prometheus docs/configuration/configuration.md @d15adb9ad7"
  private static let workbook =
    "github.com/slok/sloth internal/alert/windows/google-30d.yaml @0e395d8, after sre.google/workbook"

  /// Every knob: the alert's, what is scraped, then the load and the judgement.
  public var knobs: [Knob] { Self.alertKnobs + Self.burnKnobs + Self.scrapeKnobs + Self.loadKnobs }

  private static let alertKnobs = [
    Knob(
      "alert", .choice(MonitoringSettings.Signal.allCases.map(\.rawValue)),
      standard: .word("errors"),
      "What the page looks at: the share of errors, its burn rate over two windows, the traffic "
        + "from raw counters or from rates, or the latency as mean, as mean of the instances' "
        + "99th percentiles, or as the 99th percentile of all."),
    Knob(
      "window", .span(.seconds(10)...(.hours(6))), standard: .span(.minutes(5)),
      "The range that rates are taken over."),
    Knob(
      "for", .span(.zero...(.hours(2))), standard: .span(.zero),
      "How long the condition must hold before the page goes out."),
    Knob(
      "keep.firing", .span(.zero...(.hours(2))), standard: .span(.zero),
      "How long an alert goes on firing after its condition ended: keep_firing_for."),
    Knob(
      "errors.above", .number(0...1, .fraction), standard: .number(0.01),
      "With alert=errors, the share of errors above which it pages."),
    Knob(
      "latency.above", .span(.milliseconds(1)...(.minutes(1))),
      standard: .span(.milliseconds(500)),
      "With an alert on latency, the figure above which it pages."),
    Knob(
      "traffic.below", .number(0...1, .fraction), standard: .number(0.5),
      "With an alert on traffic, the share of the usual rate below which it pages."),
    Knob(
      "up.alert", .flag, standard: .flag(false),
      "Whether there is a second page for the case that no instance can be scraped."),
  ]

  private static let burnKnobs = [
    Knob(
      "slo", .number(0.5...0.999_99, .fraction), standard: .number(0.999),
      "With alert=burn, the share of good requests that is promised."),
    Knob(
      "burn.factor", .number(0.1...1_000, .ratio), standard: .number(14.4), source: workbook,
      "How many times as fast as allowed the error budget must burn over both windows."),
    Knob(
      "burn.long", .span(.minutes(1)...(.hours(6))), standard: .span(.hours(1)),
      source: workbook, "The long window."),
    Knob(
      "burn.short", .span(.seconds(10)...(.hours(1))), standard: .span(.minutes(5)),
      source: workbook, "The short window, which ends the page soon after the trouble."),
    Knob(
      "burn.slow", .flag, standard: .flag(false), source: workbook,
      "Whether a second pair of windows, six times as long, pages at burn.slow.factor."),
    Knob(
      "burn.slow.factor", .number(0.1...1_000, .ratio), standard: .number(6), source: workbook,
      "The factor of the second pair."),
  ]

  static let scrapeKnobs = [
    Knob(
      "scrape.interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
      "The time between two scrapes of an instance; Prometheus' own default is 1m (" + prometheus
        + ")."),
    Knob(
      "evaluation.interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
      "The time between two evaluations of the rules; 1m in Prometheus."),
    Knob(
      "buckets", .choice(MonitoringSettings.Buckets.allCases.map(\.rawValue)),
      standard: .word("standard"),
      source: "standard: github.com/prometheus/client_golang prometheus/histogram.go DefBuckets",
      "The bounds of the latency histogram: the client library's, three coarse ones (100 ms, 1 s, "
        + "10 s), or some close around good.latency."),
    Knob(
      "labels", .choice(["few", "user"]), standard: .word("few"),
      "Whether the request counter carries the code only, or the user as well."),
  ]

  static let loadKnobs = [
    Knob(
      "duration", .span(.minutes(1)...(.hours(8))), standard: .span(.minutes(30)), role: .load,
      "How long the run lasts."),
    Knob("instances", .integer(1...20), standard: .integer(3), role: .load, "Instances."),
    Knob(
      "rate", .number(0.1...500, .perSecond), standard: .number(20), role: .load,
      "Requests a second, all together."),
    Knob(
      "canary", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of the requests that the last instance gets; 0: as many as the others."),
    Knob(
      "latency", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(80)),
      role: .load, "The median time of a request; the 99th percentile is three times as long."),
    Knob(
      "tail.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of the requests that take tail.time instead."),
    Knob(
      "tail.time", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.seconds(2)),
      role: .load, "How long those take."),
    Knob(
      "errors", .number(0...1, .fraction), standard: .number(0.000_2), role: .load,
      "The share of the requests that fail on any day."),
    Knob(
      "good.latency", .span(.milliseconds(1)...(.minutes(1))),
      standard: .span(.milliseconds(500)), role: .load,
      "The longest that a request may take and still be good."),
    Knob(
      "harm.above", .number(0...1, .fraction), standard: .number(0.02), role: .load,
      "The share of requests gone wrong, over harm.span, above which clients count it an outage."),
    Knob(
      "harm.span", .span(.seconds(10)...(.hours(2))), standard: .span(.minutes(5)), role: .load,
      "The span that this share is taken over."),
    Knob("users", .integer(1...100_000), standard: .integer(1_000), role: .load, "Users."),
    Knob(
      "memory", .number(1e6...1e12, .bytes), standard: .number(64e6), role: .load,
      "The memory that Prometheus has for series."),
    Knob(
      "series.bytes", .number(100...1e6, .bytes), standard: .number(4_000), role: .load,
      "What a series takes of it."),
  ]
}
