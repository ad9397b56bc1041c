import Kernel
import Patterns
import Presentation

/// Panels as a document: a line with the figure of each, and its chart.
enum DashboardView {
  /// What is shown of `panel`, whose queries gave `frames`.
  static func document(
    _ panel: DashboardPanel, _ frames: [PanelFrame], calculation: PanelFrame.Calculation
  ) -> Document {
    var title: [Span] = [.strong(panel.title)]
    for frame in frames.prefix(frames.count == 1 ? 1 : 0) {
      title.append(.plain("  "))
      title.append(figure(panel, frame, calculation))
      title.append(.toned("  \(calculation.rawValue)", .quiet))
    }
    if let threshold = panel.threshold {
      title.append(.toned("  red from \(panel.unit.text(threshold))", .quiet))
    }
    var document = Document([.heading(3, Text(title))])
    guard frames.contains(where: { $0.drawn.contains { $0 != nil } }) else {
      document.add(.text("No data."))
      return document
    }
    document.add(.chart(chart(panel, frames, calculation)))
    return document
  }

  private static func figure(
    _ panel: DashboardPanel, _ frame: PanelFrame, _ calculation: PanelFrame.Calculation
  ) -> Span {
    guard let value = frame.reduced(calculation) else { return .plain("no data") }
    let isRed = panel.threshold.map { value >= $0 } ?? false
    return .toned(panel.unit.text(value), isRed ? .bad : .good)
  }

  /// One series has an axis of its own; several are strips, one below the other.
  private static func chart(
    _ panel: DashboardPanel, _ frames: [PanelFrame], _ calculation: PanelFrame.Calculation
  ) -> TimeChart {
    let unit = panel.unit
    let series = frames.map { frame -> TimeChart.Series in
      let figure = frame.reduced(calculation).map(unit.text) ?? "no data"
      let isAlone = frames.count == 1
      return TimeChart.Series(
        isAlone ? "" : "\(short(frame.legend)) \(figure)", frame.drawn,
        style: isAlone ? .line : .strip, level: isAlone ? level(panel, frame) : nil,
        text: { unit.text($0) })
    }
    let times = frames.first?.times ?? []
    return TimeChart(series, start: time(times.first ?? 0), end: time(times.last ?? 0))
  }

  /// A threshold that is far above everything would press the curve flat.
  private static func level(_ panel: DashboardPanel, _ frame: PanelFrame) -> Double? {
    guard let threshold = panel.threshold, let peak = frame.reduced(.max) else { return nil }
    return threshold <= peak * 5 ? threshold : nil
  }

  private static func short(_ legend: String) -> String {
    legend.count > 24 ? legend.prefix(23) + "…" : legend
  }

  /// A time in milliseconds as text.
  static func time(_ milliseconds: Int64) -> String {
    TimeSpan.nanoseconds(milliseconds * 1_000_000).description
  }
}
