import Kernel
import Patterns
import Presentation

/// The dashboard: panels over one time range.
extension MetricsBench {
  private static let mostPanels = 8

  /// How finely panels ask: Grafana's settings, or the last half hour in steps of 30 s.
  var resolution: PanelResolution {
    if kind == .grafana { return GrafanaPreset.resolution(settings) }
    let scrape = GrafanaPreset.milliseconds(span("scrape.interval", "scrape_interval"))
    return PanelResolution(
      range: 1_800_000, maxDataPoints: 60, minInterval: min(scrape, 30_000),
      scrapeInterval: scrape)
  }

  private var calculation: PanelFrame.Calculation {
    kind == .grafana
      ? PanelFrame.Calculation(rawValue: settings.word("calcs")) ?? .lastNotNull : .lastNotNull
  }

  private func styled(_ panel: DashboardPanel) -> DashboardPanel {
    guard kind == .grafana else { return panel }
    let mode = DashboardPanel.NullPointMode(rawValue: settings.word("nullPointMode")) ?? .null
    return DashboardPanel(
      panel.title, panel.targets, unit: panel.unit, threshold: panel.threshold,
      nullPointMode: mode)
  }

  private func panel(_ text: String) -> DashboardPanel {
    DashboardPanel(
      text, [.init(text)], threshold: kind == .grafana ? settings.number("thresholds") : nil)
  }

  /// Draws one query.
  mutating func graph(_ text: String) throws(Diagnostic) -> Document {
    drawn = try frames(panel(text), resolution, at: milliseconds)
    guard !drawn.isEmpty else { return Document([.text("Nothing to draw.")]) }
    return DashboardView.document(styled(panel(text)), drawn, calculation: calculation)
  }

  private func frames(
    _ panel: DashboardPanel, _ resolution: PanelResolution, at time: Int64
  ) throws(Diagnostic) -> [PanelFrame] {
    try styled(panel).frames(engine(), resolution, at: time, limit: 6)
  }

  /// Adds a query to the dashboard, or takes it away.
  mutating func pin(_ text: String) throws(Diagnostic) -> Document {
    _ = try PromParser.expression(resolution.filled(text))
    if let place = panels.firstIndex(where: { $0.title == text }) {
      panels.remove(at: place)
      return Document([.text("\(text) is off the dashboard.")])
    }
    guard panels.count < Self.mostPanels else {
      throw Diagnostic(
        "A dashboard has at most \(Self.mostPanels) panels.", found: text,
        expected: "pin one of them again, which takes it away")
    }
    panels.append(panel(text))
    return Document([.text("\(text) is on the dashboard.")])
  }

  /// Draws every panel of the dashboard, over another range if one is named.
  mutating func board(_ line: BenchLine) throws(Diagnostic) -> Document {
    var resolution = resolution
    if let text = line.arguments.first {
      guard let range = TimeSpan(text: text), range >= .minutes(1), range <= .hours(24) else {
        throw Diagnostic(
          "'\(text)' is no time range.", column: line.column(0), found: text,
          expected: "1m to 24h, as in 'board 1h'")
      }
      resolution = PanelResolution(
        range: GrafanaPreset.milliseconds(range), maxDataPoints: resolution.maxDataPoints,
        minInterval: resolution.minInterval, scrapeInterval: resolution.scrapeInterval)
    }
    return try board(resolution, at: milliseconds)
  }

  private mutating func board(
    _ resolution: PanelResolution, at time: Int64
  ) throws(Diagnostic) -> Document {
    guard !panels.isEmpty else {
      return Document([.text("The dashboard is empty: pin a query.")])
    }
    var reply = Document()
    var all: [PanelFrame] = []
    for panel in panels {
      let frames = try frames(panel, resolution, at: time)
      reply = reply + DashboardView.document(styled(panel), frames, calculation: calculation)
      all += frames
    }
    drawn = all
    reply.add(
      .toned(
        "last \(PromDuration.text(resolution.range)), a point each "
          + "\(PromDuration.text(resolution.step)); $__rate_interval is "
          + PromDuration.text(resolution.rateInterval), .quiet))
    return reply
  }

  /// What an open dashboard shows after time has passed: as of its last refresh; nil where it is
  /// never refreshed.
  mutating func refreshed() throws(Diagnostic) -> Document? {
    guard kind == .grafana, settings.span("refresh") > .zero, !panels.isEmpty else { return nil }
    let every = GrafanaPreset.milliseconds(settings.span("refresh"))
    let time = milliseconds - milliseconds % max(every, 1)
    var reply = try board(resolution, at: time)
    reply.add(.text("Refreshed at \(DashboardView.time(time))."))
    return reply
  }
}
