import Kernel
import Testing

@testable import Estimation

@Suite("Values worked out elsewhere") struct GoldenTests {
  /// Low, high, median, mean of lognormals given by their 90 % interval.
  static let lognormals: [(Double, Double, Double, Double)] = [
    (1, 10, 3.16228, 4.04001), (5, 20, 10, 10.92852), (1, 100, 10, 26.6398),
  ]

  @Test("a range is the lognormal with these percentiles", arguments: lognormals)
  func lognormal(_ low: Double, _ high: Double, _ median: Double, _ mean: Double) throws {
    let spread = try #require(try Programs.figure("\(low) to \(high)").spread)
    #expect(abs(spread.p5 / low - 1) < 1e-12 && abs(spread.p95 / high - 1) < 1e-12)
    #expect(abs(spread.p50 / median - 1) < 1e-5 && abs(spread.mean / mean - 1) < 1e-5)
  }

  private static let product =
    "(100M to 300M) * (5 to 20) * (1k to 10k) * (0.5 to 3) * (2 to 4) * (0.8 to 1.4)"

  @Test("the product of six ranges, by closed form")
  func exactProduct() throws {
    let figure = try Programs.figure(Self.product)
    let spread = try #require(figure.spread)
    #expect(figure.method == .lognormal)
    #expect(abs(spread.p5 / 3.443795e12 - 1) < 1e-6)
    #expect(abs(spread.p50 / 2.007984e13 - 1) < 1e-6)
    #expect(abs(spread.p95 / 1.170801e14 - 1) < 1e-6)
    // Lows times lows to highs times highs would span 2,520 times; the real range spans 34.
    #expect(abs(spread.p95 / spread.p5 - 34) < 0.1)
  }

  /// The reference gives the relative standard errors at 100,000 draws: 0.63, 0.31, 0.63 %.
  @Test("the product of six ranges, by draws", arguments: 1...5)
  func drawnProduct(_ seed: Int) throws {
    let options = EstimateOptions(seed: UInt64(seed), samplesAlways: true)
    let spread = try #require(try Programs.figure(Self.product, options: options).spread)
    #expect(abs(spread.p5 / 3.443795e12 - 1) < 4 * 0.0063)
    #expect(abs(spread.p50 / 2.007984e13 - 1) < 4 * 0.0031)
    #expect(abs(spread.p95 / 1.170801e14 - 1) < 4 * 0.0063)
  }

  /// Means and deviations of distributions that are drawn.
  static let distributions: [(String, mean: Double, p5: Double, p95: Double)] = [
    ("uniform(2, 4)", 3, 2.1, 3.9), ("triangular(0, 1, 2)", 1, 0.3162, 1.6838),
    ("beta(2, 6)", 0.25, 0.0534, 0.5207), ("normal(10, 2)", 10, 6.710, 13.290),
    ("mix(1, 50%, 3, 50%)", 2, 1, 3), ("empirical(1, 2, 3, 4)", 2.5, 1, 4),
  ]

  @Test("drawn distributions have their means and percentiles", arguments: distributions)
  func distribution(_ text: String, _ mean: Double, _ p5: Double, _ p95: Double) throws {
    let options = EstimateOptions(samplesAlways: true)
    let spread = try #require(try Programs.figure(text, options: options).spread)
    #expect(abs(spread.mean - mean) < 0.01 * (p95 - p5))
    #expect(abs(spread.p5 - p5) < 0.015 * (p95 - p5) && abs(spread.p95 - p95) < 0.015 * (p95 - p5))
  }

  @Test("correlated lognormals spread by closed form as they do drawn")
  func correlated() throws {
    let program = "x = 1 to 10\ny = 2 to 30\ncorrelate x, y = 0.6\nx * y"
    let exact = try #require(try Programs.figure(program).spread)
    let options = EstimateOptions(samplesAlways: true)
    let drawn = try #require(try Programs.figure(program, options: options).spread)
    // sigma of each, and of the product with rho = 0.6, by hand.
    let (first, second) = (PortableMath.log(10) / 3.289707, PortableMath.log(15) / 3.289707)
    let sigma = (first * first + second * second + 1.2 * first * second).squareRoot()
    #expect(abs(PortableMath.log(exact.p95 / exact.p5) / (3.289707 * sigma) - 1) < 1e-5)
    #expect(abs(drawn.p95 / exact.p95 - 1) < 0.03 && abs(drawn.p5 / exact.p5 - 1) < 0.03)
  }

  @Test("inputs of any shape rank together as they are told to")
  func rankCorrelation() throws {
    var model = EstimateModel()
    try model.add(
      SourceText("x = uniform(0, 1)\ny = triangular(0, 1, 5)\ncorrelate x, y = 0.8\nx + 0 * y"))
    let run = EstimateRun(model, options: EstimateOptions(samples: 20_000), reference: .empty)
    _ = try run.value(at: 3)
    _ = try run.value(at: 1)
    let left = run.column(of: 0).values
    let right = run.column(of: 1).values
    let ranks = { (values: [Double]) -> [Double] in
      var ranks = values
      for (rank, place) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
        ranks[place] = Double(rank)
      }
      return ranks
    }
    let (a, b) = (ranks(left), ranks(right))
    let mean = Double(a.count - 1) / 2
    let top = zip(a, b).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    let bottom = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // Spearman's correlation of normals with 0.8 is 6/pi asin(0.4) = 0.786.
    #expect(abs(top / bottom - 0.786) < 0.02)
  }
}
