import Kernel
import Testing

@testable import Estimation

@Suite("Percentiles by selection") struct PercentileTests {
  @Test("they are those of the sorted draws", arguments: 1...40)
  func sorted(_ seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), name: "percentiles")
    let count = [1, 2, 3, 10, 601, 5_000][seed % 6] + seed
    // Every other round has many equal draws.
    let draws = (0..<count).map { _ in
      seed % 2 == 0 ? stream.normal() : Double(stream.below(5))
    }
    let shares = [0, 0.05, 0.05, 0.5, 0.9, 0.95, 1]
    let expected = shares.map { share in
      draws.sorted()[Int((share * Double(count - 1)).rounded())]
    }
    #expect(Percentiles.values(of: Column(draws), at: shares) == expected)
  }

  @Test("kept as logarithms they are the exponentials of those")
  func logarithms() {
    let column = Column([0, 1, 2, 3, 4], isLog: true)
    #expect(Percentiles.values(of: column, at: [0.5]) == [PortableMath.exp(2)])
    #expect(Percentiles.values(of: Column([]), at: [0.5])[0].isNaN)
  }
}
