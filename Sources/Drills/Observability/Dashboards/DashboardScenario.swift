import Kernel
import Patterns
import Simulation

/// A service, a Prometheus that scrapes it, and a panel of a dashboard that somebody looks at
/// afterwards to find out what happened.
///
///     clients ──▶ api-1..n ◀─scrape─ prometheus ◀─query_range─ panel ──▶ somebody who looks
///
/// What clients suffered is counted beside it: an outage shows on the panel, or it does not.
public struct DashboardScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "dashboard" }
  /// What the scenario is.
  public var title: String { "A service, and what a dashboard makes of it" }
  /// The version of the model.
  public var version: Int { 1 }

  private func service(_ settings: Settings) -> ServiceSettings {
    ServiceSettings(settings, .bounded)
  }

  /// The instances are `api-1` and so on, scraped by `prometheus`.
  public func roster(_ settings: Settings) -> Roster { service(settings).roster }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    try service(settings).validate()
  }

  /// What a run measures.
  public var metrics: [Metric] {
    [
      ServiceMetric.outages.metric,
      Metric(
        "hidden_outages", .count,
        "Outages of which the panel shows nothing: no point beyond its bound, and no gap."),
      Metric("false_points", .count, "Points beyond the bound while there was no outage."),
      Metric("empty", .fraction, "The share of the panel's steps that have no number."),
      Metric(
        "zeros_for_nothing", .count, "Steps that are drawn as 0 although nothing was measured."),
      Metric("drawn_peak", .ratio, "The highest number on the panel."),
      Metric("drawn_figure", .ratio, "The one figure beside its title."),
      Metric("peak_true", .fraction, "The highest share of requests gone wrong in any minute."),
      ServiceMetric.badShare.metric,
      ServiceMetric.p99.metric,
      Metric("step", .seconds, "The time between two points: $__interval."),
      Metric("rate_window", .seconds, "The window of the panel's rates."),
      Metric("points", .count, "Points that the panel asks for."),
      ServiceMetric.samples.metric,
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant(
        "drawn as measured",
        "A number is drawn as it was measured, and nothing as nullPointMode says."),
      Invariant(
        "rate window",
        "$__rate_interval is at least four scrape intervals, and a step and a scrape interval."),
      Invariant("aligned", "Every point stands at a whole multiple of the step."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Scrapes, store and queries are those of the drills of alerts and of the metrics bench.",
        "Steps, $__interval and $__rate_interval are worked out as Grafana does; the panel is "
          + "drawn once, at the end of the run.",
      ],
      leavesOut: [
        "Whether somebody sees it is taken literally: one point beyond the bound, or a gap of two "
          + "steps, is seen.",
        "Series that a panel draws beyond the eighth are left out.",
        "nullPointMode=null-as-zero is the graph panel's \"null as zero\"; newer panels get it by "
          + "'or vector(0)' in the query.",
      ],
      sources: [
        "github.com/grafana/grafana pkg/promlib/models/query.go @00aaabde",
        "github.com/grafana/grafana pkg/tsdb/intervalv2/intervalv2.go @05b4ce48",
      ] + MonitoringScenario().fidelity.sources)
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        DashboardShortcut.zeroForNothing.rawValue, title: "nothing is drawn as 0",
        summary: "A step without a number becomes 0, whatever the panel says. A service that is "
          + "gone has no errors.",
        settings: ["duration": "20m", "time.from": "20m"],
        faults: (1...3).map { "at 8m crash api-\($0) for 5m" },
        caughtBy: .invariant("drawn as measured")),
      Mutant(
        DashboardShortcut.rateOverOneStep.rawValue, title: "$__rate_interval is one step",
        summary: "The window of rates is $__interval, as dashboards had it before Grafana 7.2. "
          + "Zoomed in, no window holds two samples.",
        settings: ["duration": "10m", "time.from": "10m", "window": "rate-interval"],
        caughtBy: .invariant("rate window")),
    ]
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let service = service(request.settings)
    let world = MonitoringWorld.run(service, nil, request)
    let look = DashboardLook(
      request.settings, shortcut: request.mutant.flatMap(DashboardShortcut.init(rawValue:)))
    return look.outcome(world, at: .zero + service.duration)
  }
}
