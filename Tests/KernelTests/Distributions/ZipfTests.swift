import Kernel
import Testing

@Suite struct ZipfTests {
  /// Chi-square over 40 items: its mean is 39, its deviation the root of 78.
  @Test(arguments: [0, 0.3, 0.8, 1, 1.000001, 1.2, 2, 4]) func followsItsLaw(exponent: Double) {
    let zipf = Zipf(count: 40, exponent: exponent)
    let weights = (1...40).map { PortableMath.power(Double($0), -exponent) }
    let total = weights.reduce(0, +)
    var stream = RandomStream(seed: 3, name: "zipf")
    var seen = [Int](repeating: 0, count: 40)
    let draws = 200_000
    for _ in 0..<draws { seen[zipf.sample(&stream)] += 1 }
    var square = 0.0
    for item in 0..<40 {
      let expected = Double(draws) * weights[item] / total
      square += (Double(seen[item]) - expected) * (Double(seen[item]) - expected) / expected
    }
    #expect(square < 39 + 4 * 78.0.squareRoot())
  }

  @Test func coversABillionItemsWithoutATable() {
    let count = 1_000_000_000
    let zipf = Zipf(count: count, exponent: 1)
    var stream = RandomStream(seed: 5, name: "zipf")
    let draws = 100_000
    let seen = (0..<draws).count { _ in zipf.sample(&stream) < 100 }
    // The harmonic number of n is log n + 0.57722 + 1 / 2n.
    let share =
      (PortableMath.log(100) + 0.577_215_664_9 + 0.005)
      / (PortableMath.log(Double(count)) + 0.577_215_664_9)
    let expected = share * Double(draws)
    #expect(abs(Double(seen) - expected) < 4 * (expected * (1 - share)).squareRoot())
  }

  @Test func aSingleItemIsAlwaysDrawn() {
    var stream = RandomStream(seed: 1, name: "zipf")
    let zipf = Zipf(count: 1, exponent: 1.5)
    #expect((0..<1_000).allSatisfy { _ in zipf.sample(&stream) == 0 })
  }

  @Test(arguments: [(0.8, "3261f2229340c275"), (1, "45313f6efacc130a"), (1.5, "f1324547efa9e8b8")])
  func tellsTheSameStoryForEver(exponent: Double, golden: String) {
    var stream = RandomStream(seed: 1, name: "golden")
    var digest = Digest()
    let zipf = Zipf(count: 10_000, exponent: exponent)
    for _ in 0..<10_000 { digest.fold(UInt64(zipf.sample(&stream))) }
    #expect(digest.text == golden)
  }
}
