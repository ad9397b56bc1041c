import Kernel

/// Reckons with magnitudes: exactly where a closed form is known, else draw by draw.
struct Arithmetic {
  /// Turns exact distributions into draws where that is needed.
  let drawing: (GaussianForm) -> Column
  /// How many draws there are.
  let count: Int

  func column(_ magnitude: Magnitude) -> Column {
    switch magnitude {
    case .exact(let value): Column([Double](repeating: value, count: count))
    case .gaussian(let form): drawing(form)
    case .sampled(let column): column
    }
  }

  private static func settled(_ form: GaussianForm) -> Magnitude {
    guard form.isCertain else { return .gaussian(form) }
    return .exact(form.isLog ? PortableMath.exp(form.center) : form.center)
  }

  func product(_ left: Magnitude, _ right: Magnitude) -> Magnitude {
    switch (left, right) {
    case (.exact(let a), .exact(let b)): return .exact(a * b)
    case (.exact(let a), _): return scaled(right, by: a)
    case (_, .exact(let b)): return scaled(left, by: b)
    case (.gaussian(let a), .gaussian(let b)) where a.isLog && b.isLog:
      return Self.settled(a.adding(b, times: 1))
    default: return .sampled(column(left).multiplied(by: column(right)))
    }
  }

  func quotient(_ left: Magnitude, _ right: Magnitude) -> Magnitude {
    switch (left, right) {
    case (.exact(let a), .exact(let b)): return .exact(a / b)
    case (_, .exact(let b)): return scaled(left, by: 1 / b)
    case (.gaussian(let a), .gaussian(let b)) where a.isLog && b.isLog:
      return Self.settled(a.adding(b, times: -1))
    case (.exact(let a), .gaussian(let b)) where a > 0 && b.isLog:
      return .gaussian(b.scaled(by: -1).shifted(by: PortableMath.log(a)))
    default: return .sampled(column(left).divided(by: column(right)))
    }
  }

  private func scaled(_ magnitude: Magnitude, by factor: Double) -> Magnitude {
    switch magnitude {
    case .exact(let value): return .exact(value * factor)
    case .gaussian(let form) where !form.isLog: return Self.settled(form.scaled(by: factor))
    case .gaussian(let form) where factor > 0 && factor < .infinity:
      return .gaussian(form.shifted(by: PortableMath.log(factor)))
    default:
      if factor == 0 { return .exact(0) }
      return .sampled(column(magnitude).scaled(by: factor))
    }
  }

  /// The sum of `left` and `sign` times `right`.
  func sum(_ left: Magnitude, _ right: Magnitude, sign: Double = 1) -> Magnitude {
    switch (left, right) {
    case (.exact(let a), .exact(let b)): return .exact(a + sign * b)
    case (.gaussian(let a), .exact(let b)) where !a.isLog:
      return .gaussian(a.shifted(by: sign * b))
    case (.exact(let a), .gaussian(let b)) where !b.isLog:
      return .gaussian(b.scaled(by: sign).shifted(by: a))
    case (.gaussian(let a), .gaussian(let b)) where !a.isLog && !b.isLog:
      return Self.settled(a.adding(b, times: sign))
    default:
      return .sampled(column(left).combined(with: column(right)) { $0 + sign * $1 })
    }
  }

  func negative(_ magnitude: Magnitude) -> Magnitude { scaled(magnitude, by: -1) }

  func power(_ base: Magnitude, _ exponent: Magnitude) -> Magnitude {
    switch (base, exponent) {
    case (.exact(let a), .exact(let b)):
      let isWhole = b == b.rounded() && abs(b) <= 60
      return .exact(isWhole ? a.raised(to: Int(b)) : PortableMath.power(a, b))
    case (.gaussian(let form), .exact(let b)) where form.isLog:
      return Self.settled(form.scaled(by: b))
    case (_, .exact(let b)): return .sampled(column(base).raised(to: b))
    default:
      return .sampled(column(base).combined(with: column(exponent), PortableMath.power))
    }
  }

  /// A function of one magnitude, draw by draw.
  func map(_ magnitude: Magnitude, _ change: (Double) -> Double) -> Magnitude {
    if case .exact(let value) = magnitude { return .exact(change(value)) }
    return .sampled(column(magnitude).unlogged.map(change))
  }

  /// A function of two magnitudes, draw by draw.
  func combine(
    _ left: Magnitude, _ right: Magnitude, _ combine: (Double, Double) -> Double
  ) -> Magnitude {
    if case .exact(let a) = left, case .exact(let b) = right { return .exact(combine(a, b)) }
    return .sampled(column(left).combined(with: column(right), combine))
  }
}
