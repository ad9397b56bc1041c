import Testing

@testable import Estimation

@Suite("Fan-out")
struct FanOutTests {
  @Test("with 1 % slow answers of 100 servers, 63 % of requests are slow")
  func golden() {
    #expect(abs(FanOut.slowShare(slow: 0.01, parts: 100) - 0.634) < 5e-4)
  }

  @Test("the share is one less the product over the parts, and rare slowness keeps its digits")
  func sameAsProduct() {
    for slow in [0.5, 0.01, 1e-5] {
      var fast = 1.0
      for parts in 1...50 {
        fast *= 1 - slow
        #expect(abs(FanOut.slowShare(slow: slow, parts: Double(parts)) - (1 - fast)) < 1e-13)
      }
    }
    #expect(abs(FanOut.slowShare(slow: 1e-18, parts: 100) / 1e-16 - 1) < 1e-12)
    #expect(FanOut.slowShare(slow: 1, parts: 3) == 1)
  }

  @Test("parts in time for the share found make the whole in time")
  func partShareIsTheInverse() {
    let part = FanOut.partShare(inTime: 0.99, parts: 100)
    #expect(abs(FanOut.slowShare(slow: 1 - part, parts: 100) - 0.01) < 1e-12)
  }
}
