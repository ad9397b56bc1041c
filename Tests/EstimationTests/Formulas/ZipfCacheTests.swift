import Kernel
import Testing

@testable import Estimation

@Suite("Caches of the most popular items")
struct ZipfCacheTests {
  @Test(
    "hit ratios over a million items are those of the table",
    arguments: [
      (1.0, 68.0, 84.0, 88.8), (0.8, 36.2, 60.9, 70.8), (1.2, 91.0, 96.5, 97.7),
    ])
  func golden(exponent: Double, hundredth: Double, tenth: Double, fifth: Double) {
    for (cached, percent) in [(10_000.0, hundredth), (100_000, tenth), (200_000, fifth)] {
      let ratio = ZipfCache.hitRatio(items: 1e6, cached: cached, exponent: exponent)
      #expect(abs(ratio * 100 - percent) < 0.051)
    }
  }

  @Test(
    "the sums are those of adding term by term",
    arguments: [0.0, 0.3, 0.8, 1, 1.000_000_1, 1.5, 3, 12])
  func sameAsDirectSum(exponent: Double) {
    let sums = HarmonicSum(exponent: exponent)
    var direct = 0.0
    for rank in 1...5_000 {
      direct += PortableMath.power(Double(rank), -exponent)
      #expect(abs(sums.upTo(Double(rank)) / direct - 1) < 2e-13)
    }
  }

  @Test("one item fewer than the size found misses the hit ratio", arguments: [0.0, 0.8, 1, 2])
  func sizeIsTheSmallest(exponent: Double) {
    for items in [1.0, 20, 1_000, 1e9] {
      for wanted in [0.01, 0.5, 0.9, 1] {
        let size = ZipfCache.size(items: items, hitRatio: wanted, exponent: exponent)
        let ratio = ZipfCache.hitRatio(items: items, cached: size, exponent: exponent)
        let less = ZipfCache.hitRatio(items: items, cached: size - 1, exponent: exponent)
        #expect(ratio >= wanted * (1 - 1e-12))
        #expect(less < wanted)
      }
    }
  }
}
