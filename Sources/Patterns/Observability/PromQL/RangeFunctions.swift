import Kernel

/// What functions of a range make of the samples of one series.
enum RangeFunctions {
  /// The range, in milliseconds.
  struct Span {
    let start: Int64
    let end: Int64
    /// The time of the query, which `offset` leaves alone.
    let now: Int64
    /// Whether a counter that falls is taken to have begun anew.
    var seesResets = true
  }

  /// The value of `function` over `points`, or nil when there are too few.
  static func value(
    _ function: PromFunction, _ points: ArraySlice<SeriesStore.Point>, _ span: Span,
    _ parameters: [Double]
  ) -> Double? {
    guard let last = points.last, let first = points.first else { return nil }
    let values = points.lazy.map(\.value)
    switch function {
    case .rate: return extrapolated(points, span, isCounter: true, isRate: true)
    case .increase: return extrapolated(points, span, isCounter: true, isRate: false)
    case .delta: return extrapolated(points, span, isCounter: false, isRate: false)
    case .irate: return lastTwo(points, isRate: true)
    case .idelta: return lastTwo(points, isRate: false)
    case .changes: return Double(changes(points))
    case .resets:
      return Double(zip(points, points.dropFirst()).count { $1.value < $0.value })
    case .deriv:
      return points.count < 2 ? nil : PromMath.line(points, at: first.at).slope
    case .predictLinear:
      guard points.count >= 2 else { return nil }
      let line = PromMath.line(points, at: span.now)
      return line.slope * parameters[0] + line.height
    case .holtWinters, .doubleExponentialSmoothing:
      return smoothed(points, by: parameters[0], trend: parameters[1])
    case .avgOverTime: return PromMath.mean(values)
    case .sumOverTime:
      var sum = PromMath.Sum()
      for value in values { sum.add(value) }
      return sum.total
    case .minOverTime:
      return values.reduce(first.value) { $1 < $0 || $0.isNaN ? $1 : $0 }
    case .maxOverTime:
      return values.reduce(first.value) { $1 > $0 || $0.isNaN ? $1 : $0 }
    case .countOverTime: return Double(points.count)
    case .lastOverTime: return last.value
    case .presentOverTime: return 1
    case .stdvarOverTime: return PromMath.variance(values)
    case .stddevOverTime: return PromMath.variance(values).squareRoot()
    case .quantileOverTime: return PromMath.quantile(parameters[0], Array(values))
    case .madOverTime:
      let middle = PromMath.quantile(0.5, Array(values))
      return PromMath.quantile(0.5, values.map { abs($0 - middle) })
    default: return nil
    }
  }

  /// Refuses parameters that a function cannot work with.
  static func check(_ function: PromFunction, _ parameters: [Double]) throws(Diagnostic) {
    guard function == .holtWinters || function == .doubleExponentialSmoothing else { return }
    for (name, factor) in zip(["smoothing", "trend"], parameters) {
      guard factor <= 0 || factor >= 1 else { continue }
      let bound = name == "smoothing" ? "sf" : "tf"
      throw Diagnostic(
        "invalid \(name) factor. Expected: 0 < \(bound) < 1, got: \(DecimalText.fixed(factor, decimals: 6))"
      )
    }
  }

  /// Double exponential smoothing (Holt's): a smoothed value that follows a smoothed trend.
  private static func smoothed(
    _ points: ArraySlice<SeriesStore.Point>, by factor: Double, trend trendFactor: Double
  ) -> Double? {
    let values = points.map(\.value)
    guard values.count >= 2 else { return nil }
    var before = 0.0
    var level = values[0]
    var trend = values[1] - values[0]
    for place in 1..<values.count {
      if place > 1 { trend = trendFactor * (level - before) + (1 - trendFactor) * trend }
      let next = factor * values[place] + (1 - factor) * (level + trend)
      (before, level) = (level, next)
    }
    return level
  }

  private static func changes(_ points: ArraySlice<SeriesStore.Point>) -> Int {
    zip(points, points.dropFirst()).count { old, new in
      new.value != old.value && !(new.value.isNaN && old.value.isNaN)
    }
  }

  /// What passed between the first and the last sample, stretched to the edges of the range.
  ///
  /// An edge that is near counts in full, one that is far as half a usual gap; a counter is never
  /// stretched back beyond where it would have been 0.
  private static func extrapolated(
    _ points: ArraySlice<SeriesStore.Point>, _ span: Span, isCounter: Bool, isRate: Bool
  ) -> Double? {
    guard points.count >= 2, let first = points.first, let last = points.last else { return nil }
    var total = last.value - first.value
    if isCounter {
      var previous = first.value
      for point in points.dropFirst() {
        if point.value < previous, span.seesResets { total += previous }
        previous = point.value
      }
    }
    var toStart = Double(first.at - span.start) / 1_000
    let toEnd = Double(span.end - last.at) / 1_000
    let sampled = Double(last.at - first.at) / 1_000
    let gap = sampled / Double(points.count - 1)
    if isCounter, total > 0, first.value >= 0 {
      toStart = min(toStart, sampled * (first.value / total))
    }
    let near = gap * 1.1
    var stretched = sampled
    stretched += toStart < near ? toStart : gap / 2
    stretched += toEnd < near ? toEnd : gap / 2
    var factor = stretched / sampled
    if isRate { factor /= Double(span.end - span.start) / 1_000 }
    return total * factor
  }

  private static func lastTwo(
    _ points: ArraySlice<SeriesStore.Point>, isRate: Bool
  ) -> Double? {
    guard points.count >= 2, let last = points.last else { return nil }
    let before = points[points.endIndex - 2]
    let isReset = isRate && last.value < before.value
    let change = isReset ? last.value : last.value - before.value
    return isRate ? change / (Double(last.at - before.at) / 1_000) : change
  }
}
