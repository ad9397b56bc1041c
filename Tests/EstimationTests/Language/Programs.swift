import Kernel

@testable import Estimation

/// Reads and evaluates programs for tests.
enum Programs {
  /// A reference with one price list.
  static var reference: EstimateReference {
    EstimateReference(
      .init(
        constants: [],
        tariffs: [
          EstimateTariff(
            id: "egress", summary: "Bytes that leave", per: "GB",
            tiers: [.init(upTo: "10 TB", price: 0.09), .init(upTo: nil, price: 0.085)],
            source: "a test", address: "a test", date: "2026-01-01")
        ]))
  }

  /// All that is wrong with a program, in order: reading first, then each statement, each complaint
  /// once, then the warnings.
  static func complaints(of source: SourceText) -> [EstimateComplaint] {
    let (model, unread) = EstimateModel.read(source)
    var complaints = unread
    let estimator = Estimator(
      model, options: EstimateOptions(samples: 200), reference: reference)
    for place in estimator.places {
      do throws(EstimateComplaint) { _ = try estimator.outcome(at: place) } catch {
        if !complaints.contains(error) { complaints.append(error) }
      }
    }
    return complaints + model.warnings
  }

  /// What the last of `lines` comes to.
  static func figure(
    _ lines: String..., options: EstimateOptions = EstimateOptions()
  ) throws -> EstimateFigure {
    var model = EstimateModel()
    try model.add(SourceText(lines.joined(separator: "\n")))
    let estimator = Estimator(model, options: options, reference: reference)
    guard let figure = try estimator.outcome(at: estimator.places.upperBound - 1).figure else {
      throw Diagnostic("the last line has no value")
    }
    return figure
  }

  /// The text of what the last of `lines` comes to.
  static func text(_ lines: String...) throws -> String {
    try figure(lines.joined(separator: "\n")).text
  }
}
