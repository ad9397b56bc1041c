import Kernel
import Patterns

extension DashboardScenario {
  /// Every knob: the panel's, what is scraped, then the load and the judgement.
  public var knobs: [Knob] {
    Self.panelKnobs + GrafanaPreset.knobs.filter { !["refresh", "thresholds"].contains($0.name) }
      + [ServiceKnobs.scrapeInterval, ServiceKnobs.buckets] + ServiceKnobs.load
  }

  private static let panelKnobs = [
    Knob(
      "panel", .choice(DashboardLook.Panel.allCases.map(\.rawValue)), standard: .word("errors"),
      "What the panel shows: the share of errors over all instances, the mean of their shares, "
        + "traffic, or latency as mean, mean of p99s, or p99 of all."),
    Knob(
      "window", .choice(["fixed", "rate-interval"]), standard: .word("fixed"),
      "Whether rates are over window.fixed or over $__rate_interval."),
    Knob(
      "window.fixed", .span(.seconds(1)...(.hours(6))), standard: .span(.minutes(1)),
      "With window=fixed, the window of rates."),
    Knob(
      "errors.above", .number(0...1, .fraction), standard: .number(0.05),
      "The share of errors from which on the panel is red."),
    Knob(
      "latency.above", .span(.milliseconds(1)...(.minutes(1))),
      standard: .span(.milliseconds(500)), "The latency from which on it is red."),
    Knob(
      "traffic.below", .number(0...1, .fraction), standard: .number(0.5),
      "The share of the usual rate below which it is red."),
  ]
}
