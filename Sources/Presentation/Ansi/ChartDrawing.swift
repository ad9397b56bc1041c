/// Draws figures over time: lines with an axis, strips and bands, all over the same columns.
struct ChartDrawing {
  private let chart: TimeChart
  private let width: Int
  /// Whether names stand on lines of their own, since there is no room beside the axis.
  private let isNamedAbove: Bool
  /// The columns before the axis.
  private let gutter: Int
  /// The columns of figures.
  private let columns: Int

  /// The widest that a series is drawn, in columns.
  private static let widest = 64
  /// The narrowest room in which a drawing still tells something.
  private static let narrowest = 12

  init(_ chart: TimeChart, width: Int) {
    self.chart = chart
    self.width = width
    let beside = chart.series.map { Self.gutter(of: $0, isNamed: true) }.max() ?? 0
    isNamedAbove = beside > width / 4
    gutter =
      isNamedAbove
      ? chart.series.map { Self.gutter(of: $0, isNamed: false) }.max() ?? 0 : beside
    let remarks = chart.series.map { DisplayWidth.of(Self.remark(on: $0)) }.max() ?? 0
    let room = min(Self.widest, width - gutter - 1 - (remarks > 0 ? remarks + 1 : 0))
    let steps = chart.series.map(\.values.count).max() ?? 0
    columns = steps > 0 && steps <= room ? steps * (room / steps) : max(0, room)
  }

  /// The chart's lines, or its sentences where there is nothing or no room to draw.
  var lines: [Line] {
    guard columns >= Self.narrowest, chart.series.contains(where: { !$0.figures.isEmpty }) else {
      return ChartSummary.sentences(of: chart).flatMap { Wrapping.wrap([Run($0)], width: width) }
    }
    var lines: [Line] = []
    for series in chart.series {
      if isNamedAbove {
        lines += Wrapping.wrap([Run(SafeText.line(series.name))], width: width)
      }
      switch series.style {
      case .line: lines += plot(series)
      case .strip: lines.append(strip(series))
      case .band: lines.append(band(series))
      }
    }
    return lines + timeAxis
  }

  private static func gutter(of series: TimeChart.Series, isNamed: Bool) -> Int {
    let name = isNamed ? DisplayWidth.of(SafeText.line(series.name)) : 0
    guard series.style == .line else { return name + 1 }
    let labels = LinePlot(series, columns: 0).labels.values.map { DisplayWidth.of($0) }
    return (name > 0 ? name + 2 : 0) + (labels.max() ?? 0) + 1
  }

  /// What stands behind a series: the level that is drawn across, or how high a strip goes.
  private static func remark(on series: TimeChart.Series) -> String {
    switch series.style {
    case .line: return series.level.map { SafeText.line(series.text($0)) } ?? ""
    case .strip:
      let peak = series.figures.map(\.value).max()
      return peak.map { "max " + SafeText.line(series.text($0)) } ?? ""
    case .band: return ""
    }
  }

  private func plot(_ series: TimeChart.Series) -> [Line] {
    let plot = LinePlot(series, columns: columns)
    return plot.rows.enumerated().map { index, row in
      var line = Line()
      if index == 0, !isNamedAbove { line.append(SafeText.line(series.name)) }
      let label = plot.labels[index] ?? ""
      line.pad(to: gutter - 1 - DisplayWidth.of(label))
      line.append(label, .dim)
      line.pad(to: gutter)
      line.append(plot.axis(row: index), .dim)
      line.append(row)
      if index == plot.levelRow { line.append(" " + Self.remark(on: series), .dim) }
      return line
    }
  }

  private func strip(_ series: TimeChart.Series) -> Line {
    let highest = series.figures.map(\.value).max() ?? 0
    let blocks = Sampling.values(of: series, columns: columns).map { value in
      value.map { Eighths.block(highest > 0 ? $0 / highest : 0) } ?? " "
    }
    return row(series, blocks.joined())
  }

  private func band(_ series: TimeChart.Series) -> Line {
    let blocks = Sampling.values(of: series, columns: columns).map { ($0 ?? 0) != 0 ? "█" : " " }
    return row(series, blocks.joined())
  }

  private func row(_ series: TimeChart.Series, _ blocks: String) -> Line {
    let name = isNamedAbove ? "" : SafeText.line(series.name)
    var line = chart.isOutline ? Line() : Line.spaces(gutter - 1 - DisplayWidth.of(name))
    line.append(name)
    line.pad(to: gutter + 1)
    line.append(blocks)
    let remark = Self.remark(on: series)
    if !remark.isEmpty { line.append(" " + remark, .dim) }
    return line
  }

  private var timeAxis: [Line] {
    let start = SafeText.line(chart.start)
    let end = SafeText.line(chart.end)
    guard !start.isEmpty || !end.isEmpty else { return [] }
    var line = Line.spaces(gutter + 1)
    let endWidth = DisplayWidth.of(end)
    if DisplayWidth.of(start) + endWidth + 2 <= columns {
      line.append(start, .dim)
      line.pad(to: gutter + 1 + columns - endWidth)
      line.append(end, .dim)
      return [line]
    }
    return Wrapping.wrap([Run("\(start) … \(end)", .dim)], width: width)
  }
}
