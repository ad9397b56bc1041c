/// How large something is, in base units: one number, an exact distribution, or draws.
enum Magnitude: Sendable {
  /// One number.
  case exact(Double)
  /// Normal or lognormal, known exactly.
  case gaussian(GaussianForm)
  /// Known by its draws.
  case sampled(Column)

  /// The number, where there is only one.
  var exactValue: Double? {
    if case .exact(let value) = self { value } else { nil }
  }

  /// The same, as one number where every draw is that number.
  var settled: Magnitude {
    guard case .sampled(let column) = self, let first = column.values.first,
      column.values.allSatisfy({ $0 == first })
    else { return self }
    return .exact(Column([first], isLog: column.isLog).plain[0])
  }
}

/// A magnitude with the unit in which it is shown.
struct Value: Sendable {
  var magnitude: Magnitude
  /// The unit; its dimension is the value's.
  var unit: CompoundUnit
  /// Whether it is a plain number that reads best in percent.
  var isShare = false
  /// Whether it is the outcome of a comparison: 1 for true, 0 for false.
  var isTruth = false
  /// Whether somebody asked for this unit, so that no other is chosen for reading.
  var isConverted = false

  var dimension: Dimension { unit.dimension }

  static func number(_ value: Double) -> Value { Value(magnitude: .exact(value), unit: .one) }
}
