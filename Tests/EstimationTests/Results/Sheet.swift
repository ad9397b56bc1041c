import Estimation

/// A model evaluated, for tests.
struct Sheet {
  let model: EstimateModel
  let estimator: Estimator

  init(
    _ text: String, samples: Int = 20_000, always: Bool = false,
    reference: EstimateReference = .empty
  ) throws {
    var model = EstimateModel()
    try model.add(SourceText(text, firstLine: 1))
    self.model = model
    estimator = Estimator(
      model, options: EstimateOptions(samples: samples, samplesAlways: always),
      reference: reference)
  }

  func place(_ name: String) -> Int { model.definition(of: name) ?? -1 }
}
