import Kernel

/// How a value is spread, in base units.
public struct Spread: Sendable, Hashable {
  /// The value below which one in twenty lies.
  public let p5: Double
  /// The value below which half lie.
  public let p50: Double
  /// The value above which one in twenty lies.
  public let p95: Double
  /// The average; above the median where the long side is the upper one.
  public let mean: Double
}

/// How a value was worked out.
public enum EstimateMethod: Sendable, Hashable {
  /// Plain arithmetic on single numbers.
  case arithmetic
  /// A product of lognormals, known in closed form.
  case lognormal
  /// A sum of normals, known in closed form.
  case normal
  /// By so many draws from this seed.
  case sampling(count: Int, seed: UInt64)

  /// The method in a few words.
  public var text: String {
    switch self {
    case .arithmetic: "exact"
    case .lognormal: "exact, lognormal"
    case .normal: "exact, normal"
    case .sampling(let count, let seed):
      "\(DecimalText.grouped(Double(count))) samples, seed \(seed)"
    }
  }
}

extension EstimateRun {
  /// How a magnitude is spread; nil when it is one number.
  func spread(of magnitude: Magnitude) throws(EstimateComplaint) -> Spread? {
    switch magnitude {
    case .exact: return nil
    case .gaussian(let form):
      let variance = try variance(of: form)
      let deviation = variance.squareRoot()
      let z = InputShape.ninetyPercent
      let mean = form.isLog ? PortableMath.exp(form.center + variance / 2) : form.center
      return Spread(
        p5: form.value(at: -z, deviation: deviation), p50: form.value(at: 0, deviation: deviation),
        p95: form.value(at: z, deviation: deviation), mean: mean)
    case .sampled(let column):
      let figures = Percentiles.values(of: column, at: [0.05, 0.5, 0.95])
      let draws = column.plain
      return Spread(
        p5: figures[0], p50: figures[1], p95: figures[2],
        mean: draws.reduce(0, +) / Double(draws.count))
    }
  }

  func method(of magnitude: Magnitude) -> EstimateMethod {
    switch magnitude {
    case .exact: .arithmetic
    case .gaussian(let form): form.isLog ? .lognormal : .normal
    case .sampled: .sampling(count: options.samples, seed: options.seed)
    }
  }
}
