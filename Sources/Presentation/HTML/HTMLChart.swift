import Kernel

/// Figures over time as a drawing in SVG, with the figures in words below it.
struct HTMLChart {
  private let chart: TimeChart

  init(_ chart: TimeChart) { self.chart = chart }

  private static let width = 640.0
  private static let stroke = "fill=\"none\" stroke=\"currentColor\""

  var lines: [String] {
    var shapes: [String] = []
    var top = 4.0
    for series in chart.series {
      let height: Double =
        switch series.style {
        case .line: 100
        case .strip: 28
        case .band: 10
        }
      shapes += draw(series, top: top, height: height)
      top += height + 8
    }
    let words = ChartSummary.sentences(of: chart).map { "<li>\(HTMLText.escape($0))</li>" }
    let size = "0 0 \(Int(Self.width)) \(Int(top))"
    return ["<figure>", "<svg viewBox=\"\(size)\" aria-hidden=\"true\">"] + shapes
      + ["</svg>", "<figcaption><ul>"] + words + ["</ul></figcaption>", "</figure>"]
  }

  private func draw(_ series: TimeChart.Series, top: Double, height: Double) -> [String] {
    let level = series.level.flatMap { $0.isFinite ? $0 : nil }
    let all = series.figures.map(\.value) + [level].compactMap { $0 }
    let high = max(0, all.max() ?? 0)
    let low = min(0, all.min() ?? 0)
    let place = { (value: Double) in
      // Halves first: the difference of the ends may be too large for a Double.
      let share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0
      return decimal(top + height * (1 - share))
    }
    let step = Self.width / Double(max(1, series.values.count))
    let right = { (index: Int) in decimal(Double(index) * step) }
    switch series.style {
    case .line:
      let path = spells(of: series.figures).map { spell in
        spell.enumerated().map { index, figure in
          let start = index == 0 ? "M\(right(figure.step)) " : "V"
          return "\(start)\(place(figure.value))H\(right(figure.step + 1))"
        }.joined()
      }.joined()
      let across = level.map {
        "<path d=\"M0 \(place($0))H640\" \(Self.stroke) stroke-dasharray=\"4 4\"/>"
      }
      return ["<path d=\"\(path)\" \(Self.stroke)/>"] + [across].compactMap { $0 }
    case .strip, .band:
      let isBand = series.style == .band
      let spells = spells(of: series.figures.filter { !isBand || $0.value != 0 })
      let path = spells.compactMap { spell -> String? in
        guard let first = spell.first, let last = spell.last else { return nil }
        let outline = spell.map { figure in
          "V\(isBand ? decimal(top) : place(figure.value))H\(right(figure.step + 1))"
        }.joined()
        let foot = isBand ? decimal(top + height) : place(0)
        return
          "M\(right(first.step)) \(foot)\(outline)V\(foot)H\(right(last.step - spell.count + 1))Z"
      }.joined()
      return ["<path d=\"\(path)\" fill=\"currentColor\"/>"]
    }
  }

  /// The figures in stretches without a gap.
  private func spells(
    of figures: [(step: Int, value: Double)]
  ) -> [[(step: Int, value: Double)]] {
    figures.reduce(into: []) { spells, figure in
      if let last = spells.last?.last, last.step + 1 == figure.step {
        spells[spells.count - 1].append(figure)
      } else {
        spells.append([figure])
      }
    }
  }

  private func decimal(_ value: Double) -> String {
    DecimalText.significant((value * 10).rounded() / 10, digits: 5)
  }
}
