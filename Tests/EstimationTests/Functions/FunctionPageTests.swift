import Estimation
import Testing

@Suite("What the program tells of its functions") struct FunctionPageTests {
  @Test("every example, run in the language, comes to what it says", arguments: FunctionPages.all)
  func example(_ page: FunctionPage) throws {
    let reference = EstimateReference(
      .init(
        constants: [],
        tariffs: [
          EstimateTariff(
            id: "egress", summary: "", per: "GB",
            tiers: [
              .init(upTo: "10 TB", price: 0.09), .init(upTo: "50 TB", price: 0.085),
              .init(upTo: nil, price: 0.07),
            ], source: "", address: "", date: "")
        ]))
    var model = EstimateModel()
    try model.add(SourceText("example = \(page.example.call); result = \(page.example.result)"))
    let estimator = Estimator(model, reference: reference)
    let example = try #require(try estimator.outcome(of: "example")?.figure)
    let result = try #require(try estimator.outcome(of: "result")?.figure)
    #expect(example.unit.dimension == result.unit.dimension)
    let isDrawn = example.spread != nil
    #expect(abs(example.middle / result.middle - 1) < (isDrawn ? 0.02 : 0.005))
  }

  @Test(
    "every page says what the function means and where it comes from", arguments: FunctionPages.all)
  func page(_ page: FunctionPage) {
    #expect(page.summary.hasSuffix("."))
    for text in [page.formula, page.assumptions, page.source] { #expect(!text.isEmpty) }
    #expect(page.usage.hasPrefix(page.name + "("))
  }

  @Test("names are unique, and no unit has one of them unless it is followed by a parenthesis")
  func names() {
    let names = FunctionPages.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test("a formula that is a product keeps a product of ranges exact")
  func product() throws {
    var model = EstimateModel()
    try model.add(
      SourceText("rate = 10 to 20 requests/s; busy = peak(rate, 2 to 3); plain = rate * (2 to 3)"))
    let estimator = Estimator(model)
    let busy = try #require(try estimator.outcome(of: "busy")?.figure)
    #expect(busy.method == .lognormal)
    let influences = try estimator.influences(at: 1)
    #expect(influences.map(\.label) == ["rate", "2 to 3"])
    #expect(throws: EstimateComplaint.self) {
      var wrong = EstimateModel()
      try wrong.add(SourceText("peak(10 requests/s, 0.2 to 0.5)"))
      _ = try Estimator(wrong).outcome(at: 0)
    }
  }
}
