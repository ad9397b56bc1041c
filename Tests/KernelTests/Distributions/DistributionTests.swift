import Kernel
import Testing

@Suite struct DistributionTests {
  static let texts = [
    "5ms", "uniform(1ms, 3ms)", "exponential(8ms)", "normal(mean 10ms, deviation 8ms)",
    "lognormal(p50 5ms, p99 40ms)", "lognormal(p50 5ms, sigma 0.5)", "gamma(shape 2.5, mean 10ms)",
    "pareto(minimum 1ms, shape 3.5)",
  ]

  /// Digests of the first 10,000 draws of each of `texts`.
  static let goldens = [
    "efbd2fce9eec1073", "f30c3332c9ec60ed", "882856e690d03204", "a3e0efca09f0275a",
    "aeb3c19e385d0865", "97075dedd8ccf154", "9b50c4e0c83630e3", "acecb0e466d433f1",
  ]

  @Test(arguments: texts) func readsBackWhatItWrites(text: String) throws {
    let distribution = try Distribution(text: text)
    #expect(distribution.description == text)
  }

  @Test(arguments: texts) func meanIsWhatDrawsAverage(text: String) throws {
    let distribution = try Distribution(text: text)
    let mean = try #require(distribution.mean)
    var stream = RandomStream(seed: 9, name: text)
    let draws = (0..<50_000).map { _ in distribution.sample(&stream).seconds }
    let average = draws.reduce(0, +) / 50_000
    let squares = draws.map { ($0 - average) * ($0 - average) }.reduce(0, +) / 50_000
    #expect(abs(average - mean.seconds) <= 4 * (squares / 50_000).squareRoot() + 1e-9)
    #expect(draws.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: [
    (" 5 ms ", "5ms"), ("constant(0s)", "0s"), ("exponential( mean 1.5s )", "exponential(1500ms)"),
    ("normal(deviation 1ms, mean 9ms)", "normal(mean 9ms, deviation 1ms)"),
    ("lognormal(median 5ms, p99 40ms)", "lognormal(p50 5ms, p99 40ms)"),
    ("pareto(1ms, 1.5)", "pareto(minimum 1ms, shape 1.5)"),
  ])
  func readsOtherSpellings(text: String, plain: String) throws {
    let distribution = try Distribution(text: text)
    #expect(distribution.description == plain)
  }

  @Test func percentilesComeOutWhereTheyWerePut() throws {
    for (text, low, high) in [
      ("lognormal(p50 5ms, p99 40ms)", (0.5, 0.005), (0.99, 0.04)),
      ("lognormal(p90 20ms, p99.9 80ms)", (0.9, 0.02), (0.999, 0.08)),
    ] {
      let distribution = try Distribution(text: text)
      var stream = RandomStream(seed: 4, name: text)
      let count = 100_000.0
      let draws = (0..<Int(count)).map { _ in distribution.sample(&stream).seconds }
      for (share, bound) in [low, high] {
        let below = Double(draws.count { $0 < bound }) / count
        #expect(abs(below - share) < 4 * (share * (1 - share) / count).squareRoot())
      }
    }
    let spelled = try Distribution(text: "lognormal(p90 20ms, p999 80ms)")
    #expect(try Distribution(text: "lognormal(p90 20ms, p99.9 80ms)") == spelled)
  }

  @Test(
    arguments: [
      ("expnential(8ms)", 1, "exponential"), ("lognormal", 1, nil), ("", 1, nil), ("-5ms", 1, nil),
      ("uniform(1ms 3ms)", 1, nil), ("uniform(3ms, 1ms)", 14, nil), ("uniform(1ms)", 1, nil),
      ("normal(mean 1ms, devation 2ms)", 18, "deviation"), ("normal(mean 1ms, mean 2ms)", 18, nil),
      ("exponential(8ms", 16, nil), ("exponential(8)", 13, nil),
      ("gamma(shape 0, mean 1ms)", 7, nil),
      ("lognormal(5ms, 40ms)", 11, nil), ("lognormal(p50 5ms, p99 4ms)", 20, nil),
      ("lognormal(p99 5ms, p50 40ms)", 20, nil), ("lognormal(p50 5ms, p100 40ms)", 20, nil),
      ("exponential(8ms) or so", 23, nil), ("weibull(1ms)", 1, nil),
    ] as [(String, Int, String?)])
  func pointsAtWhatItCannotTake(text: String, column: Int, suggestion: String?) {
    let complaint = #expect(throws: Diagnostic.self) { try Distribution(text: text) }
    #expect(complaint?.column == column)
    #expect(complaint?.expected != nil)
    #expect(complaint?.suggestion == suggestion)
  }

  @Test func aHeavyTailHasNoMean() {
    #expect(Distribution.pareto(minimum: .seconds(1), shape: 1).mean == nil)
  }

  @Test(arguments: zip(texts, goldens))
  func tellsTheSameStoryForEver(text: String, golden: String) throws {
    let distribution = try Distribution(text: text)
    var stream = RandomStream(seed: 1, name: "golden")
    var digest = Digest()
    for _ in 0..<10_000 {
      digest.fold(UInt64(distribution.sample(&stream).nanoseconds))
    }
    #expect(digest.text == golden)
  }
}
