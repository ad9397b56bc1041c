extension AnsiRenderer {
  /// The widest that a bar is drawn, in columns.
  private static let longestBar = 40
  /// The narrowest room in which bars still tell something.
  private static let shortestBar = 8

  func bars(_ chart: BarChart, width: Int) -> [Line] {
    let labels = chart.bars.map { SafeText.line($0.label) }
    let figures = chart.bars.map { SafeText.line($0.text) }
    let labelWidth = labels.map { DisplayWidth.of($0) }.max() ?? 0
    let figureWidth = figures.map { DisplayWidth.of($0) }.max() ?? 0
    let isBeside = labelWidth + figureWidth + 4 + Self.shortestBar <= width
    let gutter = isBeside ? labelWidth + figureWidth + 4 : figureWidth + 4
    let room = min(Self.longestBar, max(0, width - gutter))
    let largest = chart.bars.map(\.value).filter(\.isFinite).max() ?? 0
    var lines: [Line] = []
    for (index, bar) in chart.bars.enumerated() {
      var line = Line()
      if isBeside {
        line.append(labels[index])
      } else {
        lines += Wrapping.wrap([Run(labels[index])], width: width)
      }
      line.pad(to: gutter - 2 - DisplayWidth.of(figures[index]))
      line.append(figures[index])
      line.pad(to: gutter)
      let share = largest > 0 && bar.value.isFinite ? max(0, bar.value / largest) : 0
      line.append(Eighths.bar(share * Double(room)), ink(of: bar.tone))
      lines += line.width <= width ? [line] : Wrapping.wrap(line.runs, width: width)
    }
    if let caption = chart.caption {
      lines += Wrapping.wrap([Run(SafeText.line(caption), .dim)], width: width)
    }
    return lines
  }
}

/// Block characters that fill a column or a row by eighths.
enum Eighths {
  private static let across: [String] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  private static let upward: [String] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// A bar of `columns`; what is above nothing shows at least an eighth.
  static func bar(_ columns: Double) -> String {
    let eighths = max(columns > 0 ? 1 : 0, Int((columns * 8).rounded()))
    return String(repeating: "█", count: eighths / 8) + across[eighths % 8]
  }

  /// A block as high as `share` of the line; only nothing has the lowest one.
  static func block(_ share: Double) -> String {
    guard share > 0 else { return upward[0] }
    return upward[max(1, min(7, Int((share * 7).rounded(.up))))]
  }
}
