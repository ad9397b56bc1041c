import Estimation
import Kernel

/// Proves what estimates are made of: constants, problems, flawed estimates, the estimates of cases.
struct EstimateProof {
  let shelf: EstimateShelf

  /// How many problems are drawn from each kind.
  static let drawCount: UInt64 = 20

  /// Proves that every constant reads, evaluates above nothing and says where it comes from, and that
  /// every price list does.
  func proveConstants() throws(Diagnostic) -> Int {
    let content = try shelf.reference.content()
    for constant in content.constants {
      try proven("the constant '\(constant.id)'") { () throws(EstimateComplaint) in
        var model = EstimateModel()
        try model.add(SourceText("value = \(constant.id)"))
        _ = try Estimator(model, reference: shelf.reference).outcome(of: "value")
      }
      guard constant.date.first?.isNumber == true || constant.date == "undated" else {
        throw Diagnostic(
          "The constant '\(constant.id)' has no date.", file: shelf.constantFile, line: 1,
          found: constant.date, expected: "a date such as 2026-03-08, or 'undated'")
      }
    }
    for tariff in content.tariffs {
      try proven("the price list '\(tariff.id)'") { () throws(EstimateComplaint) in
        var model = EstimateModel()
        try model.add(SourceText("price = cost(\(tariff.id), 1 \(tariff.per))"))
        _ = try Estimator(model, reference: shelf.reference).outcome(of: "price")
      }
    }
    return content.constants.count + content.tariffs.count
  }

  private func proven(
    _ what: String, _ proof: () throws(EstimateComplaint) -> Void
  ) throws(Diagnostic) {
    do { try proof() } catch {
      throw Diagnostic(
        "In \(what): \(error.diagnostic)", file: shelf.constantFile, line: 1,
        found: error.diagnostic.found)
    }
  }

  /// Proves that a kind of problem hangs together at its ends and in twenty draws.
  func prove(_ family: ProblemFamily, topics: [String]) throws(Diagnostic) {
    guard topics.contains(family.topic) else {
      throw .unknown("topic", family.topic, known: topics)
    }
    let keys = try shelf.reference.content().sources.map(\.key)
    for key in family.sources where !keys.contains(key) {
      throw .unknown("source in constants.yaml", key, known: keys)
    }
    try family.check(reference: shelf.reference)
    for seed in 1...Self.drawCount {
      _ = try family.problem(seed: seed, reference: shelf.reference)
    }
  }

  /// Proves the estimate of a case: it runs, its units hold, its results fall where it says.
  func proveCase(_ file: String) throws(Diagnostic) {
    let (model, complaints) = EstimateModel.read(
      SourceText(try Library.text(file), file: file, firstLine: 1))
    if let first = complaints.first { throw first.diagnostic }
    let estimator = Estimator(model, reference: shelf.reference)
    var expectations = 0
    for place in estimator.places {
      let outcome = try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
        try estimator.outcome(at: place)
      }
      guard case .expectation(let holds, let range) = outcome.kind else { continue }
      expectations += 1
      guard holds else {
        throw Diagnostic(
          "'\(outcome.name ?? "")' comes to \(outcome.figure?.text ?? "nothing").", file: file,
          line: estimator.line(at: place), found: outcome.figure?.middleText, expected: range)
      }
    }
    guard expectations > 0 else {
      throw Diagnostic(
        "The estimate expects nothing, so nothing is proven.", file: file, line: 1,
        expected: "a line such as 'expect storage = 10 to 20 TB'")
    }
  }
}
