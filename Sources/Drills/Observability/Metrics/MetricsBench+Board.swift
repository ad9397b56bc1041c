import Kernel
import Patterns
import Presentation

/// The dashboard: queries that are drawn over the last half hour, one panel each.
extension MetricsBench {
  private static let panelCount: Int64 = 60
  private static let panelStep: Int64 = 30_000
  private static let mostPanels = 8

  /// A query drawn over the last half hour; nil where it gave nothing.
  func panel(_ text: String) throws(Diagnostic) -> Block? {
    let expression = try PromParser.expression(text)
    var lines: [(labels: MetricLabels, values: [Double?])] = []
    for place in 0..<Self.panelCount {
      let time = milliseconds - (Self.panelCount - 1 - place) * Self.panelStep
      guard time >= 0 else { continue }
      for sample in try engine().samples(expression, at: time) {
        var at = lines.firstIndex { $0.labels == sample.labels }
        if at == nil, lines.count < 6 {
          at = lines.count
          lines.append((sample.labels, Array(repeating: nil, count: Int(Self.panelCount))))
        }
        if let at { lines[at].values[Int(place)] = sample.value.isFinite ? sample.value : nil }
      }
    }
    guard !lines.isEmpty else { return nil }
    let series = lines.map { line in
      TimeChart.Series(
        line.labels.all.isEmpty ? String(text.prefix(40)) : line.labels.selector, line.values,
        style: .line, text: { GoText.general(($0 * 1_000).rounded() / 1_000) })
    }
    return .chart(TimeChart(series, start: "30 min ago", end: "now"))
  }

  /// Adds a query to the dashboard, or takes it away.
  mutating func pin(_ text: String) throws(Diagnostic) -> Document {
    _ = try PromParser.expression(text)
    if let place = panels.firstIndex(of: text) {
      panels.remove(at: place)
      return Document([.text("\(text) is off the dashboard.")])
    }
    guard panels.count < Self.mostPanels else {
      throw Diagnostic(
        "A dashboard has at most \(Self.mostPanels) panels.", found: text,
        expected: "pin one of them again, which takes it away")
    }
    panels.append(text)
    return Document([.text("\(text) is on the dashboard.")])
  }

  /// Draws every query of the dashboard.
  func board() throws(Diagnostic) -> Document {
    var reply = Document()
    for text in panels {
      reply.add(.heading(2, Text(text)))
      reply.add(try panel(text) ?? .text("Nothing yet."))
    }
    if panels.isEmpty { reply.add(.text("The dashboard is empty: pin a query.")) }
    return reply
  }
}
