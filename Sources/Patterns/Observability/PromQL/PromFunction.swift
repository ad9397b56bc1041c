/// The functions of PromQL: those of Prometheus 2.42 but for native histograms, and the later ones
/// `double_exponential_smoothing`, `mad_over_time`, `sort_by_label` and `sort_by_label_desc`.
public enum PromFunction: String, Sendable, Hashable, CaseIterable {
  case abs, ceil, floor, exp, ln, log2, log10, sqrt, sgn, round
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, deg, rad
  case pi
  case clamp
  case clampMin = "clamp_min"
  case clampMax = "clamp_max"
  case absent
  case absentOverTime = "absent_over_time"
  case rate, irate, increase, delta, idelta, deriv, changes, resets
  case predictLinear = "predict_linear"
  case holtWinters = "holt_winters"
  case doubleExponentialSmoothing = "double_exponential_smoothing"
  case avgOverTime = "avg_over_time"
  case sumOverTime = "sum_over_time"
  case minOverTime = "min_over_time"
  case maxOverTime = "max_over_time"
  case countOverTime = "count_over_time"
  case lastOverTime = "last_over_time"
  case presentOverTime = "present_over_time"
  case stddevOverTime = "stddev_over_time"
  case stdvarOverTime = "stdvar_over_time"
  case quantileOverTime = "quantile_over_time"
  case madOverTime = "mad_over_time"
  case histogramQuantile = "histogram_quantile"
  case labelReplace = "label_replace"
  case labelJoin = "label_join"
  case sort
  case sortDescending = "sort_desc"
  case sortByLabel = "sort_by_label"
  case sortByLabelDescending = "sort_by_label_desc"
  case scalar, vector, time, timestamp
  case minute, hour, month, year
  case dayOfWeek = "day_of_week"
  case dayOfMonth = "day_of_month"
  case dayOfYear = "day_of_year"
  case daysInMonth = "days_in_month"

  /// What it yields.
  var kind: PromExpression.Kind {
    self == .scalar || self == .time || self == .pi ? .scalar : .vector
  }

  /// What it takes, in order.
  var argumentKinds: [PromExpression.Kind] {
    switch self {
    case .abs, .ceil, .floor, .exp, .ln, .log2, .log10, .sqrt, .sgn, .sin, .cos, .tan, .asin,
      .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh, .deg, .rad, .absent, .sort,
      .sortDescending, .scalar, .timestamp, .minute, .hour, .month, .year, .dayOfWeek,
      .dayOfMonth, .dayOfYear, .daysInMonth:
      [.vector]
    case .round, .clampMin, .clampMax: [.vector, .scalar]
    case .clamp: [.vector, .scalar, .scalar]
    case .absentOverTime, .rate, .irate, .increase, .delta, .idelta, .deriv, .changes, .resets,
      .avgOverTime, .sumOverTime, .minOverTime, .maxOverTime, .countOverTime, .lastOverTime,
      .presentOverTime, .stddevOverTime, .stdvarOverTime, .madOverTime:
      [.matrix]
    case .predictLinear: [.matrix, .scalar]
    case .holtWinters, .doubleExponentialSmoothing: [.matrix, .scalar, .scalar]
    case .quantileOverTime: [.scalar, .matrix]
    case .histogramQuantile: [.scalar, .vector]
    case .labelReplace: [.vector, .text, .text, .text, .text]
    case .labelJoin: [.vector, .text, .text, .text]
    case .sortByLabel, .sortByLabelDescending: [.vector, .text]
    case .vector: [.scalar]
    case .time, .pi: []
    }
  }

  /// How many of the last arguments may be left out.
  var optionalCount: Int {
    switch self {
    case .round, .minute, .hour, .month, .year, .dayOfWeek, .dayOfMonth, .dayOfYear,
      .daysInMonth, .labelJoin, .sortByLabel, .sortByLabelDescending:
      1
    default: 0
    }
  }

  /// Whether the last argument may be given many times.
  var isVariadic: Bool {
    self == .labelJoin || self == .sortByLabel || self == .sortByLabelDescending
  }
}
