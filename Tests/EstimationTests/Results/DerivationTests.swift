import Estimation
import Testing

@Suite("How a value came about") struct DerivationTests {
  @Test("each line stands after those it rests on, with what cancels and what was converted")
  func chain() throws {
    let sheet = try Sheet(
      """
      users = 500M users
      unrelated = 5 GB
      dau = users * 40%
      rate = dau * 20 messages/user/day -> messages/s
      size = rate * 100 B/message * 1 day
      """)
    let steps = try sheet.estimator.derivation(at: sheet.place("size")).steps
    #expect(steps.map { $0.name ?? "" } == ["users", "dau", "rate", "size"])
    #expect(steps[0].isGiven && steps[0].filled == nil)
    #expect(steps[1].filled == "500 million users * 40%")
    #expect(steps[2].cancelled == ["user"])
    #expect(steps[2].conversions == ["1 day = 86,400 s"])
    #expect(steps[2].result == "46,296 messages/s")
    #expect(steps[3].cancelled == ["message", "s"])
    #expect(steps[3].result == "400 GB")
  }

  @Test("'_' and constants are part of it")
  func constants() throws {
    let reference = EstimateReference(
      .init(constants: [.sample("disk_read", "8 GiB/s", .machine)], tariffs: []))
    let sheet = try Sheet("16 TB; _ / disk_read -> min", reference: reference)
    let derivation = try sheet.estimator.derivation(at: 1)
    #expect(derivation.steps.map(\.formula) == ["16 TB", "_ / disk_read -> min"])
    #expect(derivation.steps[1].filled == "16 TB / 8 GiB/s -> min")
    #expect(derivation.constants.map(\.constant.id) == ["disk_read"])
    #expect(derivation.constants[0].figure == "8 GiB/s")
  }
}

extension EstimateConstant {
  /// A constant for tests.
  static func sample(_ id: String, _ value: String, _ kind: Kind) -> EstimateConstant {
    EstimateConstant(
      id: id, kind: kind, value: value, label: "the \(id)", summary: "A sample.", source: "Tests",
      address: "here", date: "2026", question: nil)
  }
}
