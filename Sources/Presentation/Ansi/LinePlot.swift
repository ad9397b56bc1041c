/// A line drawn over columns with box characters, and the figures of its axis.
struct LinePlot {
  /// The rows from top to bottom.
  let rows: [Line]
  /// The figures of the axis by row.
  let labels: [Int: String]
  /// The row that the level runs through.
  let levelRow: Int?

  private static let height = 5

  init(_ series: TimeChart.Series, columns: Int) {
    let level = series.level.flatMap { $0.isFinite ? $0 : nil }
    let figures = series.figures.map(\.value) + [level].compactMap { $0 }
    let high = Self.roundUp(max(0, figures.max() ?? 0))
    let low = -Self.roundUp(max(0, -(figures.min() ?? 0)))
    // A series of nothing but zeros is one row: there is no figure for a second one.
    let height = high > low ? Self.height : 1
    let row = { (value: Double) -> Int in
      guard high > low else { return 0 }
      // Halves first: the difference of the ends may be too large for a Double.
      let share = (value / 2 - low / 2) / (high / 2 - low / 2)
      return height - 1 - Int((share * Double(height - 1)).rounded())
    }
    let text = { (value: Double) in SafeText.line(series.text(value)) }
    labels =
      height == 1
      ? [0: text(0)]
      : [0: text(high), height / 2: text(high / 2 + low / 2), height - 1: text(low)]
    let levelRow = level.map(row)
    self.levelRow = levelRow
    let values = Sampling.values(of: series, columns: columns).map { $0.map(row) }
    var glyphs = Array(repeating: [String](repeating: " ", count: columns), count: height)
    Self.draw(values, into: &glyphs)
    rows = glyphs.enumerated().map { index, glyphs in
      var line = Line()
      for glyph in glyphs {
        let isLevel = glyph == " " && index == levelRow
        line.append(isLevel ? "┄" : glyph, isLevel ? .dim : .plain)
      }
      return line
    }
  }

  /// The sign of the axis in `row`.
  func axis(row: Int) -> String {
    labels[row] == nil ? "│" : row == rows.count - 1 ? "┼" : "┤"
  }

  private static func draw(_ values: [Int?], into glyphs: inout [[String]]) {
    var last: Int?
    for (column, value) in values.enumerated() {
      defer { last = value }
      guard let value else { continue }
      guard let last, last != value else {
        glyphs[value][column] = "─"
        continue
      }
      let isRising = value < last
      glyphs[last][column] = isRising ? "╯" : "╮"
      glyphs[value][column] = isRising ? "╭" : "╰"
      for row in (min(last, value) + 1)..<max(last, value) { glyphs[row][column] = "│" }
    }
  }

  /// The next figure that is easy to read, such as 250 for 212.
  private static func roundUp(_ value: Double) -> Double {
    guard value > 1e-300, value < 1e300 else { return value > 0 ? value : 0 }
    var scale = 1.0
    while value > scale * 10 { scale *= 10 }
    while value <= scale { scale /= 10 }
    for step in [1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8] where value <= step * scale * (1 + 1e-12) {
      return step * scale
    }
    return 10 * scale
  }
}
