import Estimation
import Kernel

extension Library {
  /// Works out formulas over the figures of a case's estimate, so that a design carries what was
  /// estimated: seconds for times, a second for rates, plain numbers for counts.
  func figure(ofCase name: String?) -> (String) throws(Diagnostic) -> Double {
    { formula throws(Diagnostic) in
      var model = EstimateModel()
      if let name, let source = try self.estimates.source(ofCase: name) {
        model = EstimateModel.read(source).0
      }
      return try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
        try model.add(SourceText("blueprint_value = " + formula))
        let estimator = Estimator(model, reference: self.estimates.reference)
        guard let place = model.lastPlace, let figure = try estimator.outcome(at: place).figure
        else { return 0 }
        return figure.middle
      }
    }
  }
}
