import Estimation
import Testing

@Suite("What flips a decision") struct DecisionTests {
  /// The median of 1 to 10 TB is 3.16 TB: two shards of 2 TB, one below 2 TB, three above 4 TB.
  @Test("the threshold nearest to the middle is the step of the rounding")
  func thresholds() throws {
    let sheet = try Sheet("size = 1 to 10 TB; decide shards = ceil(size / 2 TB)")
    let decision = try #require(try sheet.estimator.decision(at: 1))
    #expect(decision.middle == "2")
    let flip = try #require(decision.flips.first)
    #expect(flip.label == "size" && flip.low == "1" && flip.high == "5")
    #expect(flip.threshold == "4 TB")
    #expect(decision.choices.first?.text == "2")
    let told = decision.choices.reduce(0) { $0 + $1.share }
    #expect(abs(told - 1) < 1e-9)
  }

  @Test("an input that changes nothing does not flip it")
  func noFlip() throws {
    let sheet = try Sheet(
      "size = 2.5 to 3.5 TB; index = 10 to 20 GB; decide shards = ceil((size + index) / 2 TB)")
    let decision = try #require(try sheet.estimator.decision(at: sheet.place("shards")))
    #expect(decision.flips.isEmpty && decision.middle == "2")
  }

  @Test("a comparison is a decision; a smooth value is none")
  func kinds() throws {
    let sheet = try Sheet(
      "size = 1 to 10 TB; decide fits = size < 8 TB; decide cost_total = size * 2")
    let decision = try #require(try sheet.estimator.decision(at: 1))
    #expect(decision.middle == "yes")
    #expect(decision.flips.first?.high == "no" && decision.flips.first?.threshold == "8 TB")
    #expect(try sheet.estimator.decision(at: 2) == nil)
  }
}
