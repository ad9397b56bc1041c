/// How near an answer came, by its distance in powers of ten.
///
/// The bounds are those of games in which people estimate orders of magnitude (the Fermi questions
/// of the Science Olympiad, interval games of traders): within 1.26, 2, 3.2 and 10 times.
public enum GradeBand: String, Sendable, Hashable, CaseIterable {
  /// Within 1.26 times.
  case exact
  /// Within twice.
  case good
  /// Within about three times.
  case fine
  /// Within ten times.
  case order
  /// Further off.
  case miss

  /// The band of a distance in powers of ten, of either sign.
  public init(distance: Double) {
    self = Self.allCases.first { abs(distance) <= $0.bound * (1 + 1e-12) } ?? .miss
  }

  /// The largest distance in powers of ten that belongs to it.
  public var bound: Double {
    switch self {
    case .exact: 0.1
    case .good: 0.3
    case .fine: 0.5
    case .order: 1
    case .miss: .infinity
    }
  }

  /// Whether an answer of this band counts: within about three times.
  public var isNear: Bool { self != .order && self != .miss }

  /// The band in a few words.
  public var words: String {
    switch self {
    case .exact: "Right."
    case .good: "Good: within twice."
    case .fine: "Fine: within about three times."
    case .order: "Within ten times, but no nearer."
    case .miss: "Missed: more than ten times off."
    }
  }
}
