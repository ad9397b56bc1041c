/// Says in words what a chart draws, for readers who hear it and for formats without drawings.
enum ChartSummary {
  /// One sentence a series: where it starts and ends, its extremes, its level.
  static func sentences(of chart: TimeChart) -> [String] {
    let axis = TimeAxis(chart)
    return chart.series.map { series in
      "\(spoken(series.name)): " + description(of: series, axis: axis, chart: chart)
    }
  }

  /// A name as it is read aloud: indents are for the eye.
  private static func spoken(_ name: String) -> String {
    SafeText.line(name).split(separator: " ").joined(separator: " ")
  }

  private static func description(
    of series: TimeChart.Series, axis: TimeAxis, chart: TimeChart
  ) -> String {
    let figures = series.figures
    guard let first = figures.first, let last = figures.last else { return "nothing measured" }
    if series.style == .band { return spells(of: series, axis: axis, chart: chart) }
    let text = { (value: Double) in SafeText.line(series.text(value)) }
    let count = series.values.count
    var parts: [String] = []
    if figures.allSatisfy({ $0.value == first.value }) {
      parts.append("\(text(first.value)) throughout")
    } else {
      let lastTime =
        last.step == count - 1
        ? "at \(SafeText.line(chart.end))" : axis.words(forStep: last.step, of: count)
      let firstTime = axis.words(forStep: first.step, of: count)
      parts.append(
        "from \(text(first.value)) \(firstTime) to \(text(last.value)) \(lastTime)")
      let peak = figures.reduce(first) { $1.value > $0.value ? $1 : $0 }
      let low = figures.reduce(first) { $1.value < $0.value ? $1 : $0 }
      for (name, extreme) in [("peak", peak), ("low", low)]
      where extreme.value != first.value && extreme.value != last.value {
        let time = axis.words(forStep: extreme.step, of: count)
        parts.append("\(name) \(text(extreme.value)) \(time)")
      }
    }
    if let level = series.level { parts.append("level \(text(level))") }
    if figures.count < count {
      parts.append("\(count - figures.count) of \(count) steps without a figure")
    }
    return parts.joined(separator: ", ")
  }

  /// When a band is filled: `from 30 s to 38 s`.
  private static func spells(
    of series: TimeChart.Series, axis: TimeAxis, chart: TimeChart
  ) -> String {
    let count = series.values.count
    var spells: [String] = []
    var start: Int?
    for step in 0...count {
      let isOn = step < count && (series.values[step] ?? 0) != 0
      if isOn, start == nil { start = step }
      if !isOn, let begin = start {
        let end =
          step == count
          ? SafeText.line(chart.end) : String(axis.words(forStep: step, of: count).dropFirst(3))
        spells.append("from \(axis.words(forStep: begin, of: count).dropFirst(3)) to \(end)")
        start = nil
      }
    }
    return spells.isEmpty ? "never" : spells.joined(separator: ", ")
  }
}

extension TimeChart.Series {
  /// The finite figures with the step each belongs to.
  var figures: [(step: Int, value: Double)] {
    values.enumerated().compactMap { step, value in
      value.flatMap { $0.isFinite ? (step, $0) : nil }
    }
  }
}
