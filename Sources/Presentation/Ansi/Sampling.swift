/// Brings the figures of a series to one for each column.
enum Sampling {
  /// A figure for each column; nil where nothing was measured.
  ///
  /// Where several steps share a column, the one farthest from the mean of all is shown, so that
  /// neither a spike nor a dip is ever lost; where there is room, a step takes several columns.
  static func values(of series: TimeChart.Series, columns: Int) -> [Double?] {
    let figures = series.figures
    let mean = figures.reduce(0) { $0 + $1.value / Double(figures.count) }
    let steps = series.values
    return (0..<columns).map { column in
      let first = column * steps.count / columns
      let last = max(first + 1, (column + 1) * steps.count / columns)
      return steps[first..<min(last, steps.count)].reduce(nil) { shown, value in
        guard let value, value.isFinite else { return shown }
        guard let shown else { return value }
        return abs(value - mean) > abs(shown - mean) ? value : shown
      }
    }
  }
}
