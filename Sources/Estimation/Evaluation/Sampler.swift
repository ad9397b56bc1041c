import Kernel

/// Makes the draws of uncertain inputs, each from a stream of its own, so that changing one input
/// leaves the draws of the others alone.
final class Sampler {
  /// How many draws each value has.
  let count: Int
  private let seed: UInt64
  private var scores: [String: [Double]] = [:]
  private var columns: [Int: Column] = [:]

  init(seed: UInt64, count: Int) {
    self.seed = seed
    self.count = count
  }

  func stream(_ name: String) -> RandomStream { RandomStream(seed: seed, name: "estimate/" + name) }

  /// Draws of the standard normal for the purpose `name`, made once.
  func scores(_ name: String) -> [Double] {
    if let known = scores[name] { return known }
    let drawn = normals(name, mean: 0, deviation: 1)
    scores[name] = drawn
    return drawn
  }

  /// Draws of a normal for the purpose `name`.
  func normals(_ name: String, mean: Double, deviation: Double) -> [Double] {
    var draws = NormalDraws(seed: seed, name: "estimate/" + name)
    return draws.draw(count, mean: mean, deviation: deviation)
  }

  /// The draws of an input, made once.
  func column(of input: Int, _ make: () -> Column) -> Column {
    if let known = columns[input] { return known }
    let made = make()
    columns[input] = made
    return made
  }

  /// Draws of a shape that is neither normal nor lognormal nor a mixture.
  func draws(of shape: InputShape, _ name: String) -> [Double] {
    var stream = stream(name)
    return (0..<count).map { _ in Self.draw(shape, &stream) }
  }

  private static func draw(_ shape: InputShape, _ stream: inout RandomStream) -> Double {
    switch shape {
    case .lognormal(let center, let deviation):
      return PortableMath.exp(center + deviation * stream.normal())
    case .normal(let mean, let deviation): return mean + deviation * stream.normal()
    case .uniform, .triangular: return shape.quantile(stream.unit()) ?? 0
    case .beta(let a, let b):
      let first = stream.gamma(shape: a)
      let second = stream.gamma(shape: b)
      return first / (first + second)
    case .empirical(let values): return values[stream.below(values.count)]
    case .mix: preconditionFailure("a mixture is drawn from its parts")
    }
  }
}
