import Kernel

/// How an uncertain input is distributed, in base units.
enum InputShape: Sendable, Hashable {
  /// The logarithm is normal.
  case lognormal(center: Double, deviation: Double)
  /// Normal.
  case normal(mean: Double, deviation: Double)
  /// Anywhere between the ends, all equally likely.
  case uniform(Double, Double)
  /// From `low` to `high`, most likely at `mode`.
  case triangular(low: Double, mode: Double, high: Double)
  /// Between 0 and 1 with two shape parameters.
  case beta(Double, Double)
  /// One of the observed values, all equally likely.
  case empirical([Double])
  /// One of several magnitudes, by weights that add up to 1.
  case mix([Share])

  /// A part of a mixture.
  struct Share: Sendable, Hashable {
    let weight: Double
    /// Where the part's draws are kept: the number of the evaluation's side column.
    let column: Int
  }

  /// The deviations from the middle between which nine of ten values of a normal lie.
  static let ninetyPercent = 1.644_853_626_951_472_2

  /// The shape of which `low` and `high` are the 5th and 95th percentile: lognormal when both are
  /// above 0, else normal.
  static func range(_ low: Double, _ high: Double) -> InputShape {
    if low > 0, high > 0 {
      let (bottom, top) = (PortableMath.log(low), PortableMath.log(high))
      return .lognormal(
        center: (bottom + top) / 2, deviation: (top - bottom) / (2 * ninetyPercent))
    }
    return .normal(mean: low / 2 + high / 2, deviation: (high - low) / (2 * ninetyPercent))
  }

  /// The value below which the share `probability` lies, where a formula gives it.
  func quantile(_ probability: Double) -> Double? {
    switch self {
    case .lognormal(let center, let deviation):
      return PortableMath.exp(center + deviation * PortableMath.normalQuantile(probability))
    case .normal(let mean, let deviation):
      return mean + deviation * PortableMath.normalQuantile(probability)
    case .uniform(let low, let high): return low + (high - low) * probability
    case .triangular(let low, let mode, let high):
      guard high > low else { return low }
      let turn = (mode - low) / (high - low)
      return probability < turn
        ? low + ((high - low) * (mode - low) * probability).squareRoot()
        : high - ((high - low) * (high - mode) * (1 - probability)).squareRoot()
    case .empirical(let values):
      let sorted = values.sorted()
      return sorted[Int((probability * Double(sorted.count - 1)).rounded())]
    case .beta, .mix: return nil
    }
  }
}
