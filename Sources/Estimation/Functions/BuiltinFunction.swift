/// Functions that belong to the language itself: rounding, comparing, distributions, prices.
enum BuiltinFunction: String, Sendable, CaseIterable {
  case min, max, ceil, floor, round, abs, sqrt, exp, ln, log2, log10
  case choose = "if"
  case normal, lognormal, uniform, triangular, beta, mix, empirical
  case cost

  /// Every builtin by its name.
  static let byName = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  /// Whether a call of it is an uncertain input that can be correlated with others.
  var isDistribution: Bool {
    switch self {
    case .normal, .lognormal, .uniform, .triangular, .beta, .empirical: true
    case .min, .max, .ceil, .floor, .round, .abs, .sqrt, .exp, .ln, .log2, .log10, .choose, .mix,
      .cost:
      false
    }
  }
}
