import Kernel
import Patterns

/// The knobs of the service and of what scrapes it, in the drills of alerts and of dashboards.
enum ServiceKnobs {
  private static let prometheus =
    "github.com/prometheus/prometheus docs/configuration/configuration.md @d15adb9ad7"

  static let scrapeInterval = Knob(
    "scrape.interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
    "The time between two scrapes of an instance; Prometheus' own default is 1m (" + prometheus
      + ").")

  static let buckets = Knob(
    "buckets", .choice(ServiceSettings.Buckets.allCases.map(\.rawValue)),
    standard: .word("standard"),
    source: "standard: github.com/prometheus/client_golang prometheus/histogram.go DefBuckets",
    "The bounds of the latency histogram: the client library's, three coarse ones (100 ms, 1 s, "
      + "10 s), or some close around good.latency.")

  static let labels = Knob(
    "labels", .choice(["few", "user"]), standard: .word("few"),
    "Whether the request counter carries the code only, or the user as well.")

  static let load = [
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
  ]

  /// What a label without a bound costs.
  static let cardinality = [
    Knob("users", .integer(1...100_000), standard: .integer(1_000), role: .load, "Users."),
    Knob(
      "memory", .number(1e6...1e12, .bytes), standard: .number(64e6), role: .load,
      "The memory that Prometheus has for series."),
    Knob(
      "series.bytes", .number(100...1e6, .bytes), standard: .number(4_000), role: .load,
      "What a series takes of it."),
  ]
}
