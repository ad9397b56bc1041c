import Estimation
import Testing

@Suite("Histograms") struct HistogramTests {
  @Test("98 of 100 values lie in it, by formula and by draws", arguments: [false, true])
  func covers(always: Bool) throws {
    for text in ["1 to 100", "normal(100, 10)"] {
      let sheet = try Sheet(text, samples: 50_000, always: always)
      let histogram = try #require(try sheet.estimator.histogram(at: 0))
      #expect(histogram.bins.count == 12)
      #expect(histogram.isLog == (text == "1 to 100"))
      #expect(abs(histogram.bins.reduce(0) { $0 + $1.share } - 0.98) < 0.002)
      for (left, right) in zip(histogram.bins, histogram.bins.dropFirst()) {
        #expect(left.high == right.low && left.low < left.high)
      }
      // Symmetric on its own scale: the bins mirror each other.
      let shares = histogram.bins.map(\.share)
      for (left, right) in zip(shares, shares.reversed()) { #expect(abs(left - right) < 0.01) }
    }
  }

  @Test("one number has none")
  func none() throws {
    #expect(try Sheet("5 GB").estimator.histogram(at: 0) == nil)
  }
}
