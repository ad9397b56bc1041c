/// The functions of PromQL that are built.
public enum PromFunction: String, Sendable, Hashable, CaseIterable {
  case abs, ceil, floor, exp, ln, log2, log10, sqrt, sgn, round
  case clamp
  case clampMin = "clamp_min"
  case clampMax = "clamp_max"
  case absent
  case absentOverTime = "absent_over_time"
  case rate, irate, increase, delta, idelta, deriv, changes, resets
  case predictLinear = "predict_linear"
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
  case histogramQuantile = "histogram_quantile"
  case labelReplace = "label_replace"
  case labelJoin = "label_join"
  case sort
  case sortDescending = "sort_desc"
  case scalar, vector, time, timestamp
  case minute, hour
  case dayOfWeek = "day_of_week"

  /// What it yields.
  var kind: PromExpression.Kind { self == .scalar || self == .time ? .scalar : .vector }

  /// What it takes, in order.
  var argumentKinds: [PromExpression.Kind] {
    switch self {
    case .abs, .ceil, .floor, .exp, .ln, .log2, .log10, .sqrt, .sgn, .absent, .sort,
      .sortDescending, .scalar, .timestamp, .minute, .hour, .dayOfWeek:
      [.vector]
    case .round, .clampMin, .clampMax: [.vector, .scalar]
    case .clamp: [.vector, .scalar, .scalar]
    case .absentOverTime, .rate, .irate, .increase, .delta, .idelta, .deriv, .changes, .resets,
      .avgOverTime, .sumOverTime, .minOverTime, .maxOverTime, .countOverTime, .lastOverTime,
      .presentOverTime, .stddevOverTime, .stdvarOverTime:
      [.matrix]
    case .predictLinear: [.matrix, .scalar]
    case .quantileOverTime: [.scalar, .matrix]
    case .histogramQuantile: [.scalar, .vector]
    case .labelReplace: [.vector, .text, .text, .text, .text]
    case .labelJoin: [.vector, .text, .text, .text]
    case .vector: [.scalar]
    case .time: []
    }
  }

  /// How many of the last arguments may be left out.
  var optionalCount: Int {
    switch self {
    case .round, .minute, .hour, .dayOfWeek: 1
    default: 0
    }
  }

  /// Whether the last argument may be given many times.
  var isVariadic: Bool { self == .labelJoin }
}
