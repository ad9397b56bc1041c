import Kernel

/// A statement about measured figures: `p99 < 50 ms`, `moved_fraction = 80 % ± 1 %`,
/// `shards >= 5 and skew < 1.2`.
///
/// Objectives of drills, goals of `do` steps and expectations of claims are all conditions.
public struct Condition: Sendable, Hashable {
  /// The parts, all of which must hold.
  public let clauses: [Clause]

  /// One comparison of one figure.
  public struct Clause: Sendable, Hashable {
    /// The figure's name.
    public let name: String
    /// The figure's unit.
    public let unit: Unit
    /// How it is compared.
    public let comparison: Comparison

    /// Whether `measurements` meet the clause; a figure that was not measured never does.
    public func holds(_ measurements: [Measurement]) -> Bool {
      guard let value = measurements.first(where: { $0.name == name })?.value else { return false }
      return comparison.holds(value)
    }

    /// What is wanted, without the name: `< 50 ms`.
    public var wanted: String { comparison.text(unit) }
  }

  /// How a figure is compared.
  public enum Comparison: Sendable, Hashable {
    /// Below the bound.
    case below(Double)
    /// At most the bound.
    case atMost(Double)
    /// Above the bound.
    case above(Double)
    /// At least the bound.
    case atLeast(Double)
    /// Between the bounds, both included; `= x` is between x and x.
    case within(Double, Double)
    /// Anything but the value.
    case not(Double)

    func holds(_ value: Double) -> Bool {
      switch self {
      case .below(let bound): value < bound
      case .atMost(let bound): value <= bound
      case .above(let bound): value > bound
      case .atLeast(let bound): value >= bound
      case .within(let low, let high): low <= value && value <= high
      case .not(let other): value != other
      }
    }

    func text(_ unit: Unit) -> String {
      switch self {
      case .below(let bound): "< \(unit.text(bound))"
      case .atMost(let bound): "<= \(unit.text(bound))"
      case .above(let bound): "> \(unit.text(bound))"
      case .atLeast(let bound): ">= \(unit.text(bound))"
      case .within(let low, let high):
        low == high ? "= \(unit.text(low))" : "\(unit.text(low)) to \(unit.text(high))"
      case .not(let other): "not \(unit.text(other))"
      }
    }
  }

  /// Whether `measurements` meet every clause.
  public func holds(_ measurements: [Measurement]) -> Bool {
    clauses.allSatisfy { $0.holds(measurements) }
  }
}

extension Condition: CustomStringConvertible {
  /// The condition as people write it.
  public var description: String {
    clauses.map { "\($0.name) \($0.wanted)" }.joined(separator: " and ")
  }
}
