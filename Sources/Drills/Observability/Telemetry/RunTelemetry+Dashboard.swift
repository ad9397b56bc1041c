import Kernel
import Patterns
import Presentation

/// The run as a dashboard: rate, errors, duration (RED) and what is in use or waiting (USE).
extension RunTelemetry {
  /// What a gauge tells of.
  private enum Row: String, CaseIterable {
    case rate = "Rate"
    case errors = "Errors"
    case duration = "Duration"
    case utilisation = "Utilisation"
    case saturation = "Saturation"

    private static let failures = [
      "fail", "wrong", "error", "refus", "lost", "miss", "shed", "stale", "reject", "bad", "not ",
    ]

    init(_ series: TimeSeries) {
      let name = series.name.lowercased()
      let isFailure = Self.failures.contains(where: name.contains)
      self =
        switch series.unit {
        case .seconds: .duration
        case .perSecond: isFailure ? .errors : .rate
        case .fraction: isFailure ? .errors : .utilisation
        case .count, .bytes, .ratio: isFailure ? .errors : .saturation
        }
    }
  }

  /// The dashboard of the run; `clauses` are the objectives that its series are held against.
  public func dashboard(_ clauses: [Condition.Clause]) throws(Diagnostic) -> Document {
    var document = Document()
    for row in Row.allCases {
      var series: [TimeChart.Series] = []
      for gauge in gauges where Row(gauge.series) == row {
        let unit = PanelUnit(gauge.series.unit)
        for frame in try frames(gauge.name, step: gauge.series.step) {
          series.append(Self.strip(gauge.series, frame, unit))
        }
      }
      if row == .errors { series += try harm() }
      guard !series.isEmpty else { continue }
      document.add(.heading(3, Text(row.rawValue)))
      document.add(.chart(TimeChart(series, start: "0 s", end: DashboardView.time(end))))
    }
    for clause in clauses {
      guard let text = try beyond(clause) else { continue }
      document.add(text)
    }
    return document
  }

  private func frames(
    _ expr: String, step: TimeSpan
  ) throws(Diagnostic) -> [PanelFrame] {
    let every = max(1, step.nanoseconds / 1_000_000)
    let resolution = PanelResolution(
      range: max(end, 1), maxDataPoints: 11_000, minInterval: every, scrapeInterval: every)
    return try DashboardPanel(expr, [.init(expr)]).frames(engine, resolution, at: end)
  }

  private static func strip(
    _ series: TimeSeries, _ frame: PanelFrame, _ unit: PanelUnit
  ) -> TimeChart.Series {
    let last = frame.reduced(.lastNotNull).map { series.unit.text($0) } ?? "no data"
    let isBand = series.style == .band
    return TimeChart.Series(
      isBand ? series.name : "\(series.name) \(last)", frame.drawn,
      style: isBand ? .band : .strip, text: { series.unit.text($0) })
  }

  /// Harmful events of the trace, interval by interval.
  private func harm() throws(Diagnostic) -> [TimeChart.Series] {
    let window = interval / 500
    let expr = "sum(increase(\(Self.eventCounter){weight=\"harm\"}[\(window)s])) / \(window)"
    return try frames(expr, step: .milliseconds(interval)).map { frame in
      TimeChart.Series(
        "harmful events", frame.drawn, style: .strip, text: { Unit.perSecond.text($0) })
    }
  }

  /// For how long an objective was missed, as a sentence; nil where it is about no gauge.
  private func beyond(_ clause: Condition.Clause) throws(Diagnostic) -> Text? {
    guard let query = violation(of: clause) else { return nil }
    let frames = try frames("count(\(query))", step: .milliseconds(interval))
    let missed = frames.first?.drawn.count { $0 != nil } ?? 0
    return .toned(
      missed == 0
        ? "\(clause.name) \(clause.wanted): never missed."
        : "\(clause.name) \(clause.wanted): missed for \(TimeSpan.milliseconds(interval) * missed).",
      missed == 0 ? .good : .bad)
  }
}
