import Testing

@testable import Estimation

@Suite("Compound growth")
struct CompoundGrowthTests {
  @Test("40 % a year for 3 years is 2.744 times, and 100 % doubles in one period")
  func factors() {
    #expect(abs(CompoundGrowth.factor(growth: 0.4, periods: 3) - 2.744) < 1e-12)
    #expect(abs(CompoundGrowth.doublingPeriods(growth: 1) - 1) < 1e-12)
    let periods = CompoundGrowth.doublingPeriods(growth: 0.07)
    #expect(abs(CompoundGrowth.factor(growth: 0.07, periods: periods) - 2) < 1e-12)
  }

  @Test(
    "what has come in is the sum over many short stretches",
    arguments: [-0.5, -0.01, 0, 1e-9, 0.4, 3])
  func accumulatedIsASum(growth: Double) throws {
    let stretches = 20_000
    var sum = 0.0
    for stretch in 0..<stretches {
      let middle = (Double(stretch) + 0.5) / Double(stretches) * 2.5
      sum += CompoundGrowth.factor(growth: growth, periods: middle) * 2.5 / Double(stretches)
    }
    let amount = CompoundGrowth.accumulated(growth: growth, periods: 2.5)
    #expect(abs(amount / sum - 1) < 1e-7)
    let periods = try #require(CompoundGrowth.periods(growth: growth, amount: amount))
    #expect(abs(periods - 2.5) < 1e-9)
  }

  @Test("a stream that halves every year never brings more than 1 / ln 2 years' worth")
  func driesUp() {
    #expect(CompoundGrowth.periods(growth: -0.5, amount: 1.45) == nil)
    #expect(CompoundGrowth.periods(growth: -0.5, amount: 1.44) != nil)
  }
}
