import Kernel
import Patterns

extension MonitoringScenario {
  private static let workbook =
    "github.com/slok/sloth internal/alert/windows/google-30d.yaml @0e395d8, after sre.google/workbook"

  /// Every knob: the alert's, what is scraped, then the load and the judgement.
  public var knobs: [Knob] {
    Self.alertKnobs + Self.burnKnobs
      + [
        ServiceKnobs.scrapeInterval, Self.evaluationInterval, ServiceKnobs.buckets,
        ServiceKnobs.labels,
      ] + ServiceKnobs.load + ServiceKnobs.cardinality
  }

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

  private static let evaluationInterval = Knob(
    "evaluation.interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
    "The time between two evaluations of the rules; 1m in Prometheus.")
}
