import Estimation
import Kernel

/// `estimate -e "…"` as the command that shows a claim: each named value, and the last one as
/// `result`, is a figure in the unit that it is shown in.
struct EstimateDemonstration {
  let lines: [String]

  init(_ lines: [String]) { self.lines = lines }

  /// The figures with their units.
  func measurements(_ reference: EstimateReference) throws(Diagnostic) -> [Measurement] {
    try figures(reference).map { Self.measurement($0.name, $0.figure) }
  }

  /// The figures by their names; the last one is `result` as well.
  func figures(
    _ reference: EstimateReference
  ) throws(Diagnostic) -> [(name: String, figure: EstimateFigure)] {
    var model = EstimateModel()
    return try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
      for line in lines { try model.add(SourceText(line)) }
      let estimator = Estimator(model, reference: reference)
      var figures: [(name: String, figure: EstimateFigure)] = []
      for place in estimator.places {
        let outcome = try estimator.outcome(at: place)
        guard let figure = outcome.figure else { continue }
        if let name = outcome.name { figures.append((name, figure)) }
        if place == model.lastPlace { figures.append(("result", figure)) }
      }
      return figures
    }
  }

  /// The names of the figures with their units.
  func units(_ reference: EstimateReference) throws(Diagnostic) -> [(name: String, unit: Unit)] {
    try measurements(reference).map { ($0.name, $0.unit) }
  }

  private static func measurement(_ name: String, _ figure: EstimateFigure) -> Measurement {
    switch figure.unit.kind {
    case .time: Measurement(name, figure.middle, .seconds)
    case .information: Measurement(name, figure.middle / 8, .bytes)
    case .rate: Measurement(name, figure.middle, .perSecond)
    case .count, .other:
      Measurement(name, figure.middleInUnit, figure.isShare ? .fraction : .ratio)
    }
  }
}
