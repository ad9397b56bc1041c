import Estimation
import Kernel

/// The product of six lognormal factors by draws, with its 5th, 50th and 95th percentile.
///
/// As many samples as an estimate draws by default, from ten seeds; the percentiles must lie within
/// three in a hundred of the closed form's, which is five times their standard error.
struct EstimateSamplingBenchmark: Benchmark {
  let name = "estimate-samples"

  private static let samples = 100_000
  private static let repetitions = 10
  private static let rounds = 9
  private static let model = """
    product = (100M to 300M) * (5 to 20) * (1k to 10k) * (0.5 to 3) * (2 to 4) * (0.8 to 1.4)
    """
  /// Sums of logarithms by hand: the sixth golden value of the reference.
  private static let golden = [3.443795e12, 2.007984e13, 1.170801e14]

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      for seed in 1...UInt64(Self.repetitions) { try Self.evaluate(seed) }
    }
    let count = Double(Self.samples * Self.repetitions)
    return [Figure(name: name, value: count / seconds, unit: "samples/s")]
  }

  private static func evaluate(_ seed: UInt64) throws(BenchmarkFailure) {
    guard let percentiles = percentiles(seed) else {
      throw BenchmarkFailure(message: "the model was refused")
    }
    for (drawn, exact) in zip(percentiles, golden) {
      try BenchmarkFailure.require(
        abs(drawn / exact - 1) < 0.03, "a percentile is \(drawn), by closed form \(exact)")
    }
  }

  private static func percentiles(_ seed: UInt64) -> [Double]? {
    var model = EstimateModel()
    guard (try? model.add(SourceText(Self.model))) != nil else { return nil }
    let options = EstimateOptions(seed: seed, samples: samples, samplesAlways: true)
    let estimator = Estimator(model, options: options)
    return (try? estimator.percentiles(of: "product", at: [0.05, 0.5, 0.95])) ?? nil
  }
}
