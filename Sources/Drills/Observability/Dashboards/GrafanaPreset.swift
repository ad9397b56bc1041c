import Kernel
import Patterns

/// Grafana's settings of a dashboard under their own names.
enum GrafanaPreset {
  private static let schema =
    "github.com/grafana/grafana kinds/dashboard/dashboard_kind.cue @00139e84: time.from now-6h, no refresh"
  private static let interval =
    "github.com/grafana/grafana pkg/promlib/models/query.go @00aaabde: 15s where none is set"
  private static let legacy =
    "github.com/grafana/grafana public/app/plugins/panel/graph/module.ts: nullPointMode 'null'"

  private static let thresholds =
    "github.com/grafana/grafana public/app/core/components/OptionsUI/registry.tsx @05b8f193: red "
    + "from 80"

  static let knobs = [
    Knob(
      "time.from", .span(.minutes(1)...(.hours(24))), standard: .span(.hours(6)), source: schema,
      "How far back the dashboard looks: now-6h."),
    Knob(
      "refresh", .span(.zero...(.hours(1))), standard: .span(.zero), source: schema,
      "How often an open dashboard asks again while time passes; 0s is never."),
    Knob(
      "maxDataPoints", .integer(2...11_000), standard: .integer(60),
      source: "Grafana: the panel's width in pixels; ours: the columns of a chart in a terminal",
      "The most points of a series: time.from over it is $__interval, rounded."),
    Knob(
      "interval", .span(.zero...(.hours(1))), standard: .span(.zero),
      source: "Grafana, query options: empty", "The panels' Min interval; 0s is none."),
    Knob(
      "timeInterval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
      source: interval,
      "The scrape interval that the data source is told; $__rate_interval is made of it."),
    Knob(
      "nullPointMode", .choice(DashboardPanel.NullPointMode.allCases.map(\.rawValue)),
      standard: .word("null"), source: legacy,
      "What becomes of a step without a number: a gap, a straight line, or a 0."),
    Knob(
      "calcs", .choice(PanelFrame.Calculation.allCases.map(\.rawValue)),
      standard: .word("lastNotNull"),
      source: "github.com/grafana/grafana public/app/plugins/panel/stat/common.ts",
      "The one figure beside a panel's title."),
    Knob(
      "thresholds", .number(0...1e12, .ratio), standard: .number(80),
      source: thresholds,
      "The value from which on a panel that you pin is red."),
  ]

  /// The panels that the dashboard begins with: rate, errors and duration of the service, and
  /// what of it is up.
  static let panels = [
    DashboardPanel(
      "Rate",
      [.init("sum(rate(http_requests_total[$__rate_interval]))", legendFormat: "requests")],
      unit: .reqps),
    DashboardPanel(
      "Errors",
      [
        .init(
          "sum(rate(http_requests_total{code=\"500\"}[$__rate_interval])) / "
            + "sum(rate(http_requests_total[$__rate_interval]))", legendFormat: "errors")
      ], unit: .percentunit, threshold: 0.01),
    DashboardPanel(
      "Duration",
      ["0.5", "0.99"].map { share in
        DashboardPanel.Target(
          "histogram_quantile(\(share), sum by (le) "
            + "(rate(http_request_duration_seconds_bucket[$__rate_interval])))",
          legendFormat: share == "0.5" ? "p50" : "p99")
      }, unit: .s, threshold: 0.5),
    DashboardPanel(
      "Saturation: instances up", [.init("up", legendFormat: "{{instance}}")]),
  ]

  static let tool = ToolPreset(
    id: "grafana", title: "Grafana over Prometheus 2.42",
    knobs: MetricsBench.prometheus.knobs + knobs,
    leavesOut: MetricsBench.prometheus.leavesOut + [
      "Variables of a dashboard (templating), annotations, repeated panels, transformations and "
        + "alert rules; of the panels only time series, each with one figure.",
      "A range begins at the earliest at 0, when the bench began; Grafana would draw the emptiness "
        + "before it.",
      "nullPointMode is the graph panel's; today's time series panel calls it Connect null values "
        + "and knows no zero, which a query gets with 'or vector(0)'.",
    ])

  /// What the knobs make of the time range.
  static func resolution(_ settings: Settings) -> PanelResolution {
    let least = milliseconds(settings.span("interval"))
    return PanelResolution(
      range: milliseconds(settings.span("time.from")),
      maxDataPoints: settings.integer("maxDataPoints"), minInterval: least == 0 ? nil : least,
      scrapeInterval: milliseconds(settings.span("timeInterval")))
  }

  static func milliseconds(_ span: TimeSpan) -> Int64 { span.nanoseconds / 1_000_000 }
}
